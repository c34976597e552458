"""A confirmed household through the procedure, to the removal of its risk, and back."""

from __future__ import annotations

import datetime as dt
import re
import zipfile

import polars as pl
import pytest

from fpm.errors import RefusedError
from fpm.ledger import MOVE_SCHEMA, Ledger, verify
from fpm.model import Period
from fpm.pipeline.case_acts import Act, advance, assign, clear, visit
from fpm.pipeline.cases import case_document, listed_cases
from fpm.pipeline.export import export_notices
from fpm.pipeline.measures import lacking_measures

VISIT = dt.date(2026, 11, 6)
TODAY = dt.date(2026, 11, 20)
NUMBER = "999901-J2026-00001"


@pytest.fixture
def confirmed(county, officer, tmp_path):
    """The county after 赵大山's household was confirmed."""
    answer(county, officer, tmp_path, "已核实-纳入")
    return county


def answer(county, officer, tmp_path, result, head="赵大山", period="2026-10", **more):
    back = officer(county.lists(period)["青石镇"]).fill(head, result=result, visited_on=VISIT)
    as_of = more.pop("as_of", TODAY)
    if "visited_on" in more:
        back.fill(head, visited_on=more.pop("visited_on"))
    return county.bring_back(back.save(tmp_path / f"{head}{period}.xlsx"), as_of=as_of, **more)


def cases(county, as_of=TODAY, *, ended=True):
    return listed_cases(county.workspace, county.rulebook, as_of, ended=ended).to_dicts()


def step(county, day, verb=advance, **more):
    act = Act(day, "王干事", **more)
    return verb(county.workspace, county.rulebook, NUMBER, act, day)


def facts(county, period, **columns):
    """Household H1 in a month: one member who can work and has all guarantees, unless said."""
    member = {
        "person_id": "H1-1", "household_id": "H1", "township": "青石镇", "village": "上河村",
        "name": "赵大山", "relation": "户主", "age": 58, "school_age": 57, "can_work": True,
        "net_income_per_person": 12000.0, "unsafe_house": False, "safe_water": True,
        "roster_uninsured": False, "monitored": False, **columns,
    }  # fmt: skip
    frame = pl.DataFrame([member])
    names = {
        name: column
        for name, column in county.rulebook.columns.items()
        if not column.constant and name not in frame.columns
    }
    kinds = {"boolean": pl.Boolean, "number": pl.Float64, "text": pl.String, "date": pl.Date}
    blank = [pl.lit(None, kinds[column.kind]).alias(name) for name, column in names.items()]
    wanted = frame.with_columns(blank)
    hits = county.no_hits()
    county.workspace.write_frames(Period.parse(period), {"facts": wanted, "hits": hits})


def half_a_year_of_facts(county):
    for month in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05"):
        facts(county, month)


def supported(county):
    """The case of H1 led to support."""
    for day in range(7, 12):
        done = step(county, dt.date(2026, 11, day))
    return done


def test_a_confirmed_answer_opens_a_case_at_the_first_step(confirmed):
    (case,) = cases(confirmed)

    assert (case["case_no"], case["household_id"], case["risks"]) == (NUMBER, "H1", "因病")
    assert (case["state"], case["step"]) == ("proceeding", "commitment")
    assert (case["opened_on"], case["due_date"]) == (VISIT, VISIT + dt.timedelta(days=2))
    assert case["overdue"]


def test_importing_the_answer_again_opens_no_second_case(confirmed, officer, tmp_path):
    answer(confirmed, officer, tmp_path, "已核实-纳入")

    assert len(cases(confirmed)) == 1
    with Ledger.open(confirmed.workspace.ledger) as ledger:
        assert [kind for _, _, kind, *_ in ledger.dump()][-2:] == ["feedback", "case"]
    assert verify(confirmed.workspace.ledger).sound


def test_a_household_monitored_already_starts_with_its_support(county, officer, tmp_path):
    answer(county, officer, tmp_path, "已在监测")

    assert [case["state"] for case in cases(county)] == ["supported"]


def test_the_type_is_proposed_by_the_roster_and_settled_by_the_county(confirmed):
    assert cases(confirmed)[0]["type"] is None
    done = step(confirmed, dt.date(2026, 11, 7), type="突发严重困难户")

    assert done["type"] == "突发严重困难户"
    with pytest.raises(RefusedError, match="边缘易致贫户"):
        step(confirmed, dt.date(2026, 11, 8), type="困难户")


