"""Rules over facts: four outcomes that add up, evidence people can read, rows one can go back to."""

import datetime as dt
import json

import polars as pl
import pytest

from fpm.judge import build_facts, evaluate
from fpm.model import HIT_SCHEMA, Period
from judge.county import DIVISION, LAYOUTS, PEOPLE, PERIOD, extract, roster
from judge.small_rules import LINE, RULES, UNSET, rule

DAY = dt.date(2026, 10, 5)


@pytest.fixture(scope="module")
def rulebook(make_rulebook):
    return make_rulebook(RULES, line=LINE, unset_line=UNSET)


@pytest.fixture(scope="module")
def extracts(rulebook):
    bills = [
        {"person": "P1", "paid": 700, "day": DAY, "period": "2026-08", "file": "八月.xlsx"},
        {"person": "P1", "paid": 650.5, "day": DAY, "row": 12, "file": '十月"份.xlsx'},
        {"person": "P3", "paid": 20, "day": DAY},
        {"person": "P4", "paid": None, "day": DAY, "row": 40},
        {"person": "P4", "paid": 1200, "day": DAY, "row": 41},
        {"person": None, "paid": 5, "status": "unmatched", "row": 42},
        {"person": "P1", "paid": 5, "status": "review", "row": 43},
        {"person": "P1", "paid": 5, "period": "2025-12", "row": 44},
        {"person": "P1", "paid": 5, "period": "2026-11", "row": 45},
    ]
    return [
        extract(
            rulebook, "clinic/bills", bills, candidates=["P6"], delivered=("2026-08", "2026-10")
        ),
        extract(rulebook, "buildings/houses", [{"person": "P2", "unsafe": True, "row": 7}]),
        extract(
            rulebook,
            "pipes/villages",
            [{"township": "西乡", "village": "乙村", "dry_days": 40.0, "row": 3}],
        ),
    ]


@pytest.fixture(scope="module")
def judgement(rulebook, extracts):
    facts = build_facts(roster(), extracts, rulebook, PERIOD, None)
    return evaluate(facts, extracts, rulebook, PERIOD, DIVISION)


def tally(judgement, rule_id):
    return judgement.tally.filter(rule_id=rule_id).row(0, named=True)


def hits(judgement, rule_id):
    return judgement.hits.filter(rule_id=rule_id).to_dicts()


def test_hits_have_the_shared_schema_and_order(judgement):
    assert judgement.hits.schema == pl.Schema(HIT_SCHEMA)
    order = ["rule_id", "township", "village", "household_id", "person_id"]
    assert judgement.hits.equals(judgement.hits.sort(order))


def test_the_four_outcomes_of_every_running_rule_add_up_to_its_subjects(judgement):
    subjects = {"person": 6, "household": 3, "village": 2}
    for row in judgement.tally.filter(pl.col("stopped").is_null()).iter_rows(named=True):
        assert (
            row["hit"] + row["clear"] + row["unknown"] + row["not_applicable"]
            == subjects[row["scope"]]
        )
        assert row["hit"] == len(hits(judgement, row["rule_id"]))


def test_a_person_rule(judgement):
    # P1 1350.50, P4 at least 1200, P2 and P5 absent = 0, P3 a child, P6 of unknown age and undecided
    found = tally(judgement, "person_costs")
    assert (found["hit"], found["clear"], found["not_applicable"], found["unknown"]) == (2, 2, 1, 1)
    assert [hit["person_id"] for hit in hits(judgement, "person_costs")] == ["P1", "P4"]


def test_evidence_is_written_as_people_write(judgement):
    first, second = hits(judgement, "person_costs")
    assert first["evidence"] == "张三（60岁）今年自付1,350.50元，超过1,000元。"
    assert second["evidence"] == "王五（76岁）今年自付至少1,200元，超过1,000元。"


def test_the_watched_amount_is_kept(judgement):
    assert [hit["measure"] for hit in hits(judgement, "person_costs")] == [1350.5, 1200.0]
    assert [hit["measure"] for hit in hits(judgement, "family_costs")] == [1370.5, 1200.0]
    assert [hit["measure"] for hit in hits(judgement, "dry_village")] == [40.0]
    assert [hit["measure"] for hit in hits(judgement, "unsafe_house")] == [None]


