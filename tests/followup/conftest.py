"""A county with two months of lists, made without files from departments, and officers who fill."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from fpm.ledger import (
    MOVE_SCHEMA,
    AlertRequest,
    Asked,
    Ledger,
    rule_terms,
    state_before,
    update_alerts,
)
from fpm.model import HIT_SCHEMA, Period
from fpm.pipeline.export import Wanted, export_lists
from fpm.pipeline.followup import effects, import_feedback
from fpm.publish import PERSON_SCHEMA
from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules
from fpm.workspace import Workspace
from officers import Returned

NO_MOVES = pl.DataFrame(schema=MOVE_SCHEMA)
ISSUED = {"2026-10": dt.date(2026, 11, 2), "2026-11": dt.date(2026, 12, 2)}
HOUSEHOLDS = {
    # household: township, village, head, rule, level, risk
    "H1": ("青石镇", "上河村", "赵大山", "single_stay_other", "orange", "因病"),
    "H2": ("青石镇", "下河村", "钱有才", "dangerous_house_other", "red", "因安全住房"),
    "H3": ("青石镇", "下河村", "孙春梅", "not_insured", "yellow", "因病"),
    "H4": ("白杨乡", "上河村", "李秀英", "suspected_dropout", "red", "因学"),
}


@pytest.fixture(scope="session")
def rulebook():
    return load_rulebook(shipped_rules())


def hits_of(households, known, measure=None):
    rows = []
    for name in households:
        township, village, _, rule, level, risk = known[name]
        source = [
            {
                "department": "medical_insurance",
                "kind": "settlement",
                "file": "x",
                "sheet": "",
                "row": 7,
            }
        ]
        rows.append(
            (rule, "alert", "person", f"{name}-1", name, township, village, level, risk,
             "数据显示有情况", json.dumps(source), measure)
        )  # fmt: skip
    return pl.DataFrame(rows, schema=HIT_SCHEMA, orient="row")


@dataclass
class County:
    """A workspace whose months are judged by hand-made hits."""

    workspace: Workspace = field(repr=False)
    rulebook: object = field(repr=False)
    folder: Path
    households: dict = field(default_factory=lambda: dict(HOUSEHOLDS))

    def publish(self, period="2026-10", households=tuple(HOUSEHOLDS), measure=None, moves=NO_MOVES):
        """Judge a month and record its list, on the 2nd of the next month; return the update."""
        month, day = (
            Period.parse(period),
            ISSUED.get(period) or Period.parse(period).shift(1).first_day,
        )
        request = AlertRequest(
            period=month, division="999901", issued_on=day, as_of=day,
            due_days=self.rulebook.workflow.due_days, effects=effects(self.rulebook),
            terms=rule_terms(self.rulebook),
        )  # fmt: skip
        people = [
            (f"{h}-1", h, t, v, head, "999901196803120012", None, "男", "户主", 58, True)
            for h, (t, v, head, *_) in self.households.items()
        ]
        facts = pl.DataFrame(people, schema=PERSON_SCHEMA, orient="row")
        self.workspace.write_frames(month, {"facts": facts})
        with Ledger.open(self.workspace.ledger) as ledger:
            asked = Asked(month, "999901", day, list(households), moves)
            state = state_before(ledger, asked)
            update = update_alerts(hits_of(households, self.households, measure), state, request)
            ledger.record(update, day)
        return update

    def also(self, household, head, rule, level):
        """One more household of 青石镇 that later months may hit."""
        self.households[household] = ("青石镇", "上河村", head, rule, level, "其他")

    def some_hits(self, households):
        return hits_of(households, self.households)

    def no_hits(self):
        return hits_of([], {})

    def numbers(self, period="2026-10"):
        """Household → alert number."""
        with Ledger.open(self.workspace.ledger) as ledger:
            rows = ledger.alerts(period)
        return dict(rows.select("household_id", "alert_no").iter_rows())

    def lists(self, period="2026-10", as_of=dt.date(2026, 11, 2)):
        """Township → path of its workbook as sent."""
        folder = self.folder / f"sent-{period}"
        wanted = Wanted(Period.parse(period), as_of)
        written = export_lists(self.workspace, self.rulebook, folder, wanted)
        return {Path(file.path).stem: folder / file.path for file in written}

    def bring_back(self, *files, as_of=dt.date(2026, 11, 20), supersede=False):
        return import_feedback(
            self.workspace, self.rulebook, files, as_of, supersede=supersede
        )  # fmt: skip

    def recorded(self):
        """Household → result of every recorded answer, in order."""
        names = {no: household for household, no in self.numbers().items()}
        with Ledger.open(self.workspace.ledger) as ledger:
            rows = ledger.feedback()
        return [(names[row["alert_no"]], row["result"]) for row in rows.to_dicts()]


@pytest.fixture
def county(tmp_path, rulebook):
    workspace = Workspace.create(tmp_path / "county", "样例县", "999901")
    made = County(workspace, rulebook, tmp_path)
    made.publish()
    return made


@pytest.fixture
def officer():
    return Returned


@pytest.fixture(scope="session")
def officer_class():
    return Returned
