"""A rule made ready for one period and county: parsed, its values looked up, or stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fpm.judge.compile import Names, PlainOrList
from fpm.judge.facts import constants_of
from fpm.model import Period
from fpm.rulebook.book import Rulebook
from fpm.rulebook.conditions import ColumnType, Condition, Form, parse_condition
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
        stopped: why the rule cannot be judged at all, or "".
    """

    rule: RuleSpec
    names: Names
    applies: Condition | None
    when: Condition
    texts: tuple[str, ...]
    places: tuple[Place, ...]
    stopped: str

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """``applies_to`` and ``when``."""
        return (self.when,) if self.applies is None else (self.applies, self.when)

    @property
    def asked(self) -> tuple[str, ...]:
        """Columns of the facts frame the outcome depends on, sorted."""
        return self._columns(self.conditions)

    @property
    def used(self) -> tuple[str, ...]:
        """Columns that outcome, evidence and measure use, sorted."""
        shown = self._columns([*self.conditions, *(place.shown for place in self.places)])
        fact = (self.rule.worsens.fact,) if self.rule.worsens else ()
        return tuple(sorted({*shown, *fact}))

    def _columns(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        used = {name for condition in conditions for name in condition.columns}
        return tuple(sorted(name for name in used if not self.names.columns[name].constant))


def plan_rule(
    rule: RuleSpec,
    rulebook: Rulebook,
    period: Period,
    division: str,
    overrides: Mapping[str, PlainOrList] | None = None,
) -> Plan:
    """Parse one rule and look its values up.

    Args:
        rule: a rule of ``rulebook``.
        rulebook: gives columns and shared values.
        period: the month judged.
        division: six-digit code of the county, "" for the nation.
        overrides: values that replace those in force (cases, simulation).

    Raises:
        ConditionError: a condition is refused; a loaded rule book has none such.
    """
    columns = rulebook.names(rule)
    form: Form = "row" if rule.scope == "person" else "aggregate"
    applies = parse_condition(rule.applies_to, columns, form=form) if rule.applies_to else None
    when = parse_condition(rule.when, columns, form=form)
    places = tuple(
        Place(parse_condition(place.sql, columns, form=form), place.unit)
        for place in evidence_places(rule.evidence)
    )
    values = rulebook.values(period, division, rule)
    constants: dict[str, PlainOrList] = {
        **constants_of(period),
        **{name: found.value for name, found in values.in_force.items()},
        **(overrides or {}),
    }
    parts = [when, *([applies] if applies else []), *(place.shown for place in places)]
    wanted = {name for part in parts for name in part.columns if columns[name].constant}
    missing = sorted(wanted - set(constants))
    return Plan(
        rule=rule,
        names=Names(columns, constants),
        applies=applies,
        when=when,
        texts=fixed_texts(rule.evidence),
        places=places,
        stopped=_stopped(missing, columns, f"{period}", division),
    )


def _stopped(
    missing: Iterable[str], columns: Mapping[str, ColumnType], period: str, division: str
) -> str:
    named = "、".join(f"“{columns[name].title}”（{name}）" for name in missing)
    if not named:
        return ""
    place = f"区划 {division}" if division else "全国"
    return f"{period} {place}没有{named}的取值，这条规则停用；请在规则库中补上取值和文件依据"
