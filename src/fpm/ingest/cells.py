"""One column of text → one typed column and the cells that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import polars as pl

from fpm.ingest.containers.marks import ERROR_VALUES
from fpm.ingest.values import category, date, id_number, number, person_name, phone, text
from fpm.ingest.values.blank import NOTHING, is_ditto, left_empty
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
    "code": pl.String,
    "yes_no": pl.Boolean,
    "number": pl.Float64,
    "money": MONEY,
    "date": pl.Date,
    "month": pl.Date,
}
"""Field type → dtype of the record column."""

_CODES: Final = {
    "number": "number_unreadable",
    "money": "money_unreadable",
    "yes_no": "yes_no_unknown",
    "category": "category_unknown",
    **dict.fromkeys(("code", "phone", "text"), "digits_lost"),
}
_AS_WRITTEN: Final = frozenset({"text", "place", "phone", "code"})
"""Types of which every text is a value as long as it is not garbled."""
_NOTHING_IS_BLANK: Final = frozenset({"date", "month", "number", "money", "code"})


@dataclass(frozen=True, slots=True)
class CellContext:
    """What the parser of a column must know beside the cells."""

    field: LayoutField
    unit: str = ""
    """Unit from the header, ``""`` when it names none."""
    date1904: bool = False
    typed: bool = False
    """Cells of a workbook, which carry types."""
    mixed: bool = False
    """Some cells of the column are no texts."""
    trouble: str = ""
    """Code of what makes every cell of the column unreadable: its header contradicts the field."""


@dataclass(frozen=True, slots=True)
class ParsedColumn:
    """``values`` typed, one per row; ``code`` says why a cell is not read (null = no trouble)."""

    values: pl.Series
    code: pl.Series


@dataclass(frozen=True, slots=True)
class _Words:
    """Distinct texts of a column with their values, and those in trouble with the reason."""

    texts: pl.Series
    values: pl.Series
    bad: pl.Series
    codes: pl.Series


def parse_columns(
    cells: pl.DataFrame, contexts: Mapping[str, CellContext]
) -> dict[str, ParsedColumn]:
    """Parse columns of text.

    The common forms of what differs from row to row (numbers, names, amounts) are read over all
    columns at once. What they leave, and every cell of the other types, is parsed once per
    distinct text, so that the many forms of dates and amounts cost nothing where nobody uses them.

    Args:
        cells: String columns, blanks null.
        contexts: Column name → field, unit, calendar.

    Returns:
        Column name → typed values, and codes of the unreadable cells.
    """
    text = cells.select(list(contexts))
    quick = text.select(
        _quick(pl.col(name), context).alias(name)
        for name, context in contexts.items()
        if context.field.type in _QUICK and not context.trouble
    )
    words = {name: _read_words(left, contexts[name]) for name, left in _left(text, quick).items()}
    found = text.select(
        pl.col(name)
        if one.values.equals(one.texts, check_dtypes=True)
        else _looked_up(name, one.texts, one.values)
        for name, one in words.items()
    )
    values = found.to_dict() | {
        column.name: column.fill_null(found[column.name]) if column.name in words else column
        for column in quick
    }
    codes = text.select(
        _looked_up(name, one.bad, one.codes) for name, one in words.items() if len(one.bad)
    )
    no_code = pl.Series([None]).new_from_index(0, text.height)
    return {
        name: ParsedColumn(values[name], codes[name] if name in codes.columns else no_code)
        for name in contexts
    }


def says_nothing(cell: pl.Expr, field: LayoutField) -> pl.Expr:
    """Whether a cell is as good as blank: a lone dash, ``null``, or a word the layout lists."""
    return cell.is_in(list(field.blank_words)) | left_empty(cell)


def _left(text: pl.DataFrame, quick: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Column → the distinct texts that no common form has read, and what is asked of them all."""
    rest: list[pl.Expr] = []
    for column in text:
        cell = pl.col(column.name)
        if column.name in quick.columns:
            read = quick[column.name]
            if read.null_count() == column.null_count():
                continue
            cell = cell.filter(read.is_null())
        rest.append(cell.drop_nulls().unique(maintain_order=True).implode())
    left = {one.name: one.item().alias("text") for one in text.select(rest)}
    cell = pl.col("text")
    empty = cell.is_in(ERROR_VALUES) | left_empty(cell)
    texts = pl.concat([pl.Series("text", dtype=pl.String), *left.values()]).to_frame()
    words = texts.with_columns(empty=empty, garbled=is_garbled(cell) | is_ditto(cell))
    ends = accumulate(map(len, left.values()))
    return {
        name: words.slice(end - len(texts), len(texts))
        for (name, texts), end in zip(left.items(), ends, strict=True)
    }


def _looked_up(name: str, texts: pl.Series, values: pl.Series) -> pl.Expr:
    return pl.col(name).replace_strict(texts, values, default=None, return_dtype=values.dtype)


