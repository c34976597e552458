"""Which rows of a table are data: not blanks, repeated headers, totals, notes, page titles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from fpm.ingest.dated import names_time
from fpm.ingest.footers import is_note, last_lines
from fpm.ingest.header import Cells, Header, HeaderIndex, plain_header, spellings
from fpm.ingest.numbering import numbered_columns
from fpm.ingest.row_counts import count_cells, squeezed, without_spaces
from fpm.ingest.stated import header_unit
from fpm.ingest.uncut import uncut, without_uncut
from fpm.rulebook.layout import LayoutSpec

_ID_DIGITS: Final = 12
"""A shorter run of digits in an ID column may be a date or a count in a footer."""
_FEW: Final = 6
"""A note row fills few cells; a data row that happens to start with 注 fills more."""
_BRIEF: Final = 2
"""So few cells are a note even without a colon."""
_LABEL: Final = r"^.{2,6}(?:人|单位|日期|时间|部门|员|者|签字|盖章)$"
"""The first cell of a line of signatures: 制表人, 填报单位."""
_HEADERS: Final = 3
"""So many known headers make a line of headers, whatever stands beside them."""
_NAMED: Final = "named"
"""A line with the word of the name column in the name column, until its other cells are seen."""
_RULE: Final = r"^[:|+]*(?:[-=—–_─━]{2,}[:|+]*)+$"
"""A cell of a line drawn with signs under a header or between rows."""
_BAND: Final = r"^.{5,}$|[村乡镇县区屯组队表单册]$|街道$"
"""A line above headers over again that is no name."""
_FIRST: Final = pl.coalesce(pl.all())
"""The first filled cell of a row."""
_NAMING_TYPES: Final = frozenset({"person_name", "place", "text", "code"})


def label_rows(
    cells: pl.DataFrame,
    header: Header,
    index: HeaderIndex,
    others: Sequence[HeaderIndex] = (),
) -> pl.Series:
    """Label every row of a sheet.

    Args:
        cells: The sheet, String columns, blanks null.
        header: The header found in it.
        index: The layout's headers.
        others: Headers of further layouts, of which a table may follow below.

    Returns:
        A String series, null for data rows, else one of ``title header blank total note``,
        ``new_header`` for a row that puts the known headers into other columns, and
        ``other_header`` for one that holds the headers of another layout.
    """
    layout = index.layout
    mapped = [f"c{column}" for column in header.fields]
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    plain = (
        pl.when(row < header.first)
        .then(pl.lit("title"))
        .when(row <= header.last)
        .then(pl.lit("header"))
        .when(pl.all_horizontal(pl.col(mapped).is_null()))
        .then(pl.lit("blank"))
    )
    labels = cells.select(label=plain, has_id=_has_id(header, layout)).with_row_index("n")
    labels = labels.with_columns(without_uncut(cells, labels["label"]))
    doubtful = labels["label"].is_null() & ~labels["has_id"]
    if not doubtful.any():
        return labels["label"]
    rows = cells.filter(doubtful)
    bare = without_spaces(rows)
    words = _word_labels((rows, bare), cells.head(header.last + 1), header, layout)
    found = labels.filter(doubtful).select("n", word=words)
    found = found.with_columns(word=_header_labels(bare, words, header, index))
    names = _columns(header, layout, frozenset({"person_name"}))
    found = found.with_columns(word=_other_headers(bare, found["word"], names, others))
    found = found.with_columns(word=numbered_columns(rows, found["word"], header))
    whole = labels["label"].scatter(found["n"], found["word"])
    bands = _bands(cells, whole, labels["has_id"])
    whole = whole.set(bands, "title") if bands.any() else whole
    footers = last_lines(cells, whole, labels["has_id"])
    return whole.scatter(footers, "note") if footers else whole


def _bands(cells: pl.DataFrame, labels: pl.Series, has_id: pl.Series) -> pl.Series:
    """Rows that are the title of a block: one cell, no name, right above headers over again."""
    shown = labels.fill_null("data")
    below = shown.set(shown == "blank", None).shift(-1).fill_null(strategy="backward")
    likely = labels.is_null() & ~has_id & below.is_in(["header", "new_header", "other_header"])
    if not likely.any():
        return likely
    rows = cells.filter(likely)
    single = pl.sum_horizontal(pl.all().is_not_null()) == 1
    first = squeezed(_FIRST)
    found = rows.select(single & first.str.contains(_BAND)).to_series()
    return likely.scatter(likely.arg_true(), found)


def _has_id(header: Header, layout: LayoutSpec) -> pl.Expr:
    """Some ID column holds enough digits to be somebody's number: the row is data."""
    columns = _columns(header, layout, frozenset({"id_number"}))
    if not columns:
        return pl.repeat(False, pl.len())
    run = pl.col(columns).str.contains(rf"[0-9０-９*]{{{_ID_DIGITS}}}")
    return pl.any_horizontal(run.fill_null(value=False))


