"""The rule book in memory: everything the office may change, validated and frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial

from fpm.errors import RefusedError
from fpm.model import DEPARTMENT_TITLES, Period
from fpm.rulebook.columns import (
    BUILT_IN,
    PLACE_COUNTS,
    ROSTER,
    fact_name,
    parameter_column,
    with_own,
)
from fpm.rulebook.conditions import ColumnType
from fpm.rulebook.dated import NamedParameter
from fpm.rulebook.faults import perhaps
from fpm.rulebook.known_columns import KnownColumns, known_columns
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.settings import (
    GuardsSpec,
    MatchingSpec,
    MeasuresSpec,
    TermsSpec,
    WorkbooksSpec,
    WorkflowSpec,
)
from fpm.rulebook.values import Values, values_in_force


@dataclass(frozen=True)
class Rulebook:
    """A rule book without faults.

    Attributes:
        layouts: sorted by department and kind, the roster's among them.
        rules: sorted by id.
        parameters: shared dated values, by name.
        files: rule id → file relative to the rules folder.
        digest: SHA-256 over the names and contents of all files, 64 hex digits.
    """

    layouts: tuple[LayoutSpec, ...]
    rules: tuple[RuleSpec, ...]
    parameters: Mapping[str, NamedParameter]
    matching: MatchingSpec
    guards: GuardsSpec
    workflow: WorkflowSpec
    measures: MeasuresSpec
    workbooks: WorkbooksSpec
    terms: TermsSpec
    files: Mapping[str, str]
    digest: str

    @cached_property
    def told_columns(self) -> KnownColumns:
        """The columns, and what is wrong in a rule book that is still looked through."""
        return known_columns(self.layouts)

    @property
    def columns(self) -> Mapping[str, ColumnType]:
        """What conditions may name of a person: roster, derived, facts, presence, earlier."""
        return self.told_columns[0]

    @cached_property
    def _constants(self) -> Mapping[str, ColumnType]:
        """Built-ins and shared values, which the conditions of every rule may name."""
        shared = {name: parameter_column(value) for name, value in self.parameters.items()}
        return {**BUILT_IN, **shared}

    @cached_property
    def _shared_names(self) -> Mapping[str, ColumnType]:
        return {**self.columns, **self._constants}

    @cached_property
    def _place_names(self) -> Mapping[str, ColumnType]:
        return {**PLACE_COUNTS, **self._constants}

    @property
    def roster_layout(self) -> LayoutSpec:
        """The layout of the roster."""
        return next(layout for layout in self.layouts if layout.department == ROSTER)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in which rules and settings name columns, as written."""
        watched = [rule.worsens.fact for rule in self.rules if rule.worsens]
        return (
            *(text for rule in self.rules for text in rule.texts),
            *watched,
            *(check.holds for check in self.workflow.removal),
            *(measure.taken for measure in self.measures.measure),
        )

    @property
    def yearly_facts(self) -> frozenset[str]:
        """The facts about the calendar year so far, which begin anew with each year."""
        return frozenset(
            fact_name(layout, name)
            for layout in self.layouts
            for name, fact in layout.facts.items()
            if fact.window == "year"
        )

    def layout(self, department: str, kind: str) -> LayoutSpec:
        """The layout of one extract kind.

        Raises:
            RefusedError: the rule book has no such layout.
        """
        for layout in self.layouts:
            if (layout.department, layout.kind) == (department, kind):
                return layout
        raise RefusedError(f"规则库里没有 {department}/{kind} 这种版式")

    def rule(self, rule_id: str) -> RuleSpec:
        """One rule.

        Raises:
            RefusedError: the rule book has no such rule; the nearest id is named.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        hint = perhaps(rule_id, self.files)
        raise RefusedError(f"规则库里没有“{rule_id}”这条规则{hint}")

    def answering(self, number: str) -> str | None:
        """The rule that answers a number of another list (5_18_009), if one does."""
        return next((rule.id for rule in self.rules if number in rule.numbers), None)

    def department_title(self, department: str) -> str:
        """民政 for ``civil_affairs``; a department added by TOML brings its own title."""
        for layout in self.layouts:
            if layout.department == department and layout.department_title:
                return layout.department_title
        return DEPARTMENT_TITLES.get(department, department)

    @property
    def department_titles(self) -> dict[str, str]:
        """The title of each department that has a layout."""
        return {
            layout.department: self.department_title(layout.department) for layout in self.layouts
        }

    def values(self, period: Period, division: str, rule: RuleSpec | None = None) -> Values:
        """The dated values of ``period`` in the county ``division``.

        Args:
            period: the month to be judged.
            division: six-digit code of the county.
            rule: adds this rule's own values to the shared ones.
        """
        shared = self._shared_values(period, division)
        if rule is None or not rule.values:
            return shared
        own = values_in_force(rule.values, period, division)
        return Values(
            in_force={**shared.in_force, **own.in_force}, unset={**shared.unset, **own.unset}
        )

    @cached_property
    def _shared_values(self) -> Callable[[Period, str], Values]:
        """The shared values of a period and county, looked up once for all rules."""
        return cache(partial(values_in_force, self.parameters))

    def names(self, rule: RuleSpec) -> Mapping[str, ColumnType]:
        """Every name that ``applies_to``, ``when`` and ``evidence`` of ``rule`` may use."""
        return with_own(self._place_names if rule.counts else self._shared_names, rule)

    def member_names(self, rule: RuleSpec) -> Mapping[str, ColumnType]:
        """Every name that ``counts`` and ``among`` of ``rule`` may use."""
        return with_own(self._shared_names, rule)