def test_a_household_rule_adds_its_members_up(judgement):
    first, second = hits(judgement, "family_costs")
    assert (first["household_id"], first["person_id"], first["township"]) == ("H1", None, "东乡")
    assert first["evidence"] == "这户3人今年自付1,370.50元（张三、张小）。"
    assert second["evidence"] == "这户1人今年自付至少1,200元（王五）。"


def test_a_family_is_not_clear_while_one_member_is_unknown(judgement):
    found = tally(judgement, "family_costs")
    assert (found["hit"], found["unknown"], found["clear"]) == (2, 1, 0)
    assert "全年自付" in found["missing"]


def test_a_missing_column_is_named(judgement):
    found = tally(judgement, "poor_family")
    assert (found["hit"], found["clear"], found["unknown"]) == (1, 1, 1)
    assert found["missing"] == "列income"


def test_an_extract_nobody_handed_over_is_named(judgement):
    found = tally(judgement, "dropped_off")
    assert (found["unknown"], found["hit"]) == (6, 0)
    assert found["missing"].startswith("本期没有慢病名单数据")


def test_a_rule_without_its_value_is_stopped_with_a_reason(judgement):
    found = tally(judgement, "needs_value")
    assert (found["hit"], found["clear"], found["unknown"], found["not_applicable"]) == (0, 0, 0, 0)
    for word in ("2026-10", DIVISION, "未定的线", "unset_line"):
        assert word in found["stopped"]


def test_a_village_rule(judgement):
    (hit,) = hits(judgement, "dry_village")
    assert (hit["township"], hit["village"], hit["household_id"], hit["person_id"]) == (
        "西乡",
        "乙村",
        None,
        None,
    )
    assert hit["evidence"] == "缺水40天，1户。"


def test_a_village_hit_names_its_people_and_the_department_rows_of_the_village(judgement):
    (hit,) = hits(judgement, "sick_village")
    sources = json.loads(hit["sources"])
    assert hit["village"] == "甲村"
    assert {one["department"] for one in sources} == {"clinic"}
    assert {one["row"] for one in sources} >= {12, 40}
    assert hit["evidence"] == "张三、王五看病花得多。"


def test_sources_lead_back_to_the_rows(judgement):
    first, second = (json.loads(hit["sources"]) for hit in hits(judgement, "person_costs"))
    assert first == [
        {
            "department": "roster",
            "kind": "persons",
            "period": "2026-10",
            "file": "花名册.xlsx",
            "sheet": "东乡",
            "row": 2,
        },
        {
            "department": "clinic",
            "kind": "bills",
            "period": "2026-08",
            "file": "八月.xlsx",
            "sheet": "Sheet1",
            "row": 2,
        },
        {
            "department": "clinic",
            "kind": "bills",
            "period": "2026-10",
            "file": '十月"份.xlsx',
            "sheet": "Sheet1",
            "row": 12,
        },
    ]
    assert [source["row"] for source in second] == [5, 40, 41]


def test_sources_of_a_household_are_its_members_rows_and_the_records_used(judgement):
    (hit,) = hits(judgement, "unsafe_house")
    sources = json.loads(hit["sources"])
    assert [(one["kind"], one["row"]) for one in sources] == [
        ("persons", 2),
        ("persons", 3),
        ("persons", 4),
        ("houses", 7),
    ]
    (family, _) = hits(judgement, "family_costs")  # uses the year and the month of one extract
    rows = [(one["kind"], one["row"]) for one in json.loads(family["sources"])]
    assert rows == [
        ("persons", 2),
        ("persons", 3),
        ("persons", 4),
        ("bills", 2),
        ("bills", 4),
        ("bills", 12),
    ]
    (village,) = hits(judgement, "dry_village")
    assert [(one["kind"], one["row"]) for one in json.loads(village["sources"])] == [
        ("villages", 3)
    ]


def test_the_order_of_roster_and_records_changes_nothing(rulebook, extracts, judgement):
    backwards = [
        type(one)(one.layout, one.records.reverse(), one.candidates, one.delivered)
        for one in extracts
    ]
    facts = build_facts(roster(), backwards, rulebook, PERIOD, None)
    again = evaluate(facts, backwards, rulebook, PERIOD, DIVISION)
    assert again.hits.equals(judgement.hits)
    assert again.tally.equals(judgement.tally)


