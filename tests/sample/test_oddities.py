"""Every line of the table in ``sample_data/README.md`` holds on the real stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from fpm.sample.oddities import oddities
from fpm.shipped import shipped_sample
from sample.stages import Run


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    code: str
    file: str
    sheet: str
    row: int

    @property
    def period(self) -> str:
        return self.file.split("/")[0]

    @property
    def name(self) -> str:
        return self.file.rsplit("/", 1)[-1]


def _table() -> list[Line]:
    text = (shipped_sample() / "README.md").read_text("utf-8")
    rows = [line.split("|")[1:5] for line in text.splitlines() if line.count("|") == 7]
    return [
        Line(code.strip(), file.strip(), sheet.strip(), int(row))
        for code, file, sheet, row in rows
        if row.strip().isdigit()
    ]


TABLE = _table()


@dataclass(frozen=True)
class Seen:
    """What the stages made of one line."""

    line: Line
    run: Run
    truth: Path

    def _at(self, frame: pl.DataFrame) -> pl.DataFrame:
        place = (pl.col("file") == self.line.name) & (pl.col("sheet") == self.line.sheet)
        return frame.filter(place & (pl.col("row") == self.line.row))

    @property
    def records(self) -> list[pl.DataFrame]:
        frames = [*self.run.loaded.records.values(), self.run.loaded.roster]
        return [found for frame in frames if (found := self._at(frame)).height]

    @property
    def record(self) -> dict[str, object]:
        (found,) = self.records
        return found.row(0, named=True)

    @property
    def match(self) -> dict[str, object]:
        return self._at(self.run.linked.matches).row(0, named=True)

    @property
    def candidates(self) -> list[str]:
        return self._at(self.run.linked.candidates)["person_id"].to_list()

    @property
    def person(self) -> str:
        """Whose the row is."""
        parts = [
            pl.read_csv(path, infer_schema=False).cast({"row": pl.UInt32}).fill_null("")
            for path in sorted((self.truth / self.line.period).glob("*.csv"))
            if not path.name.startswith(("water.village", "agriculture.industry"))
        ]
        return str(self._at(pl.concat(parts))["person_id"][0])

    @property
    def quarantine(self) -> pl.DataFrame:
        return self._at(self.run.loaded.quarantine)

    @property
    def blanked(self) -> pl.DataFrame:
        return self._at(self.run.loaded.blanked)

    @property
    def counts(self) -> dict[str, int]:
        files = self.run.loaded.files
        place = (pl.col("file") == self.line.name) & (pl.col("sheet") == self.line.sheet)
        return files.filter(place).row(0, named=True)


def _is_read(seen: Seen) -> None:
    assert seen.record["name"]


def _is_no_data(seen: Seen) -> None:
    assert seen.records == []
    assert seen.quarantine.is_empty()
    counts = seen.counts
    assert counts["non_data"] + counts["quarantined"] + counts["records"] == counts["rows"]
    assert seen.line.row <= counts["rows"]


def _linked(seen: Seen) -> None:
    assert seen.person
    assert (seen.match["status"], seen.match["person_id"]) == ("confirmed", seen.person)
    assert seen.match["reason"]


def _linked_or_asked(seen: Seen) -> None:
    if seen.match["status"] == "review":
        assert seen.person in seen.candidates
    else:
        _linked(seen)


def _linked_to_nobody(seen: Seen) -> None:
    assert seen.person == ""
    assert seen.match["status"] != "confirmed"


def _linked_to_household(seen: Seen) -> None:
    assert seen.match["status"] == "confirmed"
    assert seen.match["household_id"] == seen.person[:12]
    heads = seen.run.loaded.roster.filter(pl.col("relation") == "户主")["person_id"]
    assert seen.person not in set(heads)


def _paid_to_household(seen: Seen) -> None:
    assert seen.match["household_id"] == seen.person[:12]
    home = seen.run.facts.filter(pl.col("household_id") == seen.person[:12])
    paid = home["civil_affairs_dibao_pay_month"].unique().to_list()
    assert paid == [pytest.approx(float(seen.record["paid_total"]))]


def _linked_to_village(seen: Seen) -> None:
    truth = pl.read_csv(
        seen.truth / seen.line.period / "water.village_supply.csv", infer_schema=False
    )
    told = truth.filter(pl.col("row") == str(seen.line.row)).row(0, named=True)
    linked = seen._at(seen.run.linked.records["water", "village_supply"]).row(0, named=True)
    assert (linked["township"], linked["village"]) == (told["township"], told["village"])
    assert linked["status"] == "confirmed"


def _linked_to_one_of_equal_names(seen: Seen) -> None:
    _linked_to_village(seen)
    linked = seen._at(seen.run.linked.records["water", "village_supply"]).row(0, named=True)
    places = seen.run.loaded.roster.select("township", "village").unique()
    assert places.filter(pl.col("village") == linked["village"]).height > 1


def _set_aside(code: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert seen.quarantine["code"].to_list() == [code]
        assert seen.quarantine["reason"][0]
        assert seen.records == []

    return check


def _left_blank(field: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert seen.blanked["code"].to_list() == ["category_unknown"]
        assert seen.record[field] is None

    return check


def _has(field: str, value: object) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert seen.record[field] == value

    return check


def _whole_number(seen: Seen) -> None:
    assert len(str(seen.record["id_number"])) == 18
    _linked(seen)


def _number_not_whole(seen: Seen) -> None:
    assert "E+17" in str(seen.record["id_number"])
    _linked(seen)


def _columns_recognised(seen: Seen) -> None:
    records = seen.run.loaded.records["housing", "assessment"]
    assert records["name"].null_count() == 0
    assert records["floor_area"].null_count() == 0
    assert records["subsidy"].drop_nulls().unique().to_list() == [Decimal("15000.00")]


def _in_yuan(seen: Seen) -> None:
    total = seen.record["total_cost"]
    assert isinstance(total, Decimal)
    assert total > 10


def _hidden(seen: Seen) -> None:
    assert seen.counts["records"] == 0
    _is_no_data(seen)


def _certificate_read(seen: Seen) -> None:
    number = str(seen.record["id_number"])
    assert len(number) == 20
    assert seen.record["valid_id"] == number[:18]


def _not_valid(seen: Seen) -> None:
    assert seen.record["id_number"]
    assert seen.record["valid_id"] is None


def _cancels(seen: Seen) -> None:
    refund = seen.record
    records = seen.run.linked.records["medical_insurance", "settlement"]
    same = ["disease", "visit_type", "settled_on"]
    bills = records.filter(pl.col(column) == refund[column] for column in same)
    assert refund["total_cost"] < 0
    assert -refund["total_cost"] in bills["total_cost"].to_list()


def _counts_once(seen: Seen) -> None:
    records = seen.run.linked.records["medical_insurance", "settlement"]
    own = records.filter(pl.col("person_id") == seen.person)
    twice = own.filter(pl.col("settled_on") == seen.record["settled_on"])
    assert twice.filter(pl.col("total_cost") == seen.record["total_cost"])["file"].n_unique() == 2
    once = own.unique(["settled_on", "visit_type", "total_cost", "self_paid"])["self_paid"].sum()
    facts = seen.run.facts.filter(pl.col("person_id") == seen.person)
    assert facts["medical_insurance_self_paid_month"].to_list() == [pytest.approx(float(once))]


CHECKS: dict[str, Callable[[Seen], None]] = {
    "title_rows": _is_no_data,
    "xls_biff8": _is_read,
    "merged_title": _is_no_data,
    "subtotal": _is_no_data,
    "total": _is_no_data,
    "signature": _is_no_data,
    "household_pay": _paid_to_household,
    "two_row_header": _is_no_data,
    "old_words": _has("edge_type", "低保边缘家庭"),
    "class_words": lambda seen: _is_in(seen, "category", {"A类", "B类", "C类"}),
    "blank_row": _is_no_data,
    "sheet_per_township": _is_read,
    "total_in_words": _is_no_data,
    "instructions": _is_no_data,
    "header_line_break": _columns_recognised,
    "ten_thousand_yuan": _in_yuan,
    "hidden_sheet": _hidden,
    "village_without_suffix": _linked_to_village,
    "village_with_township": _linked_to_one_of_equal_names,
    "utf_16": _is_read,
    "quoted_number": _whole_number,
    "impossible_date": _set_aside("date_impossible"),
    "amount_in_words": _set_aside("money_unreadable"),
    "unknown_visit": _left_blank("visit_type"),
    "unknown_category": _left_blank("category"),
    "unknown_grade": _left_blank("grade"),
    "refund": _cancels,
    "delivered_twice": _counts_once,
    "disability_number": _certificate_read,
    "roster_wrong_number": _not_valid,
    "other_head": _linked_to_household,
    "guardian_number": _linked,
    "member_number": _linked,
    "number_blank": _linked_or_asked,
    "number_none": _linked_or_asked,
    "one_digit": _linked,
    "swapped": _linked,
    "short_number": _linked,
    "check_digit": _linked,
    "masked": _linked,
    "number_cell": _number_not_whole,
    "scientific": _linked,
    "fifteen_digits": _linked,
    "spaces": _linked,
    "full_width": _linked,
    "apostrophe": _linked,
    "lower_x": _linked,
    "lost_x": _linked,
    "homophone": _linked,
    "look_alike": _linked,
    "traditional": _linked,
    "name_space": _linked,
    "name_note": _linked,
    "name_question": _linked,
    "name_wrong": _linked,
    "name_short": _linked,
    "outsider": _linked_to_nobody,
    "outside_twin": _linked_to_nobody,
    "outside_near_number": _linked_to_nobody,
    "outside_namesake": _linked_to_nobody,
    "outside_same_birthday": _linked_to_nobody,
}


def _is_in(seen: Seen, field: str, values: set[str]) -> None:
    assert seen.record[field] in values


def test_the_table_lists_every_oddity_and_each_has_a_check() -> None:
    assert [line.code for line in TABLE] == [oddity.code for oddity in oddities()]
    assert {line.code for line in TABLE} == set(CHECKS)


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.code)
def test_fpm_does_what_the_table_says(line: Line, runs: dict[str, Run], sample: Path) -> None:
    CHECKS[line.code](Seen(line, runs[line.period], sample / "truth"))
