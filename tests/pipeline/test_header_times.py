"""A column of another year or month stops the run: its values are not those of the period."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from deliveries import OCTOBER, deliver, dibao, loader, numbers, roster, write
from fpm.cli.app import app
from fpm.errors import RefusedError
from fpm.pipeline.guards import Acceptance
from fpm.rulebook import load_rulebook


def amounts(*headers, values=(300,)):
    """A list of 低保 with columns of amounts under other headers than usual."""
    people = [row[:-1] for row in dibao(30)]
    return [(*people[0], *headers), *((*row, *values * len(headers)) for row in people[1:])]


def insured(header):
    people = [(f"赵{n:03d}", number, "居民医保", "已参保") for n, number in enumerate(numbers(30))]
    return [("姓名", "身份证号", "险种", header), *people]


def refusal(load, period=OCTOBER, *accepted):
    with pytest.raises(RefusedError) as caught:
        load(period, *accepted)
    return str(caught.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("参保情况（2025年）", "2025 年"),
        ("参保情况（2027年度）", "2027 年"),
        ("参保情况(2025)", "2025 年"),
        ("参保情况〔二〇二五年〕", "2025 年"),
        ("参保情况（25年）", "2025 年"),
        ("参保情况（2025年10月）", "2025-10"),
        ("参保情况（9月）", "2026-09"),
        ("参保情况（截至2026年6月底）", "2026-06"),
        ("参保情况（截止2025年12月31日）", "2025-12-31"),
        ("参保情况（2024-2025学年）", "2024 年、2025 年"),
        ("2025年参保情况", "2025 年"),
        ("25年度参保情况", "2025 年"),
        ("9月份参保情况", "2026-09"),
    ],
)
def test_a_column_of_another_time_stops(place, load, header, said):
    deliver(place, OCTOBER, "居民医保参保名单.xlsx", insured(header))
    message = refusal(load)
    assert message.count("\n") == 2
    assert "期次：文件“居民医保参保名单.xlsx”不像 2026-10 期的数据" in message
    assert f"表头“{header}”写的是 {said}，不是本期的数" in message


@pytest.mark.parametrize(
    "header",
    [
        "参保情况",
        "参保情况（2026年）",
        "参保情况（2026年10月）",
        "参保情况（1-12月）",
        "参保情况（截至2026年9月底）",
        "参保情况（截至2026年9月30日）",
        "参保情况（2026年11月3日）",
        "参保情况（2021年以来）",
        "参保情况（截至目前）",
        "参保情况（当前）",
        "参保情况（2026-2027年度）",
        "参保情况（2025-2026学年）",
        "参保情况（2023年版）",
        "参保情况（国医保发〔2021〕5号）",
        "2026年度参保情况",
        "10月份参保情况",
    ],
)
def test_a_column_of_this_time_is_read(place, load, header):
    deliver(place, OCTOBER, "居民医保参保名单.xlsx", insured(header))
    records = load(OCTOBER).records["medical_insurance", "enrolment"]
    assert records["insured_status"].to_list() == ["已参保"] * 30


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("2025年人均纯收入", None),
        ("人均纯收入（2026年）", None),
        ("人均纯收入（2024年）", "2024 年"),
    ],
)
def test_what_is_reckoned_by_the_year_may_be_of_the_year_before(place, load, header, said):
    names, *people = roster()
    assert names[-1] == "人均纯收入"
    deliver(place, OCTOBER, "人员信息.xlsx", [(*names[:-1], header), *people])
    deliver(place, OCTOBER, "低保名单.csv", dibao(30))
    if said:
        assert f"表头“{header}”写的是 {said}" in refusal(load)
    else:
        assert load(OCTOBER).roster["net_income_per_person"].null_count() == 0


@pytest.mark.parametrize(
    ("header", "said"), [("2025年9月人均纯收入", None), ("2024年人均纯收入", "2024 年")]
)
def test_a_roster_that_still_holds_may_be_of_the_year_before(place, load, header, said):
    names, *people = roster()
    write(place.root / "inbox/roster/人员信息.csv", [(*names[:-1], header), *people])
    deliver(place, OCTOBER, "低保名单.csv", dibao(30))
    if said:
        assert f"表头“{header}”写的是 {said}" in refusal(load)
    else:
        assert load(OCTOBER).roster["net_income_per_person"].null_count() == 0


def test_a_group_of_columns_and_a_table_below_state_their_time_too(place, load):
    head, *rows = dibao(30)
    group = (*head[:7], "2025年9月发放情况", None)
    deliver(place, OCTOBER, "低保甲.xlsx", [group, (*[None] * 7, *head[7:]), *rows])
    other = [(*row[2:], *row[:2]) for row in (head, *rows)]
    other[0] = tuple("月保障金（2024年）" if name == "月保障金额" else name for name in other[0])
    deliver(place, OCTOBER, "低保乙.xlsx", [*dibao(30), *other])
    message = refusal(load)
    assert "表头“月保障金额(2025年9月)”写的是 2025-09" in message
    assert "表头“低保类别(2025年9月)”写的是 2025-09" in message
    assert "表头“月保障金（2024年）”写的是 2024 年" in message


def test_the_same_headers_of_another_year_further_down_are_those_of_another_table(place, load):
    people = [row for year in (2026, 2025) for row in insured(f"参保情况（{year}年）")]
    deliver(place, OCTOBER, "居民医保参保名单.xlsx", people)
    assert "表头“参保情况（2025年）”写的是 2025 年" in refusal(load)


def test_of_two_columns_one_of_this_time_is_enough_where_only_what_both_say_is_read(place, load):
    path = deliver(place, OCTOBER, "低保.xlsx", amounts("保障金（9月）", "保障金（10月）"))
    assert load(OCTOBER).records["civil_affairs", "dibao"]["allowance"].null_count() == 0
    path.unlink()
    # of these two the layout takes the first
    deliver(place, OCTOBER, "低保名单.xlsx", amounts("保障金（9月）", "补差金额（10月）"))
    assert "表头“保障金（9月）”写的是 2026-09" in refusal(load)


def test_of_the_incomes_of_many_years_none_is_taken_for_that_of_now(place, load):
    deliver(place, OCTOBER, "低保.xlsx", amounts("2024年保障金", "2025年保障金"))
    records = load(OCTOBER).records["civil_affairs", "dibao"]
    assert records["allowance"].null_count() == records.height


def test_a_header_that_the_layout_has_as_it_is_and_one_that_somebody_accepted_are_read(place, load):
    header = "参保情况（2025年）"
    deliver(place, OCTOBER, "居民医保参保名单.xlsx", insured(header))
    word = Acceptance.parse("期次", "今年的还没有出", "王干事", OCTOBER.last_day)
    assert load(OCTOBER, word).guards["outcome"].to_list().count("accepted") == 1
    layout = place.rules / "layouts/medical_insurance/enrolment.toml"
    text = layout.read_text("utf-8")
    layout.write_text(text.replace('"参保情况", "参保状态"', f'"{header}", "参保状态"'), "utf-8")
    again = loader(place, load_rulebook(place.rules))(OCTOBER)
    assert "accepted" not in again.guards["outcome"].to_list()


def test_inspect_says_which_columns_are_of_a_time(place):
    path = deliver(place, OCTOBER, "居民医保参保名单.xlsx", insured("参保情况（2025年）"))
    done = CliRunner().invoke(app, ["inspect", str(path)], env={"COLUMNS": "200"})
    assert "表头写明时间，读入时须与期次相符" in done.output
    (document,) = json.loads(CliRunner().invoke(app, ["inspect", str(path), "--json"]).stdout)
    columns = document["sheets"][0]["columns"]
    assert [one["header"] for one in columns if one["dated"]] == ["参保情况（2025年）"]


def test_a_month_with_such_a_column_is_run_only_with_a_reason(place):
    deliver(place, OCTOBER, "居民医保参保名单.xlsx", insured("参保情况（2025年）"))
    run = ["run", "-w", str(place.root), "--period", "2026-10", "--as-of", "2026-11-08", "--json"]
    stopped = CliRunner().invoke(app, run)
    assert "表头“参保情况（2025年）”写的是 2025 年" in str(stopped.exception)
    assert not place.out(OCTOBER).exists()
    accepted = ["--accept", "期次:居民医保参保名单.xlsx", "--reason", "今年的还没有出"]
    done = CliRunner().invoke(app, [*run, *accepted])
    assert done.exit_code == 0, done.output
    manifest = json.loads((place.out(OCTOBER) / "manifest.json").read_text("utf-8"))
    assert [item["reason"] for item in manifest["accepted"]] == ["今年的还没有出"]
