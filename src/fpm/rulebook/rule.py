"""One alert, hint or roster correction: a condition, its dated values, sources and cases."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fpm.model import Level, RuleKind, Scope
from fpm.rulebook.base import Identifier, PeriodText, Spec, Title
from fpm.rulebook.dated import Parameter, ValueOrList

QualityNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]+(_[0-9]+)+(-[0-9]+)?$")]
"""Such as ``2_01_005-16``."""

CaseValue = bool | int | float | str | dt.date
Row = dict[Identifier, CaseValue]
"""Columns of one person; a column left out is NULL (unknown)."""


class Source(Spec):
    """The document a rule rests on."""

    document: Title
    article: str = ""
    place: str = ""
    confidence: Literal["policy", "practice", "weak", "proposal"]


class Worsens(Spec):
    """By how much ``fact`` must rise before an answered hit speaks again."""

    fact: Identifier
    by: Annotated[float, Field(gt=0, strict=False)]


class Case(Spec):
    """One example: the columns of a person, of each member of a household, or of a place.

    Of a rule with ``counts``, ``members`` are one household, and ``expect`` says whether it counts.
    """

    name: Title
    expect: Literal["hit", "clear", "unknown", "not_applicable"]
    period: PeriodText = "2026-10"
    person: Row = Field(default_factory=dict)
    members: tuple[Row, ...] = ()
    place: Row = Field(default_factory=dict)
    """What was counted in a village or township (rules with ``counts``)."""
    values: dict[Identifier, ValueOrList] = Field(default_factory=dict)
    """Values set for this case, for parameters that ship unset or differ by place."""
    lacking: tuple[Identifier, ...] = ()
    """Columns that the delivered file does not have."""
    unreadable: tuple[Identifier, ...] = ()
    """Columns whose cells hold what could not be read."""


class RuleSpec(Spec):
    """One ``policies/<risk>/<id>.toml`` or ``quality/<id>.toml``.

    With ``counts``, households for which that condition over the members holds are counted by
    place, and ``applies_to``, ``when`` and ``evidence`` are about the counts (``PLACE_COUNTS``).

    ``applies_to`` and ``when`` are conditions (see the language page in ``rules/README.md``);
    ``evidence`` is a sentence with ``{column}`` or ``{column:unit}`` places; ``advice`` says what
    the visitor should find out.
    """

    id: Identifier
    title: Title
    kind: RuleKind
    scope: Scope
    risk: str = ""
    level: Level
    applies_to: str = ""
    when: str
    counts: str = ""
    """Makes it a rule about a cluster in a village or township: which households count."""
    among: str = ""
    """Of a rule with ``counts``: which households are looked at, all when empty."""
    evidence: Title
    advice: str = ""
    worsens: Worsens | None = None
    silence: Annotated[int, Field(ge=0)] = 6
    """Months an answered "no risk" stays silent."""
    values: dict[Identifier, Parameter] = Field(default_factory=dict)
    numbers: dict[QualityNumber, str] = Field(default_factory=dict)
    """Numbers under which others know what this rule finds, each with a condition that says for
    which of the hits the number stands; empty: for all of them."""
    source: tuple[Source, ...] = Field(min_length=1)
    case: tuple[Case, ...] = Field(min_length=1)

    @property
    def form(self) -> Literal["row", "aggregate"]:
        """How conditions and evidence are written: about one row, or over the members' rows."""
        return "row" if self.scope == "person" or self.counts else "aggregate"

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in which columns are named, as written."""
        written = (self.applies_to, self.when, self.counts, self.among, self.evidence)
        return (*written, *self.numbers.values())
