"""Which dated values are in force in one period for one county."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from fpm.model import Period
from fpm.rulebook.dated import DatedValue, Parameter, Value


@dataclass(frozen=True, slots=True)
class ValueInForce:
    """One value with where it comes from; ``adopted`` is false for a reference value (参考值)."""

    name: str
    title: str
    unit: str
    value: Value | tuple[Value, ...]
    division: str
    place: str
    document: str
    article: str
    from_: str
    adopted: bool
    note: str


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one period and county.

    Attributes:
        in_force: by name.
        unset: name → title of every parameter without a value; rules that use it are stopped.
    """

    in_force: Mapping[str, ValueInForce]
    unset: Mapping[str, str]

    @property
    def reference(self) -> tuple[str, ...]:
        """Names of the values that work and that the county has not adopted, sorted."""
        return tuple(sorted(name for name, found in self.in_force.items() if not found.adopted))


def values_in_force(parameters: Mapping[str, Parameter], period: Period, division: str) -> Values:
    """Look every parameter up for ``period`` in the county with code ``division``.

    Of the entries in force in the period the one with the longest division prefix wins: the
    county's own before the prefecture's, the province's and the nation's.
    """
    found = {
        name: entry
        for name, parameter in parameters.items()
        if (entry := entry_in_force(parameter.dated, period, division)) is not None
    }
    return Values(
        in_force={name: _stated(name, parameters[name], entry) for name, entry in found.items()},
        unset={
            name: parameter.title for name, parameter in parameters.items() if name not in found
        },
    )


def entry_in_force(dated: Iterable[DatedValue], period: Period, division: str) -> DatedValue | None:
    """The entry that holds in ``period`` for ``division``, or ``None`` when none does."""
    month = str(period)
    holding = [
        entry
        for entry, last in with_last_months(dated)
        if division.startswith(entry.division)
        and entry.from_ <= month
        and (last is None or month <= last)
    ]
    return max(holding, key=lambda entry: len(entry.division), default=None)


def with_last_months(
    dated: Iterable[DatedValue],
) -> Iterator[tuple[DatedValue, str | None]]:
    """Every entry with its last month in force, by division and then by start; None: for ever.

    An entry without ``until`` holds until the month before the next entry of its division, so
    that a change of policy costs one new entry and no edit of the old one.
    """
    ordered = sorted(dated, key=lambda entry: (entry.division, entry.from_))
    for entry, following in zip_longest(ordered, ordered[1:]):
        last = entry.until
        if last is None and following is not None and following.division == entry.division:
            last = month_before(following.from_)
        yield entry, last


def month_before(month: str) -> str:
    """``2026-01`` → ``2025-12``."""
    return str(Period.parse(month).shift(-1))


def _stated(name: str, parameter: Parameter, entry: DatedValue) -> ValueInForce:
    return ValueInForce(
        name=name,
        title=parameter.title,
        unit=parameter.unit,
        value=entry.value,
        division=entry.division,
        place=entry.place,
        document=entry.document,
        article=entry.article,
        from_=entry.from_,
        adopted=entry.adopted,
        note=entry.note,
    )