def _word_labels(
    both: tuple[pl.DataFrame, pl.DataFrame], head: pl.DataFrame, header: Header, layout: LayoutSpec
) -> pl.Series:
    """Label rows (as written, and without spaces) by what they say: totals, notes, headers."""
    rows, bare = both
    first, filled = pl.col("first"), pl.col("filled")
    told = bare.with_columns(first=_FIRST, filled=pl.sum_horizontal(pl.all().is_not_null()))
    lines = head.slice(header.first).rows()
    texts = {cell for line in lines for cell in line if cell}
    words, strange, colons = count_cells(
        rows,
        lambda cell: ~cell.str.contains(_RULE),
        lambda cell: ~cell.is_in(texts),
        lambda cell: cell.str.contains("[:：]"),
    )
    # 说明不在家 in a first column of remarks begins like a note; a form's line of signatures has
    # colons, or nothing but the word
    signed = (filled <= _BRIEF) | (colons > 0) | first.str.contains(_LABEL)
    label = (
        pl.when(_is_total(first, header, layout))
        .then(pl.lit("total"))
        .when(is_note(first, layout) & (filled <= _FEW) & signed)
        .then(pl.lit("note"))
        .when(words == 0)
        .then(pl.lit("note"))
        .when(_repeats_line(rows, lines, strange == 0))
        .then(pl.lit("header"))
        .when(_names_itself(header, layout))
        .then(pl.lit(_NAMED))
        .when(_repeats_title(without_spaces(head.head(header.first)), first) & (filled <= 2))
        .then(pl.lit("title"))
        .when(_is_section(header, layout) & (filled == 1))
        .then(pl.lit("title"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
    return told.select(label.alias("word")).to_series()


def _columns(header: Header, layout: LayoutSpec, types: frozenset[str]) -> list[str]:
    return [
        f"c{column}" for column, name in header.fields.items() if layout.fields[name].type in types
    ]


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _is_total(first: pl.Expr, header: Header, layout: LayoutSpec) -> pl.Expr:
    """东山乡合计 or 合计：12户 in the first filled cell, or 合计 alone as a name or place."""
    words = _alternatives(layout.total_words)
    if not words:
        return pl.lit(value=False)
    says = first.str.contains(
        rf"^[(（【]?(?:.{{0,16}}(?:{words})|(?:{words})[:：\d(（共].*)[)）】]?[:：]?$"
    )
    named = [
        pl.col(column).str.contains(f"^(?:{words})$")
        for column in _columns(header, layout, _NAMING_TYPES)
    ]
    return pl.any_horizontal(says, *named).fill_null(value=False)


def _repeats_line(rows: pl.DataFrame, lines: Sequence[Cells], likely: pl.Series) -> pl.Expr:
    """Every filled cell repeats the same line of the header (the second line of two as well)."""
    repeated = [
        number
        for number in likely.arg_true()
        if any(
            all(cell in {None, text} for cell, text in zip(rows.row(number), line, strict=True))
            for line in lines
        )
    ]
    return pl.int_range(pl.len()).is_in(repeated)


def _names_itself(header: Header, layout: LayoutSpec) -> pl.Expr:
    """Name and ID columns hold the words of their own headers: nobody is called 姓名."""
    who = {
        f"c{column}": spellings(layout.fields[name])
        for column, name in header.fields.items()
        if layout.fields[name].type in {"person_name", "id_number"}
    }
    said = [pl.col(name).is_in(words) for name, words in who.items()]
    nothing_else = (one.fill_null(value=True) for one in said)
    some = pl.any_horizontal(pl.lit(value=False), *said).fill_null(value=False)
    return some & pl.all_horizontal(pl.lit(value=True), *nothing_else)


def _header_labels(
    rows: pl.DataFrame, words: pl.Series, header: Header, index: HeaderIndex
) -> pl.Series:
    """Rows in which at least half as many cells as in the header are known headers.

    The same headers in the same columns are a repeated header; in other columns they begin a
    table of another shape, which must not be read by the first one's columns.
    """
    (count,) = count_cells(rows, lambda cell: cell.is_in(index.spellings))
    half = max(2, -(-len(header.fields) // 2))
    labels = words.to_list()
    named_itself = (words == _NAMED).fill_null(value=False)
    for number in ((count >= half) | named_itself).arg_true():
        fields = {column: index.field(text) for column, text in enumerate(rows.row(number))}
        named = {column: name for column, name in fields.items() if name}
        alike = _repeats_header(rows.row(number), fields, header)
        alike = alike or (labels[number] == _NAMED and len(named) == 1)
        labels[number] = "header" if alike else "new_header"
    return pl.Series("word", labels, dtype=pl.String)


def _repeats_header(row: Cells, fields: Mapping[int, str | None], header: Header) -> bool:
    """Whether known headers stand where the header has them, of the same units and times."""
    above = dict(enumerate(header.texts))
    named = [(at, name, above.get(at)) for at, name in fields.items() if name]
    same = all(header.fields.get(at, name if text else None) == name for at, name, text in named)
    units = (header_unit(row[at]) in {"", header_unit(text)} for at, _, text in named)
    other_times = any(
        names_time(row[at]) and plain_header(row[at]) != plain_header(text) for at, _, text in named
    )
    return same and all(units) and not other_times and not _has_strangers(row, fields, header)


def _has_strangers(
    row: Sequence[str | None], fields: Mapping[int, str | None], header: Header
) -> bool:
    """Whether a line of headers has unknown ones that the header does not have there."""
    return any(
        text and not fields[column] and plain_header(text) != plain_header(header.texts[column])
        for column, text in enumerate(row[: len(header.texts)])
    )


def _other_headers(
    rows: pl.DataFrame, words: pl.Series, names: Sequence[str], others: Sequence[HeaderIndex]
) -> pl.Series:
    """Rows still taken for data, most of whose cells are headers of layouts.

    Read by the columns of the table above they would be people who do not exist: one of them names
    a person (``other_header``), or one stands where the table has its names (``names``), as in the
    line 乡镇, 户数, 金额 of a summary, which is a ``note``.
    """
    known = frozenset().union(*(index.spellings for index in others))
    people = frozenset().union(*(index.spellings_of_people for index in others))
    headers, of_people, filled = count_cells(
        rows,
        lambda cell: cell.is_in(known),
        lambda cell: cell.is_in(people),
        pl.Expr.is_not_null,
    )
    said = (pl.col(one).is_in(known).fill_null(value=False) for one in names)
    named = rows.select(pl.any_horizontal(pl.lit(value=False), *said)).to_series()
    is_header = words.is_null() & (headers >= _HEADERS) & (headers * 2 > filled)
    for found, label in (
        (is_header & (of_people > 0), "other_header"),
        (is_header & named, "note"),
    ):
        words = words.set(found & words.is_null(), label) if found.any() else words
    return words


def _is_section(header: Header, layout: LayoutSpec) -> pl.Expr:
    """In a list of people, a row that fills no name and no ID may be a heading (东山乡)."""
    people = _columns(header, layout, frozenset({"person_name", "id_number"}))
    if not people:
        return pl.lit(value=False)
    return pl.all_horizontal(pl.col(people).is_null()) & ~uncut(_FIRST)


def _repeats_title(titles: pl.DataFrame, first: pl.Expr) -> pl.Expr:
    """The first cell repeats a title row above the header (page titles)."""
    above = titles.select(_FIRST).to_series().drop_nulls()
    return first.is_in(above.unique().to_list()).fill_null(value=False)