def test_many_subjects_are_told_rule_by_rule_and_the_same(
    rulebook, extracts, judgement, monkeypatch
):
    monkeypatch.setattr("fpm.judge.hits.TOGETHER", 0)
    facts = build_facts(roster(), extracts, rulebook, PERIOD, None)
    one_by_one = evaluate(facts, extracts, rulebook, PERIOD, DIVISION)
    assert {"person", "household", "village"} <= set(judgement.hits["scope"])
    assert one_by_one.hits.equals(judgement.hits)


@pytest.fixture(scope="module")
def blanks(make_rulebook):
    text = rule("no_labour", "person", "BLANK(labour)").replace('"alert"', '"correction"')
    alert = rule("idle", "person", "labour = '乙'")
    return make_rulebook({"idle": alert}, {"quality/no_labour.toml": text})


def judged_lacking(blanks, *lacking):
    """The judgement of the six people, each of a sheet that lacks these columns."""
    people = roster().with_columns(lacking=pl.Series(lacking), unreadable=pl.lit(""))
    facts = build_facts(people, [], blanks, PERIOD, None)
    return evaluate(facts, [], blanks, PERIOD, DIVISION)


def test_a_correction_of_a_column_in_no_sheet_is_stopped(blanks):
    found = tally(judged_lacking(blanks, *["labour,income"] * 6), "no_labour")
    assert found["stopped"] == "花名册没有“列labour”这一列，这条规则停用；要核对的，请导出时带上"
    assert (found["hit"], found["clear"], found["unknown"]) == (0, 0, 0)


def test_a_correction_of_a_column_in_one_sheet_runs_for_that_sheet(blanks):
    found = tally(judged_lacking(blanks, "", *["labour"] * 5), "no_labour")
    assert (found["stopped"], found["clear"], found["unknown"]) == (None, 1, 5)
    found = tally(judged_lacking(blanks, *["labour"] * 2, "", *["labour"] * 3), "no_labour")
    assert (found["stopped"], found["hit"], found["unknown"]) == (None, 1, 5)


def test_a_correction_of_another_column_runs(blanks):
    found = tally(judged_lacking(blanks, *["income"] * 6), "no_labour")
    assert (found["stopped"], found["hit"], found["clear"]) == (None, 1, 5)


def test_an_alert_is_not_stopped_for_want_of_a_column(blanks):
    found = judged_lacking(blanks, *["labour"] * 6)
    assert tally(found, "idle")["stopped"] is None


def test_a_village_of_an_extract_alone_is_judged(make_rulebook):
    name = "layouts/pipes/villages.toml"
    own = LAYOUTS[name].replace("\n\n", "\nown_places = true\n\n", 1)
    book = make_rulebook(RULES, {name: own}, line=LINE, unset_line=UNSET)
    dry = {"township": "西乡", "village": "空村", "dry_days": 50.0}
    extracts = [extract(book, "pipes/villages", [dry])]
    facts = build_facts(roster(), extracts, book, PERIOD, None)
    found = evaluate(facts, extracts, book, PERIOD, DIVISION)
    counts = tally(found, "dry_village")
    assert (counts["hit"], counts["clear"], counts["unknown"]) == (1, 2, 0)
    assert [hit["village"] for hit in hits(found, "dry_village")] == ["空村"]
    assert tally(found, "family_costs")["unknown"] == 3  # no household was added


def test_values_follow_the_period(rulebook):
    before = Period(2025, 12)
    facts = build_facts(roster(), [], rulebook, before, None)
    found = evaluate(facts, [], rulebook, before, DIVISION)
    assert "预警线" in tally(found, "person_costs")["stopped"]


def test_people_without_a_household_belong_to_no_household_rule(rulebook, extracts):
    alone = roster().with_columns(
        household_id=pl.when(pl.col("person_id") != "P4").then("household_id")
    )
    facts = build_facts(alone, extracts, rulebook, PERIOD, None)
    found = evaluate(facts, extracts, rulebook, PERIOD, DIVISION)
    assert [hit["household_id"] for hit in hits(found, "family_costs")] == ["H1"]
    assert {hit["person_id"] for hit in hits(found, "person_costs")} == {"P1", "P4"}


def test_a_rule_book_without_rules_says_nothing(small):
    facts = build_facts(roster(), [], small, PERIOD, None)
    found = evaluate(facts, [], small, PERIOD, DIVISION)
    assert (found.hits.height, found.tally.height) == (0, 0)
    assert facts.height == len(PEOPLE)
