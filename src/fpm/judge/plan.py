"""A rule made ready for one period and county: parsed, its values looked up, or stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fpm.judge.compile import Names, PlainOrList
from fpm.judge.facts import constants_of
from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import (
    AT_LEAST,
    IS_BLANK,
    IS_UNREADABLE,
    ColumnType,
    Condition,
    Form,
    parse_condition,
)
from fpm.rulebook.evidence import evidence_places, fixed_texts
from fpm.rulebook.rule import RuleSpec


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an evidence sentence: what to show and in which unit."""

    shown: Condition
    unit: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One rule with everything needed to judge it.

    Attributes:
        rule: the spec.
        names: what its names mean in this period.
        applies: ``applies_to``, or None when the rule applies to everybody.
        when: the condition.
        texts: the fixed pieces of the evidence, one more than ``places``.
        places: what stands between them.
        members: what names mean in ``counts``.
        counts: ``[among,] counts`` of a rule about clusters, else empty.
        stopped: why the rule cannot be judged at all, or "".
    """

    rule: RuleSpec
    names: Names
    applies: Condition | None
    when: Condition
    texts: tuple[str, ...]
    places: tuple[Place, ...]
    members: Names
    counts: tuple[Condition, ...]
    stopped: str

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """``applies_to`` and ``when``."""
        return (self.when,) if self.applies is None else (self.applies, self.when)

    @property
    def asked(self) -> tuple[str, ...]:
        """Columns of the facts frame the outcome depends on, sorted."""
        return self._columns(self.counts or self.conditions)

    @property
    def used(self) -> tuple[str, ...]:
        """Columns of the facts frame that outcome, evidence and measure use, sorted."""
        if self.counts:
            return self.asked
        shown = self._columns([*self.conditions, *(place.shown for place in self.places)])
        fact = (self.rule.worsens.fact,) if self.rule.worsens else ()
        return tuple(sorted({*shown, *fact}))

    @property
    def needed(self) -> tuple[str, ...]:
        """``used`` and what stands beside it: all columns the rule reads."""
        bounded = [name + AT_LEAST for name in self.used if self.members.columns[name].bounded]
        states = [name + state for name in self.cells for state in (IS_BLANK, IS_UNREADABLE)]
        return (*self.used, *bounded, *states)

    @property
    def cells(self) -> tuple[str, ...]:
        """Delivered columns of which the rule asks whether their cell is blank, sorted."""
        parts = [*self.conditions, *(place.shown for place in self.places)]
        return tuple(sorted({name for part in parts for name in part.cells}))

    def _columns(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        used = {name for condition in conditions for name in condition.columns}
        return tuple(sorted(name for name in used if not self.members.columns[name].constant))


_PLACE: Final = ColumnType(kind="number")
"""A count of a place: not among the columns of members, and no constant."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One rule with its conditions admitted, for any period and county."""

    rule: RuleSpec
    columns: Mapping[str, ColumnType]
    applies: Condition | None
    when: Condition
    places: tuple[Place, ...]
    member_columns: Mapping[str, ColumnType]
    counts: tuple[Condition, ...]

    @property
    def constants(self) -> set[str]:
        """Values and built-ins that outcome or evidence use."""
        parts = [self.when, *(place.shown for place in self.places)]
        if self.applies is not None:
            parts.append(self.applies)
        asked = {name for part in parts for name in part.columns}
        asked |= {name for part in self.counts for name in part.columns}
        return {name for name in asked if self.member_columns.get(name, _PLACE).constant}


def parse_rule(rule: RuleSpec, rulebook: Rulebook) -> Parsed:
    """Parse the conditions and evidence places of one rule.

    Raises:
        ConditionError: a condition is refused; a loaded rule book has none such.
    """
    columns = rulebook.names(rule)
    form: Form = rule.form
    members = rulebook.member_names(rule)
    counted = [text for text in (rule.among, rule.counts) if text]
    return Parsed(
        rule=rule,
        columns=columns,
        applies=parse_condition(rule.applies_to, columns, form=form) if rule.applies_to else None,
        when=parse_condition(rule.when, columns, form=form),
        places=tuple(
            Place(parse_condition(place.sql, columns, form=form), place.unit)
            for place in evidence_places(rule.evidence)
        ),
        member_columns=members,
        counts=tuple(parse_condition(text, members, form="aggregate") for text in counted),
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """When and where rules are judged; ``overrides`` replace values in force (cases, trials)."""

    period: Period
    division: str = ""
    overrides: Mapping[str, PlainOrList] = field(default_factory=dict)


def plan_rule(parsed: Parsed, rulebook: Rulebook, setting: Setting) -> Plan:
    """Look up the values of a parsed rule for one period and county."""
    constants = values_of(parsed.rule, rulebook, setting)
    missing = sorted(parsed.constants - set(constants))
    return Plan(
        rule=parsed.rule,
        names=Names(parsed.columns, constants),
        applies=parsed.applies,
        when=parsed.when,
        texts=fixed_texts(parsed.rule.evidence),
        places=parsed.places,
        members=Names(parsed.member_columns, constants),
        counts=parsed.counts,
        stopped=_stopped(missing, parsed.member_columns, setting),
    )


def values_of(rule: RuleSpec, rulebook: Rulebook, setting: Setting) -> dict[str, PlainOrList]:
    """Built-ins and values in force that the conditions of a rule may name."""
    values = rulebook.values(setting.period, setting.division, rule)
    return {
        **constants_of(setting.period),
        **{name: found.value for name, found in values.in_force.items()},
        **setting.overrides,
    }


def _stopped(missing: Iterable[str], columns: Mapping[str, ColumnType], setting: Setting) -> str:
    named = "、".join(f"“{columns[name].title}”（{name}）" for name in missing)
    if not named:
        return ""
    place = f"区划 {setting.division} " if setting.division else "全国"
    return f"{setting.period} {place}没有{named}的取值，这条规则停用；请补上取值和文件依据"