def _read_words(words: pl.DataFrame, context: CellContext) -> _Words:
    """Parse distinct texts of one column, as ``_left`` gives them."""
    texts, field = words["text"], context.field
    if context.trouble:
        values = pl.Series([None], dtype=DTYPES[field.type]).new_from_index(0, len(texts))
    else:
        values = _PARSERS[field.type](texts, context)
    nothing = words["empty"]
    if field.blank_words:
        nothing = nothing | texts.is_in(list(field.blank_words))
    if field.type in _AS_WRITTEN or (field.type == "category" and not field.spellings):
        nothing = nothing | words["garbled"]  # what is on a list of spellings is not
    if nothing.any():
        values = values.set(nothing, None)
    if not values.null_count():
        return _Words(texts, values, texts.clear(), texts.clear())
    unread = words.filter(values.is_null())
    codes = _codes(unread, context)
    return _Words(texts, values, unread["text"].filter(codes.is_not_null()), codes.drop_nulls())


def _quick(cell: pl.Expr, context: CellContext) -> pl.Expr:
    """The common form of a type, null for everything else."""
    if context.field.blank_words:
        cell = pl.when(~cell.is_in(list(context.field.blank_words))).then(cell)
    return _QUICK[context.field.type](cell, context)


def _unit_of(context: CellContext) -> str:
    """What a number in the column counts: as the header says, else the layout."""
    return context.unit or context.field.unit


def _expression(texts: pl.Series, parser: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    return texts.to_frame("text").select(parser(pl.col("text"))).to_series()


def _code(cell: pl.Expr) -> pl.Expr:
    """A household's number; a dash or 无 is none, or all who lack one were of one household."""
    none = number.is_dash(cell) | cell.is_in(NOTHING)
    return pl.when(~none).then(text.code(cell))


def _yes_no(texts: pl.Series, context: CellContext) -> pl.Series:
    table = category.yes_no_table(context.field.spellings)
    return category.mapped(texts, category.translate(texts.to_list(), table)) == "是"


def _month(texts: pl.Series, context: CellContext) -> pl.Series:
    return date.month(
        texts,
        date1904=context.date1904,
        keeps_zeros=not context.mixed and date.keeps_zeros(texts, typed=context.typed),
        keeps_day=context.field.keeps_day,
    )


_QUICK: Final[dict[str, Callable[[pl.Expr, CellContext], pl.Expr]]] = {
    "id_number": lambda cell, _: id_number.quick(cell),
    "person_name": lambda cell, _: person_name.quick(cell),
    "phone": lambda cell, _: phone.quick(cell),
    "code": lambda cell, _: text.quick_code(cell),
    "number": lambda cell, context: number.quick(cell, _unit_of(context)),
    "money": lambda cell, context: number.quick_money(cell, _unit_of(context)),
}
"""Types whose texts are mostly distinct → their common form."""

_PARSERS: Final[dict[str, Callable[[pl.Series, CellContext], pl.Series]]] = {
    "id_number": lambda texts, _: _expression(texts, id_number.value),
    "person_name": lambda texts, _: _expression(texts, person_name.value),
    "text": lambda texts, _: _expression(texts, text.value),
    "place": lambda texts, _: _expression(texts, text.place),
    "phone": lambda texts, _: _expression(texts, phone.value),
    "code": lambda texts, _: _expression(texts, _code),
    "number": lambda texts, context: _expression(
        texts, lambda cell: number.value(cell, _unit_of(context), bare=context.field.bare)
    ),
    "money": lambda texts, context: number.money(texts, _unit_of(context)),
    "date": lambda texts, context: date.value(texts, date1904=context.date1904),
    "month": _month,
    "yes_no": _yes_no,
    "category": lambda texts, context: category.mapped(
        texts, _categories(texts.to_list(), context.field)
    ),
}
"""Field type → parser of distinct texts."""

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


def _codes(words: pl.DataFrame, context: CellContext) -> pl.Series:
    """Why texts have no value; null where they are as good as blank."""
    kind, texts = context.field.type, words["text"]
    cell = pl.col("text")
    blank = cell.is_in(list(context.field.blank_words))
    nothing = pl.lit(value=False)
    if kind in _NOTHING_IS_BLANK:
        blank = blank | number.is_dash(cell)
        nothing = cell.str.to_lowercase().is_in(NOTHING)
    elif kind not in _TEXT_TROUBLE:
        blank = says_nothing(cell, context.field)
    reason = (
        pl.when(blank)
        .then(pl.lit(None, dtype=pl.String))
        .when(cell.is_in(ERROR_VALUES))
        .then(pl.lit("error_cell"))
        .when(pl.col("garbled"))
        .then(pl.when(is_ditto(cell)).then(pl.lit("ditto")).otherwise(pl.lit("characters_lost")))
        .when(nothing)
        .then(pl.lit("stated_nothing"))
        .otherwise(_reason(texts, context))
    )
    return words.select(reason).to_series()


def _reason(texts: pl.Series, context: CellContext) -> pl.Series | pl.Expr:
    """Why texts that say something cannot be read."""
    kind = context.field.type
    if kind in _TEXT_TROUBLE:
        return _expression(texts, _TEXT_TROUBLE[kind])
    if context.trouble:
        return pl.lit(context.trouble)
    if kind == "date":
        return date.trouble(texts)
    if kind == "month":
        return date.month_trouble(texts)
    if kind == "money" and yuan_power(_unit_of(context)) is None:
        return pl.lit("money_not_yuan")
    return pl.lit(_CODES.get(kind), dtype=pl.String)