def test_each_step_follows_the_one_before_with_its_own_days(confirmed, rulebook):
    seen = [cases(confirmed)[0]["step"]]
    for day in range(7, 12):
        done = step(confirmed, dt.date(2026, 11, day))
        seen.append(done["step"])

    assert seen == [spec.id for spec in rulebook.workflow.step]
    assert done["state"] == "supported"
    assert done["due_date"] == dt.date(2026, 11, 11) + dt.timedelta(days=15)
    with pytest.raises(RefusedError, match="fpm case visit"):
        step(confirmed, dt.date(2026, 11, 12))


def test_a_supported_household_is_due_for_a_visit_every_month(confirmed):
    supported(confirmed)

    done = step(confirmed, dt.date(2026, 11, 15), visit)

    assert done["due_date"] == dt.date(2026, 12, 16)
    assert not cases(confirmed, dt.date(2026, 12, 16))[0]["overdue"]
    assert cases(confirmed, dt.date(2026, 12, 17))[0]["overdue"]


def test_a_day_before_the_last_step_or_after_today_is_refused(confirmed):
    step(confirmed, dt.date(2026, 11, 9))
    with pytest.raises(RefusedError, match="早于上一次办理"):
        step(confirmed, dt.date(2026, 11, 8))
    act = Act(dt.date(2026, 11, 30), "王干事")
    with pytest.raises(RefusedError, match="今天"):
        advance(confirmed.workspace, confirmed.rulebook, NUMBER, act, TODAY)


def test_an_answer_corrected_to_no_risk_ends_the_case(confirmed, officer, tmp_path):
    answer(confirmed, officer, tmp_path, "已核实-不实", supersede=True)

    (case,) = cases(confirmed)
    assert (case["state"], case["due_date"], case["overdue"]) == ("closed", None, False)
    assert cases(confirmed, ended=False) == []


def test_a_risk_is_removed_when_every_condition_held_long_enough(confirmed):
    supported(confirmed)
    half_a_year_of_facts(confirmed)

    seen = [step(confirmed, dt.date(2027, 6, day), clear) for day in (2, 9, 12)]

    assert [case["step"] for case in seen] == ["removal_township", "removal_county", None]
    assert [case["state"] for case in seen] == ["clearing", "clearing", "cleared"]
    assert seen[0]["due_date"] == dt.date(2027, 6, 12)
    assert verify(confirmed.workspace.ledger).sound


def test_every_step_of_the_removal_asks_the_conditions_again(confirmed):
    supported(confirmed)
    half_a_year_of_facts(confirmed)
    step(confirmed, dt.date(2027, 6, 2), clear)
    facts(confirmed, "2027-05", safe_water=False)

    with pytest.raises(RefusedError, match="饮水安全"):
        step(confirmed, dt.date(2027, 6, 9), clear)
    assert cases(confirmed, dt.date(2027, 6, 9))[0]["state"] == "clearing"


def test_a_risk_confirmed_during_the_removal_takes_the_household_back_to_support(
    confirmed, officer, tmp_path
):
    supported(confirmed)
    half_a_year_of_facts(confirmed)
    step(confirmed, dt.date(2027, 6, 2), clear)
    confirmed.households["H1"] = (*confirmed.households["H1"][:5], "因灾")
    confirmed.publish("2027-05", ("H1",))
    answer(
        confirmed, officer, tmp_path, "已核实-纳入", period="2027-05",
        as_of=dt.date(2027, 6, 10), visited_on=dt.date(2027, 6, 6),
    )  # fmt: skip

    (case,) = cases(confirmed, dt.date(2027, 6, 10))
    assert (case["state"], case["risks"]) == ("supported", "因灾、因病")


def test_a_contact_is_named_and_may_change(confirmed):
    assert cases(confirmed)[0]["contact"] is None
    step(confirmed, dt.date(2026, 11, 7), assign)
    act = Act(dt.date(2026, 11, 8), "李干事")
    done = assign(confirmed.workspace, confirmed.rulebook, NUMBER, act, TODAY)

    assert done["contact"] == "李干事"
    assert done["step"] == "commitment"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"can_work": False}, "有劳动能力"),
        ({"safe_water": None}, "饮水安全"),
        ({"unsafe_house": True}, "住房安全"),
        ({"roster_uninsured": True}, "基本医保"),
        ({"net_income_per_person": 3000.0}, "监测线"),
        ({"age": 10, "school_age": 9, "not_in_school_reason": "厌学"}, "上学"),
    ],
)
def test_one_condition_that_fails_or_cannot_be_told_forbids_removal(confirmed, wrong, named):
    supported(confirmed)
    for month in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04"):
        facts(confirmed, month)
    facts(confirmed, "2027-05", **wrong)

    with pytest.raises(RefusedError, match=named):
        step(confirmed, dt.date(2027, 6, 2), clear)

    day = dt.date(2027, 6, 2)
    told = case_document(confirmed.workspace, confirmed.rulebook, NUMBER, day)["removal"]
    assert [named in row["title"] for row in told if not row["holds"]] == [True]


