"""Twelve months of a sample county: numbers, silence, escalation and states, against the rules."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from fpm.ledger import HELD, Ledger, rule_terms
from fpm.ledger.state import LASTING_STATES
from fpm.model import LEVELS, OPEN_STATES, SPEAKING_STATES
from fpm.pipeline.cases import listed_cases
from simulated_year import FORMS, MONTHS, issued, returned, simulate

STATES = {*LASTING_STATES, "cleared"} - {HELD}  # this county sets no limit
RANK = {level: place for place, level in enumerate(LEVELS)}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def lists(year):
    """By month: alerts and hits by household."""
    return [(year.alerts(period), year.hits(period)) for period in MONTHS]


def key(row, home):
    return home, row["rule_id"], row["person_id"]


def answers_before(year, lists, place):
    """Hit → effect, months ago and measure of the last answer that month ``place`` knows."""
    effects, found = year.rulebook.workflow.effects, {}
    terms = rule_terms(year.rulebook)
    for earlier in range(place):
        alerts, hits = lists[earlier]
        for home, alert in alerts.items():
            entry = (alert["alert_no"], str(MONTHS[earlier]))
            effect = effects.get(year.answers.get(entry))
            if effect in {None, "pending"} or year.received[entry] > issued(MONTHS[place]):
                continue
            for row in hits.get(home, []):
                if row["hit_state"] in SPEAKING_STATES:
                    begun_anew = MONTHS[earlier].year != MONTHS[place].year and (
                        terms[row["rule_id"]].yearly
                    )
                    measure = 0.0 if begun_anew else row["measure"]
                    found[key(row, home)] = (effect, place - earlier, measure)
    return found


def was_answered(year, lists, place, home):
    """Whether what the list before put to the township was answered when this one was made."""
    alert = lists[place - 1][0][home]
    if alert["state"] == "answered":
        return True
    since = issued(MONTHS[place - 1])
    return any(
        number == alert["alert_no"]
        and result != "待核实"
        and since < year.received[number, period] <= issued(MONTHS[place])
        for (number, period), result in year.answers.items()
    )


def test_every_form_came_back_and_only_what_was_written_was_recorded(year):
    assert year.faults == []
    assert set(year.forms) == set(FORMS)
    with Ledger.open(year.workspace.ledger) as ledger:
        rows = ledger.feedback().to_dicts()
    assert {(row["alert_no"], row["period"]): row["result"] for row in rows} == year.answers
    assert len(rows) == len(year.answers) > 60


def test_the_year_has_every_state_and_each_alert_is_in_one(lists):
    seen = Counter(row["state"] for alerts, _ in lists for row in alerts.values())

    assert set(seen) == STATES
    for alerts, _ in lists:
        assert len({row["alert_no"] for row in alerts.values()}) == len(alerts)


def test_a_number_stays_with_its_household_while_the_alert_lasts(lists):
    owner = {}
    for place, (alerts, _) in enumerate(lists):
        for home, row in alerts.items():
            assert owner.setdefault(row["alert_no"], home) == home
            before = lists[place - 1][0].get(home) if place else None
            if before and before["state"] in LASTING_STATES:
                assert row["alert_no"] == before["alert_no"]
            else:
                assert row["state"] == "new"


def test_a_hit_is_silent_exactly_while_its_answer_covers_it(year, lists):
    terms = rule_terms(year.rulebook)
    seen = Counter()
    for place, (_, hits) in enumerate(lists):
        known = answers_before(year, lists, place)
        for home, rows in hits.items():
            for row in rows:
                if row["hit_state"] == "standing":
                    assert not was_answered(year, lists, place, home)
                    continue
                effect, months, measure = known.get(key(row, home), (None, 0, None))
                term = terms[row["rule_id"]]
                compared = None not in (row["measure"], measure, term.worsens_by)
                worse = compared and row["measure"] >= measure + term.worsens_by
                covered = effect == "no_risk" and months <= term.silence and not worse
                if row["hit_state"] != "case":
                    assert (row["hit_state"] == "silent") == covered, (place, row)
                    seen[row["hit_state"]] += 1
    assert seen["silent"] > 10
    assert seen["returned"] > 0


def test_a_monitored_risk_goes_to_the_case_file_and_never_to_the_township_again(year, lists):
    known, seen = risks_confirmed(year, lists), 0
    for place, (_, hits) in enumerate(lists):
        facts = year.workspace.read_frame(MONTHS[place], "facts").filter(pl.col("monitored"))
        on_roster = set(facts["household_id"].to_list())
        for home, rows in hits.items():
            for row in rows:
                confirmed = known.get((home, row["risk"]), len(MONTHS)) <= place
                assert (row["hit_state"] == "case") == confirmed or home in on_roster
                seen += confirmed
    assert seen > 10


def risks_confirmed(year, lists):
    """Household and risk → the first month whose list knows that a visit confirmed it."""
    found = {}
    for place, (alerts, _) in enumerate(lists):
        for home, alert in alerts.items():
            entry = (alert["alert_no"], str(MONTHS[place]))
            if year.answers.get(entry) == "已核实-纳入":
                heard = place + (1 if year.received[entry] == returned(MONTHS[place]) else 2)
                for risk in alert["risks"].split("、"):
                    found[home, risk] = min(heard, found.get((home, risk), heard))
    return found


def test_each_state_is_what_the_hits_and_answers_make_it(year, lists):
    for place, (alerts, hits) in enumerate(lists[1:], start=1):
        before = lists[place - 1][0]
        for home, alert in alerts.items():
            old = before.get(home)
            if old is None or old["state"] not in LASTING_STATES:
                continue
            rows = hits.get(home, [])
            speaking = [row for row in rows if row["hit_state"] in SPEAKING_STATES]
            answered = was_answered(year, lists, place, home)
            assert alert["state"] == expected(alert, old, speaking, answered, rows, MONTHS[place])


def expected(alert, old, speaking, answered, rows, period):
    """The state of an alert that lasted, by design: in words of one month and the one before."""
    if not speaking:
        if rows or (answered and old["state"] != "answered"):
            return "answered"
        return "cleared"
    fresh = any(row["hit_state"] in {"new", "worsened"} for row in speaking)
    more = (
        RANK[alert["level"]] < RANK[old["level"]]
        or not set(alert["risks"].split("、")) <= set(old["risks"].split("、"))
        or any(row["hit_state"] == "worsened" for row in speaking)
        or (answered and fresh)
    )
    if more:
        return "escalated"
    return "overdue" if not answered and old["due_date"] < issued(period) else "continuing"


def test_each_run_names_what_is_overdue(year, lists):
    for (alerts, _), waiting in zip(lists, year.waiting, strict=True):
        late = sum(row["state"] == "overdue" for row in alerts.values())
        assert waiting.get("answers_overdue", 0) == late
    confirmed_in_the_first_months = year.waiting[3]["cases_overdue"]
    assert 0 < confirmed_in_the_first_months < year.waiting[-1]["cases_overdue"]


def test_nothing_open_lacks_a_reason_and_nothing_with_a_reason_lacks_an_alert(lists):
    for alerts, hits in lists:
        for home, alert in alerts.items():
            speaking = any(row["hit_state"] in SPEAKING_STATES for row in hits.get(home, []))
            assert speaking == (alert["state"] in OPEN_STATES)


def test_every_confirmed_household_has_one_case_and_nobody_else_has(year, lists):
    homes = {row["alert_no"]: home for alerts, _ in lists for home, row in alerts.items()}
    confirmed = {homes[no] for (no, _), result in year.answers.items() if result == "已核实-纳入"}

    cases = listed_cases(year.workspace, year.rulebook, returned(MONTHS[-1]), ended=True)

    assert sorted(cases["household_id"].to_list()) == sorted(confirmed)
    assert set(cases["state"].to_list()) == {"proceeding"}
