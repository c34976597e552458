"""Half a year of a small county: departments deliver, officers fill in the lists, fpm remembers."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from county import id_number, run_month, write_csv, write_xlsx
from fpm.ledger import Ledger, verify
from fpm.model import Period
from fpm.pipeline.cases import listed_cases
from fpm.pipeline.followup import import_feedback
from fpm.workspace import Workspace

FIRST = Period(2026, 3)
MONTHS = [FIRST.shift(month) for month in range(6)]
STATES = {"new", "continuing", "escalated", "answered", "cleared", "overdue"}
HEADS = {
    # household: head, body of the ID, child, body of the child's ID
    "A": ("赵大山", "99990119700101001", "赵小明", "99990120150101001"),
    "B": ("钱有才", "99990119720305002", "钱小兰", "99990120150202002"),
    "C": ("孙春梅", "99990119650910003", "孙小宝", "99990120150303003"),
    "D": ("李秀英", "99990119800808004", "李小龙", "99990120150404004"),
    "E": ("周建国", "99990119680606005", "周小燕", "99990120150505005"),
    "F": ("吴玉兰", "99990119750707006", "吴小军", "99990120150606006"),
}
STAYS = {"2026-03": {"A": 12000, "B": 12000, "C": 12000}, "2026-05": {"E": 12000},
         "2026-06": {"A": 18000}, "2026-07": {"B": 13000}}  # fmt: skip
AT_SCHOOL = {"2026-03": "疑似辍学", "2026-04": "复学"}
RESULTS = {
    # list of the month: household → what the officer finds
    "2026-03": {"A": "已核实-不实", "B": "已核实-纳入", "C": "待核实"},
    "2026-05": {"C": "已核实-不纳入(有应对能力)"},
    "2026-06": {"A": "已核实-纳入"},
}


def issued(period):
    return period.last_day + dt.timedelta(days=8)


def make(root):
    workspace = Workspace.create(root, "样例县", "999901")
    header = ("县", "乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "民族",
              "健康状况", "劳动技能", "户类型", "监测对象类别", "风险是否消除", "人均纯收入")  # fmt: skip
    rows = [("人员信息",), header]
    for household, (head, body, child, child_body) in HEADS.items():
        place = ("样例县", "青石镇", "上河村", household)
        rows.append((*place, f"{household}1", head, id_number(body), "户主", "汉族", "健康",
                     "普通劳动力", "一般农户", "", "", 20000))  # fmt: skip
        rows.append((*place, f"{household}2", child, id_number(child_body), "之子", "汉族", "健康",
                     "无劳动力", "一般农户", "", "", 20000))  # fmt: skip
    write_xlsx(workspace.root / "inbox/roster/人员信息.xlsx", rows)
    return workspace


def deliver(workspace, period):
    name = f"{period.year}{period.month:02d}"
    folder = workspace.inbox(period)
    header = ("姓名", "身份证号", "乡镇", "结算单号", "医疗类别", "结算日期", "医疗总费用",
              "医保政策范围内费用", "统筹基金支付", "个人自付", "清算期")  # fmt: skip
    bills = [
        (HEADS[household][0], id_number(HEADS[household][1]), "青石镇", f"{name}{household}",
         "普通住院", f"{period}-20", paid * 3, paid * 3, paid * 2, paid, name)
        for household, paid in STAYS.get(str(period), {}).items()
    ]  # fmt: skip
    small = (HEADS["F"][0], id_number(HEADS["F"][1]), "青石镇", f"{name}F", "门诊", f"{period}-10",
             90 + period.month, 90, 60, 30, name)  # fmt: skip
    write_csv(folder / f"医保/医保结算明细{name}.csv", [header, small, *bills])
    child = (HEADS["D"][2], id_number(HEADS["D"][3]), "青石镇", AT_SCHOOL.get(str(period), "复学"),
             f"{period}-25")  # fmt: skip
    head = ("学生姓名", "身份证号", "乡镇", "就学状态", "上报日期")
    write_xlsx(folder / f"教育/控辍保学台账{name}.xlsx", [("控辍保学",), head, child])


def heads_outside(workspace):
    """The seal of each period as the manifests hold it, outside the ledger."""
    return {
        path.parent.name: json.loads(path.read_text("utf-8"))["ledger_head"]
        for path in sorted((workspace.root / "out").glob("*/manifest.json"))
    }


@pytest.fixture(scope="module")
def half_year(tmp_path_factory, rulebook, officer_class):
    """The workspace after six months, and what the ledger's proof said after each."""
    root = tmp_path_factory.mktemp("half-year")
    workspace = make(root / "county")
    proofs = {}
    for period in MONTHS:
        deliver(workspace, period)
        run_month(workspace, period, issued(period))
        results = RESULTS.get(str(period), {})
        if results:
            back = officer_class(workspace.out(period) / "乡镇/青石镇.xlsx")
            visit = issued(period) + dt.timedelta(days=4)
            for household, result in results.items():
                back.fill(HEADS[household][0], result=result, visited_on=visit, officer="王干事")
            file = back.save(root / f"交回{period}.xlsx")
            returned_on = issued(period) + dt.timedelta(days=12)
            for _ in range(2):
                imported = import_feedback(workspace, rulebook, [file], returned_on)
                assert imported.answers.problems.is_empty()
            assert imported.recorded == 0
        proofs[str(period)] = verify(workspace.ledger, heads_outside(workspace))
    return workspace, proofs


