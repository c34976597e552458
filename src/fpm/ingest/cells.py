"""One column of text → one typed column and the cells that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.ingest.containers.marks import ERROR_VALUES
from fpm.ingest.values import category, date, id_number, number, person_name, phone, text
from fpm.ingest.values.garbled import is_garbled
from fpm.ingest.values.unit import yuan_power
from fpm.model import MONEY
from fpm.rulebook.layout import LayoutField

DTYPES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "id_number": pl.String,
    "person_name": pl.String,
    "text": pl.String,
    "category": pl.String,
    "place": pl.String,
    "phone": pl.String,
    "yes_no": pl.Boolean,
    "number": pl.Float64,
    "money": MONEY,
    "date": pl.Date,
    "month": pl.Date,
}
"""Field type → dtype of the record column."""

_ALWAYS_READ: Final = frozenset({"text", "place", "phone"})
"""Text that is wrong only where it is garbled; checks on it are rules, not reading."""
_NOTHING_IS_BLANK: Final = frozenset({"date", "month", "number", "money"})
_NOTHING: Final = ("无", "暂无", "未填", "空", "空白", "不详", "未知", "null", "none", "nan", "n/a")


@dataclass(frozen=True, slots=True)
class CellContext:
    """What the parser of a column must know beside the cells."""

    field: LayoutField
    unit: str = ""
    """Unit from the header, ``""`` when it names none."""
    date1904: bool = False
    trouble: str = ""
    """Code of what makes every cell of the column unreadable: its header contradicts the field."""


@dataclass(frozen=True, slots=True)
class ParsedColumn:
    """``values`` typed, one per row; ``code`` says why a cell is not read (null = no trouble)."""

    values: pl.Series
    code: pl.Series


def parse_columns(
    cells: pl.DataFrame, contexts: Mapping[str, CellContext]
) -> dict[str, ParsedColumn]:
    """Parse columns of text.

    The common forms are read over all columns at once; what they leave is parsed once per
    distinct text, so that the many forms of dates and amounts cost nothing where nobody uses them.

    Args:
        cells: String columns, blanks null.
        contexts: Column name → field, unit, calendar.

    Returns:
        Column name → typed values, and codes of the unreadable cells.
    """
    quick = cells.select(
        _quick(pl.col(name), context).alias(name) for name, context in contexts.items()
    )
    return {
        name: _completed(cells[name], quick[name], context) for name, context in contexts.items()
    }


def _completed(text: pl.Series, quick: pl.Series, context: CellContext) -> ParsedColumn:
    """Parse what the common form has left of a column."""
    no_code = pl.repeat(None, len(text), dtype=pl.String, eager=True)
    if quick.null_count() == text.null_count():
        return ParsedColumn(quick, no_code)
    rest = text.filter(text.is_not_null() & quick.is_null())
    distinct = rest.unique(maintain_order=True)
    slow = pl.select(text=distinct).with_columns(_value(distinct, context))
    slow = slow.with_columns(
        value=pl.when(~pl.col("text").is_in([*ERROR_VALUES, *context.field.blank_words])).then(
            "value"
        ),
        code=_code(context),
    )
    joined = pl.select(text=text, quick=quick).join(
        slow, on="text", how="left", maintain_order="left"
    )
    values = joined.select(pl.coalesce("quick", "value")).to_series()
    return ParsedColumn(values, joined["code"])


def _quick(cell: pl.Expr, context: CellContext) -> pl.Expr:
    """The common form of a type, null for everything else."""
    kind = context.field.type
    if context.trouble:
        return pl.repeat(None, pl.len(), dtype=DTYPES[kind])
    if kind == "money":
        return number.quick_money(cell, context.unit or context.field.unit)
    if kind not in _QUICK:
        return pl.repeat(None, pl.len(), dtype=DTYPES[kind])
    if context.field.blank_words:
        cell = pl.when(~cell.is_in(list(context.field.blank_words))).then(cell)
    return _QUICK[kind](cell)


def _value(distinct: pl.Series, context: CellContext) -> pl.Expr:
    if context.trouble:
        return pl.lit(None, dtype=DTYPES[context.field.type]).alias("value")
    return _PARSERS[context.field.type](pl.col("text"), distinct, context).alias("value")


def _yes_no(distinct: pl.Series, context: CellContext) -> pl.Expr:
    table = category.yes_no_table(context.field.spellings)
    said = category.mapped(pl.col("text"), category.translate(distinct.to_list(), table))
    return said == "是"


def _category(distinct: pl.Series, context: CellContext) -> pl.Expr:
    said = category.mapped(pl.col("text"), _categories(distinct.to_list(), context.field))
    return pl.when(~is_garbled(pl.col("text"))).then(said)


def _quick_text(cell: pl.Expr) -> pl.Expr:
    plain = ~cell.str.starts_with("#") & ~is_garbled(cell)
    return pl.when(plain).then(text.quick(cell))


def _whole(
    read: Callable[[pl.Expr], pl.Expr],
) -> Callable[[pl.Expr, pl.Series, CellContext], pl.Expr]:
    """A parser of text that is null for garbled cells."""
    return lambda cell, _, __: pl.when(~is_garbled(cell)).then(read(cell))


_QUICK: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "id_number": id_number.quick,
    "person_name": person_name.quick,
    "text": _quick_text,
    "place": _quick_text,
    "phone": phone.quick,
    "number": number.quick,
    "date": date.quick,
}

_PARSERS: Final[dict[str, Callable[[pl.Expr, pl.Series, CellContext], pl.Expr]]] = {
    "id_number": lambda cell, _, __: id_number.value(cell),
    "person_name": lambda cell, _, __: person_name.value(cell),
    "text": _whole(text.value),
    "place": _whole(text.place),
    "phone": _whole(phone.value),
    "number": lambda cell, _, context: number.value(cell, context.unit or context.field.unit),
    "money": lambda cell, _, context: number.money(cell, context.unit or context.field.unit),
    "date": lambda cell, _, context: date.value(cell, date1904=context.date1904),
    "month": lambda cell, distinct, context: date.month(
        cell, date1904=context.date1904, keeps_zeros=date.keeps_zeros(distinct)
    ),
    "yes_no": lambda _, distinct, context: _yes_no(distinct, context),
    "category": lambda _, distinct, context: _category(distinct, context),
}
"""Field type → parser of (cell, the distinct texts, context)."""

_TEXT_TROUBLE: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "id_number": id_number.trouble,
    "person_name": person_name.trouble,
}
"""Text that names somebody → why a cell of it names nobody."""


def _categories(texts: list[str], field: LayoutField) -> dict[str, str]:
    if field.spellings:
        table = category.spelling_table(field.spellings)
        read = category.translate_sets if field.multiple else category.translate
        return read(texts, table)
    if field.multiple:
        return category.plain_sets(texts)
    return {cell: category.key(cell) for cell in texts}


def _code(context: CellContext) -> pl.Expr:
    """Why a cell has no value; null where it has one, or is as good as blank."""
    kind = context.field.type
    cell = pl.col("text")
    error = pl.when(cell.is_in(ERROR_VALUES)).then(pl.lit("error_cell"))
    if kind in _ALWAYS_READ:
        return error.when(is_garbled(cell)).then(pl.lit("characters_lost"))
    if kind in _TEXT_TROUBLE:
        silent = cell.is_in(list(context.field.blank_words))
        return pl.when(silent).then(None).otherwise(error.otherwise(_TEXT_TROUBLE[kind](cell)))
    reason: pl.Expr
    if context.trouble:
        reason = pl.lit(context.trouble)
    elif kind == "date":
        reason = date.trouble(cell)
    elif kind == "month":
        reason = date.month_trouble(cell)
    elif kind == "money" and yuan_power(context.unit or context.field.unit) is None:
        reason = pl.lit("money_not_yuan")
    else:
        codes = {
            "number": "number_unreadable",
            "money": "money_unreadable",
            "yes_no": "yes_no_unknown",
            "category": "category_unknown",
        }
        reason = pl.lit(codes[kind])
    nothing = pl.lit(value=False)
    if kind in _NOTHING_IS_BLANK:
        nothing = cell.str.to_lowercase().is_in(_NOTHING)
    if context.field.blank_words:
        nothing_to_say = cell.is_in(list(context.field.blank_words))
    else:
        nothing_to_say = pl.lit(value=False)
    return (
        pl.when(nothing_to_say | pl.col("value").is_not_null() | number.is_dash(cell))
        .then(pl.lit(None, dtype=pl.String))
        .when(cell.is_in(ERROR_VALUES))
        .then(pl.lit("error_cell"))
        .when(is_garbled(cell))
        .then(pl.lit("characters_lost"))
        .when(nothing)
        .then(pl.lit("stated_nothing"))
        .otherwise(reason)
    )
