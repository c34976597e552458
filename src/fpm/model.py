"""Vocabulary shared by all stages: column names, frame schemas, periods, masking.

Stages do not import each other; what they exchange are polars frames whose columns are fixed here.
Periods and masking live in modules of their own, so that the command line starts without polars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from fpm.masking import mask_digits as mask_digits
from fpm.masking import mask_id as mask_id
from fpm.period import Period as Period

Status = Literal["confirmed", "review", "unmatched"]
Level = Literal["red", "orange", "yellow"]
RuleKind = Literal["alert", "correction", "hint"]
Scope = Literal["person", "household", "village", "township"]
MatchOn = Literal["person", "household", "village"]


@dataclass(frozen=True)
class Thresholds:
    """What ``matching.toml`` may set of linking, and what holds without one.

    Attributes:
        accept: probability at or above which a link is confirmed.
        wrong_share: of the confirmed records of a list at most this share may be expected to be
            wrong; beyond, the least sure of them go to review.
        wrong_share_unnumbered: the same of a list most of whose rows have no whole number, and of
            which ``wrong_share`` would leave more than half to review.
        review: at or above (and below ``accept``) a person decides; below: unmatched.
        max_candidates: a blocking key shared by more roster people than this proposes nobody.
        former_places: name of a township, or ``township/village``, before a renaming or a merger,
            and its name now.
    """

    accept: float = 0.9
    wrong_share: float = 0.001
    wrong_share_unnumbered: float = 0.002
    review: float = 0.1
    max_candidates: int = 30
    former_places: Mapping[str, str] = field(default_factory=dict)


WHOLE_TOWNSHIP: Final = "（全乡镇）"
"""Stands for the village in a hit about a township."""

LEVELS: Final[tuple[Level, ...]] = ("red", "orange", "yellow")
LEVEL_TITLES: Final[dict[str, str]] = {"red": "红色", "orange": "橙色", "yellow": "黄色"}
KIND_TITLES: Final[dict[str, str]] = {"alert": "预警", "correction": "信息更正", "hint": "提示"}
STATE_TITLES: Final[dict[str, str]] = {
    "new": "新增",
    "continuing": "持续",
    "escalated": "升级",
    "overdue": "逾期",
    "held": "暂缓下发",
    "answered": "已反馈",
    "cleared": "已消除",
}
"""States of an alert, the same words on every list and on the terminal."""
OPEN_STATES: Final = ("new", "continuing", "escalated", "overdue")
"""States in which the township has something to do."""
SPEAKING_STATES: Final = ("new", "continuing", "worsened", "returned", "standing")
"""States of a hit that is put to the township; ``standing``: a total of last year that nobody
answered for, which the data no longer shows because totals begin anew with the year."""
STATUS_TITLES: Final[dict[str, str]] = {
    "confirmed": "已匹配",
    "review": "待核",
    "unmatched": "未匹配",
}
DEPARTMENT_TITLES: Final[dict[str, str]] = {
    "roster": "农户花名册",
    "civil_affairs": "民政",
    "medical_insurance": "医保",
    "education": "教育",
    "housing": "住建",
    "water": "水利",
    "human_resources": "人社",
    "health": "卫健",
    "disability": "残联",
    "emergency": "应急",
    "agriculture": "农业农村",
    "public_security": "公安",
    "finance": "财政与登记核对",
    "national": "全国系统",
    "intake": "申报排查信访",
}

PolarsType = pl.DataType | type[pl.DataType]

MONEY: Final = pl.Decimal(18, 2)
"""Amounts are exact yuan with two decimals, so sums do not depend on the order of rows."""

RECORD_KEY: Final = ("department", "kind", "file", "sheet", "row")
"""Where a record came from; ``row`` is the spreadsheet row, 1 = first line of the file."""

RECORD_KEY_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "department": pl.String,
    "kind": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
}

LACKING: Final = "lacking"
"""Beside the fields of a record: those for which its sheet has no column, ``,``-joined."""

UNREADABLE: Final = "unreadable"
"""Beside the fields of a record: those whose cell holds what could not be read; null: none."""

CELL_STATES: Final[dict[str, type[pl.DataType]]] = {LACKING: pl.String, UNREADABLE: pl.String}
"""Why a field of a record is null, where its cell was not simply blank."""

QUARANTINE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **RECORD_KEY_SCHEMA,
    "column": pl.String,  # header as delivered
    "cell": pl.String,  # address such as C17
    "value": pl.String,  # masked
    "code": pl.String,  # stable English code of the reason
    "reason": pl.String,  # what is wrong, Chinese
    "advice": pl.String,  # what to send instead, Chinese
}

COLUMN_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "department": pl.String,
    "kind": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "field": pl.String,  # of the layout
    "letter": pl.String,  # of the column, such as C
}
"""Where a field stands in a sheet."""

FILES_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "department": pl.String,
    "kind": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "sha256": pl.String,
    "rows": pl.UInt32,  # every line of the sheet, blank and title lines included
    "non_data": pl.UInt32,  # titles, headers, blanks, totals, notes
    "quarantined": pl.UInt32,
    "records": pl.UInt32,  # rows = non_data + quarantined + records
}

MATCH_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **RECORD_KEY_SCHEMA,
    "person_id": pl.String,
    "household_id": pl.String,
    "status": pl.String,  # Status
    "probability": pl.Float64,
    "method": pl.String,
    "reason": pl.String,
}

CANDIDATE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    **RECORD_KEY_SCHEMA,
    "rank": pl.UInt32,
    "person_id": pl.String,
    "household_id": pl.String,
    "probability": pl.Float64,
    "reason": pl.String,
}

LINKAGE_SCHEMA: Final[dict[str, PolarsType]] = {
    "department": pl.String,
    "kind": pl.String,
    "records": pl.UInt32,
    "confirmed": pl.UInt32,
    "review": pl.UInt32,
    "unmatched": pl.UInt32,
    "expected_false_links": pl.Float64,  # of the confirmed rows; 4 decimals
    "pairs": pl.UInt32,  # records and people compared
    "cut": pl.List(pl.Struct({"key": pl.String, "pairs": pl.UInt32})),
}
"""One row an extract kind: what came of matching it. ``cut``: pairs that were not compared because
too many people of the roster share the key, by key."""

STAKE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "department": pl.String,
    "kind": pl.String,
    "level": pl.String,  # the highest level among the alerts that read the list
    "rules": pl.UInt32,  # how many alerts do
}

HIT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "rule_id": pl.String,
    "kind": pl.String,  # RuleKind
    "scope": pl.String,  # Scope
    "person_id": pl.String,  # null for household, village and township scope
    "household_id": pl.String,  # null for village and township scope
    "township": pl.String,
    "village": pl.String,  # WHOLE_TOWNSHIP for township scope
    "level": pl.String,  # Level
    "risk": pl.String,
    "evidence": pl.String,
    "sources": pl.String,  # JSON list of record references
    "measure": pl.Float64,  # the amount the rule watches, null when it watches none
}

ALERT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "alert_no": pl.String,
    "household_id": pl.String,
    "township": pl.String,
    "village": pl.String,
    "state": pl.String,
    "level": pl.String,
    "risks": pl.String,  # 、-joined
    "first_period": pl.String,
    "due_date": pl.Date,
}


@dataclass(frozen=True, slots=True)
class Duty:
    """What townships have to send this month, who did and who did not yet."""

    title: str
    received: tuple[str, ...]
    missing: tuple[str, ...]


def empty(schema: Mapping[str, PolarsType]) -> pl.DataFrame:
    """An empty frame with the given schema."""
    return pl.DataFrame(schema=schema)
