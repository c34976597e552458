"""A month writes what changed; everything else is read from the months before."""

import datetime as dt
import json
from dataclasses import dataclass

import polars as pl
from tests.ledger.conftest import Hit

from fpm.ledger import Ledger, verify
from fpm.model import Period


def events(county, period):
    """Kinds of the events that were written for a period."""
    with Ledger.open(county.path) as ledger:
        return [kind for _, name, kind, *_ in ledger.dump() if name == period]


@dataclass(frozen=True)
class Sourced(Hit):
    """A hit with the record that it came from."""

    file: str = ""
    at: int = 0

    def row(self):
        source = [{"department": "water", "file": self.file, "row": self.at}]
        return (*super().row()[:-2], json.dumps(source), self.measure)


def soon(period):
    """So early that nothing is overdue."""
    return Period.parse(period).shift(1).first_day + dt.timedelta(days=3)


def test_a_month_in_which_nothing_changed_restates_no_alert(county, hit):
    hits = [hit(f"H{n}", person=f"P{n}", level="yellow") for n in range(5)]
    county.judge("2026-08", *hits)
    update, _ = county.judge("2026-09", *hits, today=soon("2026-08"))
    assert update.alerts["state"].unique().to_list() == ["continuing"]
    assert events(county, "2026-08").count("alert") == 5
    assert events(county, "2026-09") == ["publication"]
    with Ledger.open(county.path) as ledger:
        assert ledger.alerts("2026-09").equals(update.alerts)
        assert ledger.hits("2026-09").equals(update.hits)
        assert ledger.alerts("2026-08")["state"].unique().to_list() == ["new"]


def test_only_the_alerts_that_changed_are_stated_again(county, hit):
    county.judge("2026-08", *[hit(f"H{n}") for n in range(5)])
    county.judge(
        "2026-09",
        *[hit(f"H{n}", level="red" if n == 3 else "orange") for n in range(4)],
        today=soon("2026-08"),
    )
    assert events(county, "2026-09") == ["alert", "alert", "publication"], "one rose, one cleared"


def test_records_that_lie_elsewhere_in_the_new_file_are_stated_once_for_all_alerts(county):
    first = [Sourced(f"H{n}", file="九月.xlsx", at=n) for n in range(3)]
    second = [Sourced(f"H{n}", file="十月.xlsx", at=n + 7) for n in range(3)]
    county.judge("2026-09", *first)
    update, _ = county.judge("2026-10", *second, today=soon("2026-09"))
    assert events(county, "2026-10") == ["sources", "publication"]
    with Ledger.open(county.path) as ledger:
        for period, file, row in (("2026-09", "九月.xlsx", 2), ("2026-10", "十月.xlsx", 9)):
            last = ledger.hits(period)["sources"].to_list()[-1]
            assert json.loads(last) == [{"department": "water", "file": file, "row": row}]
        assert ledger.hits("2026-10").drop("sources").equals(update.hits.drop("sources"))


def test_hits_of_monitored_households_and_of_places_are_kept_and_not_repeated(county, hit):
    hits = [hit("H1", person="P1"), hit("H2"), hit(None, scope="village", rule="cluster")]
    monitored = [("H1", "因病")]
    for month in ("2026-09", "2026-10"):
        county.judge(month, *hits, monitored=monitored)
    assert events(county, "2026-09").count("case_hit") == 1
    assert events(county, "2026-09").count("place_hit") == 1
    assert not {"case_hit", "place_hit"} & set(events(county, "2026-10"))
    with Ledger.open(county.path) as ledger:
        kept = ledger.rows(
            "SELECT period, household_id, village, rule_id FROM aside_hit"
            " JOIN publication USING (publication) ORDER BY period, household_id IS NULL",
            (),
        )
    assert kept == [
        (month, *place)
        for month in ("2026-09", "2026-10")
        for place in (("H1", "上河村", "illness_cost"), (None, "上河村", "cluster"))
    ]
    assert verify(county.path).sound


def test_a_number_that_was_dropped_and_comes_back_says_its_own_and_not_what_it_said_then(
    county, hit
):
    county.judge("2026-10", hit("H1", level="red"), hit("H2"))
    county.judge("2026-10", hit("H2"))
    update, _ = county.judge("2026-10", hit("H1", level="yellow"), hit("H2"))
    with Ledger.open(county.path) as ledger:
        assert ledger.alerts("2026-10").equals(update.alerts)
    assert update.alerts.filter(pl.col("household_id") == "H1")["level"].item() == "yellow"
