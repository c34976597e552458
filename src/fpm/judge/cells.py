"""Whether a delivered cell is blank, or could not be read, or had no column at all.

The answer stands in companion columns (``<name>__blank``, ``<name>__unreadable``), made once from
what reading put beside every record, so that a condition asks an ordinary Boolean column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.bounds import Value
from fpm.judge.functions import ROW_FUNCTIONS
from fpm.model import LACKING, UNREADABLE
from fpm.rulebook.conditions import IS_BLANK, IS_UNREADABLE


def with_cell_states(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Add the companion columns of delivered columns.

    Args:
        frame: rows with the columns ``names``; ``lacking`` and ``unreadable`` beside them say
            what their sheets had no column for and what was not read; without these two every
            column counts as delivered and read.
        names: fields of the layout.

    Returns:
        ``frame`` and two Boolean columns a name, NULL where the sheet has no such column.
    """
    lists = frame[LACKING].drop_nulls().unique() if LACKING in frame.columns else ()
    not_read = _not_read(frame)
    states: list[pl.Expr] = []
    for name in sorted(set(names)):
        lacks = _lacks(lists, name)
        unread = _unread(name) if name in not_read else pl.lit(value=False)
        states += [
            pl.when(~lacks).then(pl.col(name).is_null() & ~unread).alias(name + IS_BLANK),
            pl.when(~lacks).then(unread).alias(name + IS_UNREADABLE),
        ]
    return frame.with_columns(states)


def never_delivered(frame: pl.DataFrame) -> frozenset[str]:
    """The fields for which no row's sheet has a column."""
    if LACKING not in frame.columns or frame.is_empty():
        return frozenset()
    each = [set(text.split(",")) for text in frame[LACKING].unique().fill_null("")]
    return frozenset(set.intersection(*each) - {""})


def _lacks(lists: Iterable[str], name: str) -> pl.Expr:
    """A handful of sheets make the roster, so few distinct lists are searched."""
    holding = [text for text in lists if name in text.split(",")]
    return pl.col(LACKING).is_in(holding).fill_null(value=False) if holding else pl.lit(value=False)


def _not_read(frame: pl.DataFrame) -> frozenset[str]:
    """The fields of which any row's cell was not read: most files have none."""
    if UNREADABLE not in frame.columns:
        return frozenset()
    lists = frame[UNREADABLE].drop_nulls().unique()
    return frozenset(lists.str.split(",").explode().drop_nulls())


def _unread(name: str) -> pl.Expr:
    listed = pl.concat_str(pl.lit(","), pl.col(UNREADABLE), pl.lit(","))
    return listed.str.contains(f",{name},", literal=True).fill_null(value=False)


def _blank(name: str, _: Sequence[Value]) -> Value:
    return bounds.boolean(pl.col(name + IS_BLANK))


def _unreadable(name: str, _: Sequence[Value]) -> Value:
    return bounds.boolean(pl.col(name + IS_UNREADABLE))


def _lists(name: str, arguments: Sequence[Value]) -> Value:
    """A blank list holds nothing; one without a column or unreadable may hold anything."""
    held = ROW_FUNCTIONS["HAS"](arguments).truth
    return bounds.boolean(pl.when(pl.col(name + IS_BLANK)).then(False).otherwise(held))


CELL_FUNCTIONS: Final[Mapping[str, Callable[[str, Sequence[Value]], Value]]] = {
    "BLANK": _blank,
    "UNREADABLE": _unreadable,
    "LISTS": _lists,
}
"""Name → what it does with the column's name and the compiled arguments."""
