"""Which of the columns of risks were exported decides what can be said of households without any."""

import pytest

from .test_missing_columns import hit, judged, tally

MONITORED = {"monitor_household": True, "monitor_type": "边缘易致贫户", "risk_cleared": False}


@pytest.mark.parametrize(
    ("lacking", "hits"),
    [
        ("", 1),
        ("first_risk,further_risks", 1),  # one column for all risks
        ("further_risks", 1),
        ("first_risk", 0),
        ("first_risk,further_risks,risks", 0),
    ],
)
def test_risks_are_blank_only_where_the_first_was_exported(book, lacking, hits):
    result, _ = judged(book, MONITORED, lacking=lacking)
    assert hit(result, "risk_blank") == hits
    stopped = tally(result, "risk_blank")
    assert bool(stopped["stopped"]) == (hits == 0)


@pytest.mark.parametrize(
    ("lacking", "hits"), [("", 1), ("first_risk,further_risks", 1), ("first_risk", 0)]
)
def test_a_risk_is_missed_only_where_the_first_was_exported(book, lacking, hits):
    person = {**MONITORED, "risks": "因学", "unsafe_house": True, "safe_water": False}
    result, _ = judged(book, person, lacking=lacking)
    assert hit(result, "unsafe_house_without_house_risk") == hits
    assert hit(result, "unsafe_water_without_water_risk") == hits


@pytest.mark.parametrize(("lacking", "hits"), [("", 1), ("id_type", 0)])
def test_no_certificate_is_told_only_where_the_kind_of_document_was_exported(book, lacking, hits):
    person = {"health": "残疾", "id_number": "999901197005012310"}
    result, _ = judged(book, person, lacking=lacking)
    assert hit(result, "disabled_without_certificate") == hits
