"""Several columns for one field: parts of a set, the same content twice, or a contradiction."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from fpm.errors import FileRefusedError
from fpm.identity.id_number import read_id_numbers
from fpm.ingest.cells import says_nothing
from fpm.ingest.dated import names_time
from fpm.ingest.grid import column_letter
from fpm.ingest.header import Header, bare_header, plain_header
from fpm.ingest.known_headers import headers_of
from fpm.ingest.quarantine import Column, Place, gather, troubles
from fpm.rulebook.layout import LayoutSpec

_OF_A_NUMBER: Final = re.compile("公民|居民|本人|有效|身份|证件|[证件号码]")
"""What headers of a person's number are made of; what else is in one says whose it is."""


def differing_numbers(
    data: pl.DataFrame, header: Header, layout: LayoutSpec, place: Place
) -> pl.DataFrame:
    """List rows in which two columns give the same person different numbers, both of them valid.

    身份证号 beside 身份证号码 is the same person's, 户主身份证号 somebody else's.

    Args:
        data: The rows as text, with column ``row``.
        header: The header; ``repeated`` are the columns in question.
        layout: What the columns are.
        place: Where the rows lie.

    Returns:
        Rows to be set aside (QUARANTINE_SCHEMA).
    """
    columns = {name: number for number, name in header.fields.items()}
    found: list[pl.DataFrame] = []
    for number, name in header.repeated.items():
        texts = header.texts[number], header.texts[columns[name]]
        whose = {_OF_A_NUMBER.sub("", bare_header(text)) for text in texts}
        if layout.fields[name].type != "id_number" or len(whose) > 1:
            continue
        filled = data.filter(pl.col(f"c{number}") != pl.col(f"c{columns[name]}"))
        kept, other = (
            read_id_numbers(filled[f"c{one}"])["valid_id"] for one in (columns[name], number)
        )
        rows = filled.filter(kept != other).select(
            "row", value=pl.col(f"c{number}"), code=pl.lit("numbers_differ")
        )
        found.append(troubles(rows, Column(texts[0], column_letter(number)), place))
    return gather(found)


def settle_repeats(
    data: pl.DataFrame, header: Header, layout: LayoutSpec, place: Place
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Blank the cells in which columns of the same field contradict each other.

    Of several headers that a layout lists for one field the first in its list is read; columns
    with the same header, or one told apart by brackets alone (2024年, 2025年), must agree.

    A field that may hold several values (致贫/返贫风险1 … 5) takes those of all its columns; one
    that a wide table repeats in other blocks (``repeats = "first"``) keeps the first filled one.

    Args:
        data: The rows as text, with column ``row``.
        header: The header; ``repeated`` are the columns in question.
        layout: What the columns are.
        place: Where the rows lie.

    Returns:
        The data, and the cells blanked (QUARANTINE_SCHEMA).

    Raises:
        FileRefusedError: Two columns name different people: two tables side by side, perhaps.
    """
    index = headers_of(layout)
    columns = {name: number for number, name in header.fields.items()}
    blanked: list[pl.DataFrame] = []
    for number, name in header.repeated.items():
        kept, other = pl.col(f"c{columns[name]}"), pl.col(f"c{number}")
        said = [pl.when(~says_nothing(one, layout.fields[name])).then(one) for one in (kept, other)]
        if layout.fields[name].multiple:
            data = data.with_columns(_both(*said).alias(f"c{columns[name]}"))
            continue
        texts = header.texts[number], header.texts[columns[name]]
        same = plain_header(texts[0]) == plain_header(texts[1])
        if same and layout.fields[name].repeats == "first":
            data = data.with_columns(pl.coalesce(*said, kept).alias(f"c{columns[name]}"))
            continue
        if not index.leaves_open(name, *texts):
            continue
        # what stands only in the column of one year is not that of the other
        filled = [other, kept] if not same and all(map(names_time, texts)) else [other]
        differs = pl.any_horizontal(one.is_not_null() for one in filled) & kept.ne_missing(other)
        if layout.fields[name].type in {"money", "number"}:
            amounts = (text.cast(pl.Float64, strict=False) for text in (kept, other))
            differs = differs & ~pl.Expr.eq(*amounts).fill_null(value=False)
        rows = data.filter(differs)
        if rows.is_empty():
            continue
        text = texts[0]
        if layout.fields[name].type in {"person_name", "id_number"}:
            raise FileRefusedError(
                place.file, f"表头“{text}”有两列，内容不同，像是两张表并排，请拆成上下一张表再发"
            )
        for at, cell, where in (
            (number, other, other.is_not_null()),
            (columns[name], kept, other.is_null()),
        ):
            cells = rows.filter(where).select("row", value=cell, code=pl.lit("header_repeated"))
            blanked.append(troubles(cells, Column(header.texts[at], column_letter(at)), place))
        data = data.with_columns(pl.when(~differs).then(kept).alias(f"c{columns[name]}"))
    return data, gather(blanked)


def _both(kept: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The values of two cells as one cell of several values."""
    return pl.coalesce(kept + "," + other, kept, other)
