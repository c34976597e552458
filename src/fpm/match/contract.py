"""What matching takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import polars as pl

from fpm.model import MATCH_SCHEMA, MatchOn, Thresholds

About = Literal["everyone", "heads", "children"]

ROLE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "id_number": pl.String,
    "name": pl.String,
    "birth_date": pl.Date,
    "sex": pl.String,
    "township": pl.String,
    "village": pl.String,
    "household_id": pl.String,
    "person_id": pl.String,
    "head_name": pl.String,
    "head_id_number": pl.String,
    "relation": pl.String,
    "phone": pl.String,
    "former_name": pl.String,
    "guardian_name": pl.String,
    "guardian_id_number": pl.String,
}
"""Columns of records and of the roster that say who somebody is; each may be missing."""

RESULT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **MATCH_SCHEMA,
    "township": pl.String,  # as the roster writes it; of the person, or read from the record
    "village": pl.String,
    "identity": pl.String,  # stable key of who the record speaks of, where a person may decide
}

DECISION_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "identity": pl.String,
    "person_id": pl.String,  # null: nobody of the roster
    "against": pl.String,  # whom number and name pointed to, where it was decided against that
}
"""A remembered decision of a person; the last row of an identity counts."""

METHOD_TITLES: Final[dict[str, str]] = {
    "number": "人编号或户编号一致",
    "id_name": "证件号与姓名一致",
    "id": "证件号一致",
    "follow_name": "用了同户成员的证件号，按姓名认人",
    "repaired_id": "证件号差错可纠正",
    "partial_id": "证件号部分可见",
    "name_birth": "姓名与出生日期",
    "name_place": "姓名与住址",
    "other": "其他证据",
    "place": "乡镇与村",
    "decision": "人工认定",
    "none": "无",
}


class Settings(Protocol):
    """Anything that says what ``Thresholds`` says: those, or the rule book's ``matching.toml``."""

    @property
    def accept(self) -> float:
        """Probability at or above which a link is confirmed."""

    @property
    def wrong_share(self) -> float:
        """Share of a list's confirmed records that may be expected to be wrong."""

    @property
    def wrong_share_unnumbered(self) -> float:
        """The same where whole numbers lack and ``wrong_share`` would confirm few."""

    @property
    def review(self) -> float:
        """Probability at or above which a person is asked."""

    @property
    def max_candidates(self) -> int:
        """Roster people that one key may propose."""

    @property
    def former_places(self) -> Mapping[str, str]:
        """Places' former names and those of now."""


@dataclass(frozen=True, slots=True)
class MatchRequest:
    """How one kind of extract is matched.

    Attributes:
        match_on: what a record is about: a person, a household (any member named), a village.
        about: whom the extract lists.
        settings: thresholds of ``matching.toml``.
        decisions: remembered decisions (``DECISION_SCHEMA``), or None.
    """

    match_on: MatchOn = "person"
    about: About = "everyone"
    settings: Settings = field(default_factory=Thresholds)
    decisions: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The links of one extract.

    Attributes:
        matches: ``RESULT_SCHEMA``, one row a record, in the order of the record key.
        candidates: ``CANDIDATE_SCHEMA``, the candidates of records in review, best first.
        expected_false_links: how many confirmed records are expected to be wrong.
        stats: counts by name (records, identities, pairs, classes, cut buckets).
    """

    matches: pl.DataFrame
    candidates: pl.DataFrame
    expected_false_links: float
    stats: dict[str, int]
