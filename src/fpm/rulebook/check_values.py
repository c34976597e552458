"""Dated values: no overlap, no gap between two entries, one kind of value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fpm.errors import Fault
from fpm.rulebook.columns import value_kind
from fpm.rulebook.dated import DatedValue, Parameter
from fpm.rulebook.language import KIND_TITLES
from fpm.rulebook.toml_file import Path_, TomlFile
from fpm.rulebook.values import month_before, with_last_months


def dated_faults(file: TomlFile, path: Path_, parameter: Parameter) -> Iterator[Fault]:
    """Faults of one parameter that stands at ``path`` of ``file``."""
    yield from _kind_faults(file, path, parameter)
    for division in dict.fromkeys(entry.division for entry in parameter.dated):
        entries = [
            (position, entry)
            for position, entry in enumerate(parameter.dated)
            if entry.division == division
        ]
        yield from _sequence_faults(file, path, entries)


def _kind_faults(file: TomlFile, path: Path_, parameter: Parameter) -> Iterator[Fault]:
    first = None
    for position, entry in enumerate(parameter.dated):
        parts = entry.value if isinstance(entry.value, tuple) else (entry.value,)
        here = (*path, "dated", position, "value")
        if not parts:
            yield file.fault(here, "清单是空的")
        for kind in dict.fromkeys(value_kind(part) for part in parts):
            first = first or kind
            if kind == "text" and parameter.unit:
                yield file.fault(here, f"有单位（{parameter.unit}）的取值应是数，不加引号")
            elif kind != first:
                yield file.fault(here, f"前面的值是{KIND_TITLES[first]}，这里是{KIND_TITLES[kind]}")


def _sequence_faults(
    file: TomlFile, path: Path_, entries: list[tuple[int, DatedValue]]
) -> Iterator[Fault]:
    """One division: each entry ends before the next begins, and nothing is left in between."""
    last = {id(entry): month for entry, month in with_last_months(entry for _, entry in entries)}
    place = _place(entries[0][1])
    for position, entry in entries:
        if entry.until is not None and entry.until < entry.from_:
            yield file.fault(
                (*path, "dated", position, "until"),
                f"停用月份 {entry.until} 早于起用月份 {entry.from_}",
            )
    for (_, entry), (position, following) in pairwise(
        sorted(entries, key=lambda found: found[1].from_)
    ):
        here = (*path, "dated", position, "from")
        end = last[id(entry)]
        if end is None or end >= following.from_ or following.from_ == entry.from_:
            yield file.fault(here, f"{place}有两条值在 {following.from_} 同时有效，请改起止月份")
        elif end < month_before(following.from_):
            yield file.fault(
                here, f"{place}的值在 {end} 之后、{following.from_} 之前断开，请补上或改 until"
            )


def _place(entry: DatedValue) -> str:
    return entry.place or (f"区划 {entry.division} " if entry.division else "全国")