def test_income_must_have_been_stable_for_all_the_months_asked(confirmed):
    supported(confirmed)
    facts(confirmed, "2026-12", net_income_per_person=3000.0)
    for month in ("2027-01", "2027-02", "2027-03", "2027-04", "2027-05"):
        facts(confirmed, month)

    with pytest.raises(RefusedError, match="2026-12 不成立"):
        step(confirmed, dt.date(2027, 6, 2), clear)


def test_removal_before_the_months_asked_or_before_support_is_refused(confirmed):
    facts(confirmed, "2026-11")
    with pytest.raises(RefusedError, match=r"还在“承诺授权”(.|\n)*只满 0 个月"):
        step(confirmed, dt.date(2026, 12, 2), clear)


def test_a_warning_of_the_last_month_forbids_removal(confirmed):
    supported(confirmed)
    half_a_year_of_facts(confirmed)
    hits = confirmed.some_hits(["H1"])
    confirmed.workspace.write_frames(Period(2027, 5), {"hits": hits})

    with pytest.raises(RefusedError, match="数据显示有情况"):
        step(confirmed, dt.date(2027, 6, 2), clear)


def test_a_cleared_household_confirmed_anew_keeps_its_number(confirmed, officer, tmp_path):
    test_a_risk_is_removed_when_every_condition_held_long_enough(confirmed)
    confirmed.publish("2027-07", ("H1",))
    answer(
        confirmed, officer, tmp_path, "已核实-纳入", period="2027-07",
        as_of=dt.date(2027, 8, 10), visited_on=dt.date(2027, 8, 6),
    )  # fmt: skip

    (case,) = cases(confirmed, dt.date(2027, 8, 10))
    assert (case["case_no"], case["state"], case["step"]) == (NUMBER, "proceeding", "commitment")
    assert case["opened_on"] == dt.date(2027, 8, 6)


def test_a_late_copy_from_before_the_removal_does_not_open_the_case_again(
    confirmed, officer, tmp_path
):
    supported(confirmed)
    confirmed.households["H1"] = (*confirmed.households["H1"][:5], "因灾")
    confirmed.publish("2027-04", ("H1",))
    sent = confirmed.lists("2027-04")["青石镇"]
    half_a_year_of_facts(confirmed)
    for day in (2, 9, 12):
        step(confirmed, dt.date(2027, 6, day), clear)
    late = officer(sent).fill("赵大山", result="已核实-纳入", visited_on=dt.date(2027, 5, 20))

    imported = confirmed.bring_back(late.save(tmp_path / "late.xlsx"), as_of=dt.date(2027, 6, 20))

    assert imported.recorded == 1
    assert cases(confirmed, dt.date(2027, 6, 20))[0]["state"] == "cleared"


def test_what_is_made_public_has_no_number_phone_health_or_risk(confirmed, rulebook, tmp_path):
    written = export_notices(confirmed.workspace, rulebook, tmp_path / "out", ("commitment", TODAY))

    assert [(file.path, file.rows) for file in written] == [("青石镇公示.xlsx", 1)]
    kept = everything_in(tmp_path / "out/青石镇公示.xlsx")
    assert "赵大山" in kept
    assert "拟纳入监测帮扶" in kept
    assert "保密" not in kept
    assert not re.search(r"\d{6}(18|19|20)?\d{6}\d{2,}|1[3-9]\d{9}|\d{12,}", kept)
    assert not re.search("因病|因残|疾病|残疾|健康|风险类型|银行|账号|电话|\\*{4}", kept)


