"""What was known of a person in earlier months, beside what is known now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from fpm.judge.literals import DTYPES
from fpm.rulebook.book import Rulebook
from fpm.rulebook.columns import EARLIER
from fpm.rulebook.conditions import AT_LEAST, ColumnType

_NAMED: Final = re.compile(rf"\b(?:{'|'.join(EARLIER)})_[a-z0-9_]+")


def earlier_asked(rulebook: Rulebook) -> dict[str, ColumnType]:
    """The columns of earlier months that a rule or a setting names.

    Every column has one for each earlier month, and few are asked for: found by their spelling,
    which is cheaper than parsing every condition.
    """
    named = sorted(set(_NAMED.findall(" ".join(rulebook.texts))))
    known = rulebook.columns
    return {name: known[name] for name in named if name in known and known[name].earlier}


def with_earlier(
    facts: pl.DataFrame, earlier: Mapping[str, pl.DataFrame], rulebook: Rulebook
) -> pl.DataFrame:
    """Add the columns of earlier months that the rule book asks for.

    Args:
        facts: one row a person.
        earlier: facts by the prefix of their columns (``EARLIER``).
        rulebook: says which columns are asked for.

    Returns:
        ``facts`` and these columns: NULL for a person, a column or a month not known then.
    """
    wanted: dict[str, tuple[str, type[pl.DataType]]] = {}
    for name, column in earlier_asked(rulebook).items():
        wanted[name] = (column.earlier, DTYPES[column.kind])
        if column.bounded:
            wanted[name + AT_LEAST] = (column.earlier, pl.Float64)
    for month, then in earlier.items():
        known = {
            name: pl.col(name.removeprefix(f"{month}_")).cast(dtype)
            for name, (of, dtype) in wanted.items()
            if of == month and name.removeprefix(f"{month}_") in then.columns
        }
        facts = facts.join(
            then.select("person_id", **known),
            on="person_id",
            how="left",
            validate="1:1",
            maintain_order="left",
        )
    missing = [name for name in wanted if name not in facts.columns]
    return facts.with_columns(pl.lit(None, dtype=wanted[name][1]).alias(name) for name in missing)
