"""A delivery of the wrong size, month or county stops the run until a person says that it is right."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from deliveries import OCTOBER, SEPTEMBER, bills, deliver, dibao, loader, roster, write
from fpm.cli.app import app
from fpm.errors import RefusedError
from fpm.model import Period
from fpm.pipeline.guards import GUARD_SCHEMA, Acceptance
from fpm.pipeline.stated import stated
from fpm.rulebook import load_rulebook
from fpm.workspace import Workspace

DAY = dt.date(2026, 11, 8)


def outcomes(loaded, check, kind):
    rows = loaded.guards.filter(pl.col("check") == check, pl.col("kind") == kind)
    return rows["outcome"].to_list()


def refusal(load, period, *accepted):
    with pytest.raises(RefusedError) as caught:
        load(period, *accepted)
    return str(caught.value)


def test_the_first_month_has_nothing_to_compare_with_and_says_so(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    loaded = load(SEPTEMBER)
    assert loaded.guards.schema == pl.Schema(GUARD_SCHEMA)
    for check in ("shrink", "grow", "same"):
        assert outcomes(loaded, check, "dibao") == ["first"]
    assert outcomes(loaded, "period", "dibao") == ["passed"]
    assert outcomes(loaded, "county", "dibao") == ["passed"]


@pytest.mark.parametrize(
    ("now", "word", "figures"),
    [
        (47, "缩减", ["47 行", "2026-09 期的 60 行", "少 22%", "20%"]),
        (79, "增长", ["79 行", "2026-09 期的 60 行", "多 32%", "30%"]),
        (0, "缩减", ["只有 0 行", "少 100%"]),
    ],
)
def test_a_complete_extract_that_changed_too_much_stops(place, load, now, word, figures):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(now, amount=310))
    load(SEPTEMBER)
    message = refusal(load, OCTOBER)
    assert message.count("\n") == 2  # the head, one sentence, how to go on
    assert f"  {word}：民政" in message
    assert "低保名单202610.csv" in message
    for figure in figures:
        assert figure in message
    assert place.read_frame(OCTOBER, "roster") is None, "nothing is kept of what was refused"


def test_people_whose_rows_cannot_be_read_are_missing_like_those_left_out(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    nobody = ("东山乡", "上河村", "", "", "", "户主", "DB", "B类", 310)
    deliver(place, OCTOBER, "低保名单202610.csv", [*dibao(47, amount=310), *[nobody] * 13])
    load(SEPTEMBER)
    assert "只有 47 行（另有 13 行读不出），比 2026-09 期的 60 行少 22%" in refusal(load, OCTOBER)


@pytest.mark.parametrize("now", [48, 60, 78])
def test_a_change_within_the_limits_passes(place, load, now):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(now, amount=310))
    load(SEPTEMBER)
    loaded = load(OCTOBER)
    assert outcomes(loaded, "shrink", "dibao") == outcomes(loaded, "grow", "dibao") == ["passed"]


def test_a_short_list_may_change_by_any_share_but_not_become_empty(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(12))
    load(SEPTEMBER)
    path = deliver(place, OCTOBER, "低保名单202610.csv", dibao(3))
    assert outcomes(load(OCTOBER), "shrink", "dibao") == ["short"]
    write(path, dibao(0))
    assert "只有 0 行" in refusal(load, OCTOBER)


def test_the_roster_is_held_to_narrower_limits_and_compared_with_the_last_that_was_used(
    place, load
):
    for period in (SEPTEMBER, OCTOBER):
        name = f"低保名单{period.year}{period.month:02}.csv"
        deliver(place, period, name, dibao(60, amount=period.month))
    load(SEPTEMBER)
    assert outcomes(load(OCTOBER), "shrink", "persons") == ["passed"]
    write(place.inbox(OCTOBER) / "花名册.csv", roster(112))
    assert "花名册.csv）只有 112 行，比 2026-09 期的 120 行少 7%" in refusal(load, OCTOBER)


def test_the_comparison_is_with_the_last_period_that_has_the_extract(place, load):
    august = Period(2026, 8)
    deliver(place, august, "低保名单202608.csv", dibao(60))
    deliver(place, SEPTEMBER, "结算202609.csv", bills(["202609"] * 25))
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(20, amount=310))
    load(august)
    load(SEPTEMBER)
    assert "比 2026-08 期的 60 行" in refusal(load, OCTOBER)


def test_a_file_delivered_before_is_recognised_under_any_name(place, load):
    old = deliver(place, SEPTEMBER, "低保名单202609.xlsx", dibao(60))
    load(SEPTEMBER)
    deliver(place, OCTOBER, "结算202610.csv", bills(["202610"] * 25))
    shutil.copy(old, place.inbox(OCTOBER) / "低保名单202610.xlsx")
    message = refusal(load, OCTOBER)
    assert "重复：文件“低保名单202610.xlsx”与 2026-09 期收到的文件一字不差" in message


def test_the_same_records_in_another_file_and_order_are_recognised(place, load):
    header, *rows = dibao(110)
    deliver(place, SEPTEMBER, "低保名单202609.csv", [header, *rows])
    load(SEPTEMBER)
    deliver(place, OCTOBER, "低保名单202610.csv", [header, *reversed(rows)])
    assert "的内容与 2026-09 期完全相同" in refusal(load, OCTOBER)


def test_a_short_list_may_honestly_be_the_same(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(60))
    load(SEPTEMBER)
    assert outcomes(load(OCTOBER), "same", "dibao") == ["short"]


def test_extracts_of_events_are_checked_for_repetition_and_month_only(place, load):
    deliver(place, SEPTEMBER, "结算202609.csv", bills(["202609"] * 100))
    deliver(place, OCTOBER, "结算202610.csv", bills(["202610"] * 25))
    load(SEPTEMBER)
    loaded = load(OCTOBER)
    checks = loaded.guards.filter(pl.col("kind") == "settlement")["check"].to_list()
    assert checks == ["same", "period"]


OTHER_MONTHS = (
    "低保名单202609.csv", "低保名单（2026年9月）.csv", "低保9月.csv", "低保_2026-09.csv",
    "低保20260930导出.csv", "低保20261202导出.csv", "低保2025年10月.csv", "低保2026年1-9月.csv",
    "低保2025年.csv", "低保（2025年度）.csv", "2024-2025学年低保.csv", "低保2027年.csv", "2025年秋季低保.csv",
    "低保2025.csv", "2025低保.csv",
)  # fmt: skip
THIS_MONTH = (
    "低保名单202610.csv", "低保名单（2026年10月）.csv", "低保10月.csv", "低保.csv",
    "低保20261001导出.csv", "低保20261130导出.csv", "低保2026年1-10月.csv",
    "低保（2026年9月—2027年1月）.csv", "低保999901.csv", "低保2026-2027.csv",
    "低保2026年.csv", "低保2025-2026学年.csv", "低保（2025年以来）.csv", "2020年搬迁户低保.csv", "2025年收入核对低保.csv",
    "低保2026.csv", "2026低保.csv", "低保20255.csv", "12025低保.csv",
)  # fmt: skip


def test_a_file_name_of_another_month_stops_and_one_of_this_month_or_of_none_passes(place, load):
    for number, name in enumerate((*OTHER_MONTHS, *THIS_MONTH)):
        deliver(place, OCTOBER, name, dibao(20 + number))
    message = refusal(load, OCTOBER)
    for name in OTHER_MONTHS:
        assert f"期次：文件“{name}”不像 2026-10 期的数据：文件名写的是 20" in message
    for name in THIS_MONTH:
        assert f"“{name}”" not in message


def test_a_title_of_another_month_stops_under_a_corrected_file_name(place, load):
    rows = [("样例县2026年9月农村低保对象名单",), ("导出时间：2026-10-08",), *dibao(60)]
    deliver(place, OCTOBER, "低保名单202610.csv", rows)
    assert "表内标题写的是 2026-09" in refusal(load, OCTOBER)


@pytest.mark.parametrize("names", [("2026年", "2025年"), ("2026", "2025")])
def test_a_sheet_of_last_year_stops_beside_that_of_this_year(place, load, names):
    path = place.inbox(OCTOBER) / "低保名单.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    for name, amount in zip(names, (300, 280), strict=True):
        sheet = book.create_sheet(name)
        for row in dibao(30, amount=amount):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(path)
    assert "表内标题写的是 2025 年" in refusal(load, OCTOBER)


def test_records_of_another_month_stop_and_late_or_early_ones_do_not(place, load):
    path = deliver(place, OCTOBER, "结算.csv", bills(["202609"] * 98 + ["202610"] * 2))
    assert "多数记录的日期在 2026-09" in refusal(load, OCTOBER)
    path.unlink()
    deliver(
        place, OCTOBER, "结算明细.csv", bills(["202609"] * 40 + ["202610"] * 58 + ["202611"] * 2)
    )
    assert outcomes(load(OCTOBER), "period", "settlement") == ["passed"]


def test_the_standing_roster_may_be_of_an_earlier_month(place, load):
    (place.root / "inbox/roster/人员信息.csv").rename(
        place.root / "inbox/roster/人员信息_20260108.csv"
    )
    deliver(place, OCTOBER, "低保名单.csv", dibao(60))
    assert outcomes(load(OCTOBER), "period", "persons") == []


def test_an_extract_of_another_county_stops(place, load):
    deliver(
        place, OCTOBER, "低保名单.csv", dibao(60, division="999777", towns=("别处镇", "远方乡"))
    )
    message = refusal(load, OCTOBER)
    assert "地区：文件“低保名单.csv”像是别的县的：只有 0% 的证件号码是本县区划的" in message
    assert "只有 0% 的行写的是花名册里有的乡镇" in message


def test_people_who_came_from_elsewhere_are_no_reason_to_stop(place, load):
    header, *rows = dibao(60)
    away = [
        (*row[:4], number, *row[5:])
        for row, number in zip(rows[:25], [r[4] for r in dibao(25, "999777")[1:]], strict=True)
    ]
    deliver(place, OCTOBER, "低保名单.csv", [header, *away, *rows[25:]])
    assert outcomes(load(OCTOBER), "county", "dibao") == ["passed"]


def test_township_names_are_known_without_their_ending(place, load):
    deliver(place, OCTOBER, "低保名单.csv", dibao(60, towns=("青石", "白杨")))
    assert outcomes(load(OCTOBER), "county", "dibao") == ["passed"]


def test_a_roster_of_another_county_stops_in_the_first_month_and_a_former_code_is_the_office_s_to_set(
    place, rulebook
):
    write(place.root / "inbox/roster/人员信息.csv", roster(120, "999777"))
    deliver(place, OCTOBER, "低保名单.csv", dibao(60, "999777"))
    message = refusal(loader(place, rulebook), OCTOBER)
    assert message.count("别的县") == 1, "what the roster knows is not held against the extract"
    assert "文件“人员信息.csv”像是别的县的" in message
    (place.rules / "guards.toml").write_text('own_codes = ["999777"]\n', "utf-8")
    loaded = loader(place, load_rulebook(place.rules))(OCTOBER)
    assert outcomes(loaded, "county", "persons") == ["passed"]


def test_a_workspace_without_a_division_says_that_it_did_not_compare_the_roster_with_any(
    tmp_path, rulebook
):
    CliRunner().invoke(app, ["init", str(tmp_path / "county")], catch_exceptions=False)
    place = Workspace.open(tmp_path / "county")
    write(place.root / "inbox/roster/人员信息.csv", roster(120))
    deliver(place, OCTOBER, "低保名单.csv", dibao(60, "999777"))
    message = refusal(loader(place, rulebook), OCTOBER)
    assert "低保名单.csv”像是别的县的" in message, "but the roster tells what the county is"
    assert "人员信息.csv" not in message
    deliver(place, OCTOBER, "低保名单.csv", dibao(60))
    assert outcomes(loader(place, rulebook)(OCTOBER), "county", "persons") == ["unset"]


def test_everything_wrong_is_said_at_once(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    load(SEPTEMBER)
    deliver(place, OCTOBER, "低保名单202608.csv", dibao(30, "999777"))
    deliver(place, OCTOBER, "结算9月.csv", bills(["202609"] * 30))
    message = refusal(load, OCTOBER)
    assert "有 4 处数据不敢采用，没有发布任何结果" in message
    assert [line[2:4] for line in message.splitlines()[1:-1]] == ["缩减", "期次", "地区", "期次"]
    assert "--accept 缩减:低保名单202608.csv --reason" in message


def accept(text, reason="已与民政核对"):
    return Acceptance.parse(text, reason, "王干事", DAY)


def test_an_acceptance_is_for_one_check_of_one_file_and_is_kept_with_its_reason(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    load(SEPTEMBER)
    deliver(place, OCTOBER, "低保名单9月.csv", dibao(30))
    assert "期次：" in refusal(load, OCTOBER, accept("缩减:低保名单9月.csv"))
    assert "缩减：" in refusal(load, OCTOBER, accept("缩减:别的.csv"), accept("期次"))
    loaded = load(OCTOBER, accept("shrink"), accept("期次：低保名单9月.csv"))
    kept = loaded.guards.filter(pl.col("outcome") == "accepted")
    assert kept["check"].to_list() == ["shrink", "period"]
    assert kept["reason"].unique().to_list() == ["已与民政核对"]
    assert kept["accepted_by"].unique().to_list() == ["王干事"]
    assert kept["accepted_on"].unique().to_list() == [DAY]
    assert place.read_frame(OCTOBER, "guards").equals(loaded.guards)


def test_an_acceptance_holds_for_the_same_files_only(place, load):
    deliver(place, SEPTEMBER, "低保名单202609.csv", dibao(60))
    load(SEPTEMBER)
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(30))
    load(OCTOBER, accept("缩减"))
    again = load(OCTOBER)
    assert outcomes(again, "shrink", "dibao") == ["accepted"]
    assert again.guards["reason"].drop_nulls().to_list() == ["已与民政核对"]
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(25))
    assert "缩减：" in refusal(load, OCTOBER)


def test_an_acceptance_that_was_not_needed_is_shown(place, load):
    deliver(place, OCTOBER, "低保名单202610.csv", dibao(30))
    loaded = load(OCTOBER, accept("增长"))
    assert loaded.guards.filter(pl.col("outcome") == "unused")["check"].to_list() == ["grow"]


def test_a_check_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(
        ValueError, match="没有“人数”这项检查，可以写：缩减、增长、重复、期次、地区"
    ):
        accept("人数")


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("结算202610", ["2026-10"], []),
        ("2026年1-10月", ["2026-01", "2026-10"], []),
        ("2026年1月至10月", ["2026-01", "2026-10"], []),
        ("导出时间：2026-10-08 10:22:33", [], ["2026-10-08"]),
        ("２０２６年１０月８日", [], ["2026-10-08"]),
        ("2026.10.8", [], ["2026-10-08"]),
        ("10月", ["2026-10"], []),
        ("二〇二六年九月", ["2026-09"], []),
        ("2026年十二月三日", ["2026-12"], []),
        ("二〇二六年一月至十月", ["2026-01", "2026-10"], []),
        ("三月村低保名单", [], []),
        ("1-9月", ["2026-01", "2026-09"], []),
        ("20261399", [], []),
        ("99990119700101001X", [], []),
        ("13月", [], []),
    ],
)  # fmt: skip
def test_months_and_days_are_read_as_people_write_them(text, months, days):
    said = stated(text, OCTOBER)
    assert [str(month) for month in said.months] == months
    assert [day.isoformat() for day in said.days] == days


def test_the_command_line_refuses_an_acceptance_without_a_reason_and_records_one_with(place):
    deliver(place, OCTOBER, "低保名单9月.csv", dibao(30))
    runner = CliRunner()
    base = ["run", "-w", str(place.root), "--as-of", DAY.isoformat(), "--json"]
    assert runner.invoke(app, [*base, "--accept", "期次"]).exit_code == 2
    assert runner.invoke(app, [*base, "--accept", "人数", "--reason", "x"]).exit_code == 2
    stopped = runner.invoke(app, base)
    assert isinstance(stopped.exception, RefusedError)
    assert stopped.exception.exit_code == 1
    assert not place.out(OCTOBER).exists()
    done = runner.invoke(app, [*base, "--accept", "期次", "--reason", "文件名写错"])
    assert done.exit_code == 0
    told = [row for row in json.loads(done.stdout)["guards"] if row["outcome"] == "accepted"]
    assert [(row["check"], row["reason"], row["accepted_on"]) for row in told] == [
        ("period", "文件名写错", DAY.isoformat())
    ]
    manifest = json.loads((place.out(OCTOBER) / "manifest.json").read_text("utf-8"))
    assert [item["reason"] for item in manifest["accepted"]] == ["文件名写错"]