@pytest.fixture(scope="module")
def months(half_year):
    """By household, what each month's list said: state, number, level."""
    workspace, _ = half_year
    with Ledger.open(workspace.ledger) as ledger:
        return {str(period): ledger.alerts(str(period)) for period in MONTHS}


def life(months, household):
    found = [
        frame.filter(pl.col("household_id") == household).to_dicts() for frame in months.values()
    ]
    return [rows[0]["state"] if rows else None for rows in found]


def test_the_ledger_proves_itself_after_each_month(half_year):
    _, proofs = half_year

    assert {period: proof.faults for period, proof in proofs.items()} == {
        str(period): () for period in MONTHS
    }


def test_every_alert_is_in_exactly_one_state_and_every_household_has_one(months):
    for frame in months.values():
        assert frame["alert_no"].is_unique().all()
        assert frame["household_id"].is_unique().all()
        assert set(frame["state"].to_list()) <= STATES


def test_a_number_stays_with_its_household(months):
    pairs = pl.concat(list(months.values())).select("household_id", "alert_no").unique()

    assert pairs["household_id"].is_unique().all()
    assert pairs["alert_no"].is_unique().all()


def test_no_risk_is_silent_until_it_worsens_and_then_monitored(months):
    assert life(months, "A") == ["new", "answered", "answered", "escalated", "answered", "answered"]


def test_a_confirmed_household_is_not_sent_again_even_when_it_pays_more(months):
    assert life(months, "B")[:2] == ["new", "answered"]
    assert not set(life(months, "B")[1:]) & {"new", "continuing", "escalated", "overdue"}


def test_an_open_question_comes_back_late_until_it_is_answered(months):
    assert life(months, "C") == ["new", "overdue", "overdue", "answered", "answered", "answered"]


def test_what_the_data_no_longer_show_is_cleared(months):
    assert life(months, "D")[:3] == ["new", "cleared", None]


def test_what_nobody_answers_stays_overdue(months):
    assert life(months, "E") == [None, None, "new", "overdue", "overdue", "overdue"]


def test_the_confirmed_households_have_a_case_each(half_year, rulebook):
    workspace, _ = half_year

    cases = listed_cases(workspace, rulebook, dt.date(2026, 9, 30), ended=False)

    assert sorted(cases["household_id"].to_list()) == ["A", "B"]
    assert set(cases["type"].to_list()) == {"边缘易致贫户"}


def test_running_the_last_month_again_changes_nothing(half_year):
    workspace, _ = half_year
    with Ledger.open(workspace.ledger) as ledger:
        before = list(ledger.dump())

    report = run_month(workspace, MONTHS[-1], issued(MONTHS[-1]) + dt.timedelta(days=3))

    with Ledger.open(workspace.ledger) as ledger:
        assert list(ledger.dump()) == before
    assert report.later_periods == ()
