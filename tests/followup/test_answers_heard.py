"""What the next months make of an answer."""

from __future__ import annotations

import datetime as dt

import openpyxl

from fpm.ledger import Ledger
from fpm.pipeline.export import Wanted, export_confirmed, export_lists
from fpm.pipeline.followup import feedback_standing, standing_document

VISIT = dt.date(2026, 11, 6)
MONTHS = ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06"]


def state(county, period, household):
    with Ledger.open(county.workspace.ledger) as ledger:
        rows = ledger.alerts(period)
    found = {row["household_id"]: row["state"] for row in rows.to_dicts()}
    return found.get(household)


def answer(county, officer, tmp_path, head, result, township="青石镇"):
    back = officer(county.lists()[township]).fill(head, result=result, visited_on=VISIT)
    county.bring_back(back.save(tmp_path / "back.xlsx"))


def test_no_risk_is_silent_until_the_silence_of_its_rule_ends(county, officer, tmp_path, rulebook):
    answer(county, officer, tmp_path, "赵大山", "已核实-不实")
    silence = rulebook.rule("single_stay_other").silence

    states = []
    for period in MONTHS[: silence + 1]:
        county.publish(period, ("H1",))
        states.append(state(county, period, "H1"))

    assert states == ["answered"] * silence + ["continuing"]


def test_no_risk_speaks_again_when_it_worsens_by_the_margin(county, officer, tmp_path, rulebook):
    margin = rulebook.rule("single_stay_other").worsens.by
    county.publish(measure=10000.0)
    answer(county, officer, tmp_path, "赵大山", "已核实-不实")

    county.publish("2026-11", ("H1",), measure=10000.0 + margin - 1)
    county.publish("2026-12", ("H1",), measure=10000.0 + margin)

    assert state(county, "2026-11", "H1") == "answered"
    assert state(county, "2026-12", "H1") == "escalated"


def test_monitored_goes_to_the_case_file_and_not_to_the_township(county, officer, tmp_path):
    answer(county, officer, tmp_path, "赵大山", "已核实-纳入")

    update = county.publish("2026-11", ("H1",))

    assert state(county, "2026-11", "H1") == "answered"
    assert update.hits["hit_state"].to_list() == ["case"]


def test_open_questions_stay_open_with_their_number_and_due_date(county, officer, tmp_path):
    answer(county, officer, tmp_path, "赵大山", "待核实")
    before = county.numbers()["H1"]

    county.publish("2026-11", ("H1",))

    assert state(county, "2026-11", "H1") == "overdue"
    assert county.numbers("2026-11")["H1"] == before


def test_standing_counts_sent_answered_and_overdue_by_township(county, officer, tmp_path, rulebook):
    back = officer(county.lists()["青石镇"]).fill("赵大山", result="已核实-不实", visited_on=VISIT)
    back.fill("孙春梅", result="待核实", visited_on=VISIT)
    county.bring_back(back.save(tmp_path / "a.xlsx"))

    # red answers are due on the 7th, yellow ones on the 17th
    period, alerts = feedback_standing(county.workspace, rulebook, None, dt.date(2026, 11, 8))

    told = standing_document(period, alerts, 0)
    assert told["townships"] == [
        {"township": "白杨乡", "sent": 1, "answered": 0, "pending": 0, "unanswered": 1, "overdue": 1},
        {"township": "青石镇", "sent": 3, "answered": 1, "pending": 1, "unanswered": 1, "overdue": 1},
    ]  # fmt: skip
    on_the_day = feedback_standing(county.workspace, rulebook, None, dt.date(2026, 11, 7))[1]
    assert not on_the_day["overdue"].any()


def test_a_late_answer_on_last_month_s_list_counts_this_month(county, officer, tmp_path, rulebook):
    sent = county.lists()["青石镇"]
    county.publish("2026-11", ("H1", "H2"))
    back = officer(sent).fill("赵大山", result="已核实-不实", visited_on=VISIT)

    county.bring_back(back.save(tmp_path / "a.xlsx"), as_of=dt.date(2026, 12, 5))

    _, alerts = feedback_standing(county.workspace, rulebook, None, dt.date(2026, 12, 5))
    standing = dict(alerts.select("household_id", "standing").iter_rows())
    assert standing == {"H1": "answered", "H2": "unanswered"}


def test_the_list_can_be_sent_again_for_one_township_with_what_is_unanswered(
    county, officer, tmp_path, rulebook
):
    answer(county, officer, tmp_path, "赵大山", "已核实-不实")
    wanted = Wanted(None, dt.date(2026, 11, 9), township="青石镇", unanswered=True)

    written = export_lists(county.workspace, rulebook, tmp_path / "again", wanted)

    assert [(file.path, file.rows) for file in written] == [("青石镇.xlsx", 2)]
    back = officer(tmp_path / "again/青石镇.xlsx").fill("孙春梅", result="已核实-不实")
    county.bring_back(back.save(tmp_path / "b.xlsx"))
    assert county.recorded() == [("H1", "已核实-不实"), ("H3", "已核实-不实")]


def test_confirmed_households_go_back_to_the_department_that_raised_them(
    county, officer, tmp_path, rulebook
):
    back = officer(county.lists()["青石镇"])
    back.fill("赵大山", result="已核实-纳入", visited_on=VISIT, measures="申请救助")
    back.fill("钱有才", result="已核实-不实", visited_on=VISIT)
    county.bring_back(back.save(tmp_path / "a.xlsx"))

    wanted = Wanted(None, dt.date(2026, 11, 20))
    written = export_confirmed(county.workspace, rulebook, tmp_path / "out", wanted)

    assert [(file.path, file.rows) for file in written] == [("医保确认名单.xlsx", 1)]
    book = openpyxl.load_workbook(tmp_path / "out/医保确认名单.xlsx")
    values = [cell.value for row in book["确认名单"].iter_rows() for cell in row if cell.value]
    assert "赵大山" in values
    assert "申请救助" in values
    assert "999901196803120012" not in values