def test_the_removal_is_made_public_under_its_own_title(confirmed, rulebook, tmp_path):
    supported(confirmed)
    half_a_year_of_facts(confirmed)
    day = dt.date(2027, 6, 2)
    step(confirmed, day, clear)

    for due in ("removal_township", None):
        export_notices(confirmed.workspace, rulebook, tmp_path / str(due), (due, day))

    assert "拟标注风险消除" in everything_in(tmp_path / "removal_township/青石镇风险消除公示.xlsx")
    assert not (tmp_path / "None").exists()


def everything_in(path):
    """All text of a workbook: cells, comments, properties, defined names, hidden parts."""
    with zipfile.ZipFile(path) as parts:
        files = [name for name in parts.namelist() if "theme" not in name and "styles" not in name]
        xml = " ".join(parts.read(name).decode("utf-8", "replace") for name in files)
    return " ".join(re.findall(r">([^<>]+)<", xml))


def measures(county):
    told = case_document(county.workspace, county.rulebook, NUMBER, TODAY)["measures"]
    return {row["risk"]: (row["taken"], row["proposed"]) for row in told}


def lacking(county):
    rows = listed_cases(county.workspace, county.rulebook, TODAY, ended=False)
    found = lacking_measures(county.workspace, county.rulebook, rows)
    return dict(zip(found["case_no"], found["lacking"], strict=True))


def test_a_case_is_checked_for_a_measure_against_its_risk(confirmed, rulebook):
    facts(confirmed, "2026-10", helped_health=False, helped_society=False)
    taken, proposed = measures(confirmed)["因病"]
    able = next(spec.able for spec in rulebook.measures.measure if spec.risk == "因病")
    assert (taken, tuple(proposed)) == (False, able)
    assert lacking(confirmed) == {NUMBER: "因病"}

    facts(confirmed, "2026-10", helped_health=True, helped_society=False)
    assert measures(confirmed)["因病"][0] is True
    assert lacking(confirmed) == {}


def test_measures_in_no_table_handed_over_cannot_be_told(confirmed, rulebook):
    facts(confirmed, "2026-10", can_work=None)
    taken, proposed = measures(confirmed)["因病"]
    spec = next(spec for spec in rulebook.measures.measure if spec.risk == "因病")
    assert taken is None
    assert set(proposed) == {*spec.able, *spec.unable}
    assert lacking(confirmed) == {NUMBER: "因病（无法确认）"}


def renumbered(county, period="2027-03"):
    """H1 is H9 from that month on, as the ledger records it when the month is published."""
    moves = pl.DataFrame(
        [("H1", "H9", None, None), ("H1", "H9", "H1-1", "H9-1")], schema=MOVE_SCHEMA, orient="row"
    )
    county.households["H9"] = county.households["H1"]
    county.publish(period, (), moves=moves)


def test_a_household_numbered_anew_keeps_its_case_and_the_facts_of_all_its_months(confirmed):
    supported(confirmed)
    renumbered(confirmed)
    for month in ("2026-12", "2027-01", "2027-02"):
        facts(confirmed, month)
    for month in ("2027-03", "2027-04", "2027-05"):
        facts(confirmed, month, household_id="H9", person_id="H9-1", helped_health=True)
    day = dt.date(2027, 6, 2)

    (case,) = cases(confirmed, day, ended=False)
    told = case_document(confirmed.workspace, confirmed.rulebook, NUMBER, day)

    assert (case["case_no"], case["household_id"]) == (NUMBER, "H9")
    assert [row["taken"] for row in told["measures"]] == [True]
    assert [row["title"] for row in told["removal"] if not row["holds"]] == []
    assert step(confirmed, day, clear)["state"] == "clearing"
    hits = confirmed.some_hits(["H9"])
    confirmed.workspace.write_frames(Period(2027, 5), {"hits": hits})
    with pytest.raises(RefusedError, match="数据显示有情况"):
        step(confirmed, dt.date(2027, 6, 9), clear)


def test_a_household_numbered_anew_and_confirmed_again_gets_no_second_case(
    confirmed, officer, tmp_path
):
    renumbered(confirmed, "2026-11")
    confirmed.households["H9"] = (*confirmed.households["H9"][:5], "因灾")
    confirmed.publish("2026-12", ("H9",))
    answer(
        confirmed, officer, tmp_path, "已核实-纳入", period="2026-12",
        as_of=dt.date(2027, 1, 20), visited_on=dt.date(2027, 1, 10),
    )  # fmt: skip

    (case,) = cases(confirmed, dt.date(2027, 1, 20))
    assert (case["case_no"], case["household_id"], case["risks"]) == (NUMBER, "H9", "因灾、因病")
