"""Columns that are not read: repeated headers, and unknown ones with the nearest known header."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from fpm.ingest.grid import column_letter
from fpm.ingest.header import Header, bare_header, plain_header
from fpm.ingest.known_headers import headers_of
from fpm.ingest.reading import ColumnReading, toml_lines
from fpm.model import mask_digits
from fpm.rulebook.layout import LayoutSpec

_WORTH_SHOWING = 55.0
"""Similarity (0–100) below which a known header is no help; 就诊医院/就诊医疗机构 has 60."""


def list_unread(header: Header, layout: LayoutSpec) -> dict[int, ColumnReading]:
    """Every headed column that gives no field."""
    index = headers_of(layout)
    found: dict[int, ColumnReading] = {}
    for number, text in enumerate(header.texts):
        letter = column_letter(number)
        if name := header.repeated.get(number):
            title = layout.fields[name].title
            found[number] = ColumnReading(letter, text, name, title, repeats=True)
        elif text and number not in header.fields:
            found[number] = ColumnReading(letter, text, ignored=index.is_ignored(text))
    return found


def describe_unread(header: Header, layout: LayoutSpec) -> dict[int, ColumnReading]:
    """``list_unread`` with the nearest known header of each that no field knows."""
    index = headers_of(layout)
    known = index.bare
    found = list_unread(header, layout)
    more: dict[str, list[str]] = {}
    for number, column in list(found.items()):
        if column.repeats or column.ignored:
            continue
        letter, text = column.letter, column.header
        best = process.extractOne(
            bare_header(text), list(known), scorer=fuzz.ratio, score_cutoff=_WORTH_SHOWING
        )
        if best is None:
            continue
        name, bare = known[best[0]], bare_header(text)
        # without its brackets it is known: they say something else, and belong to it
        more.setdefault(name, []).append(plain_header(text) if bare in known else bare)
        similarity = round(best[1], 1)
        found[number] = ColumnReading(
            letter, text, nearest=best[0], nearest_field=name, similarity=similarity
        )
    tables = {name: _toml(name, layout, texts) for name, texts in more.items()}
    return {
        number: replace(column, toml=tables.get(column.nearest_field or "", ""))
        for number, column in found.items()
    }


def unknown_headers(header: Header, layout: LayoutSpec) -> dict[str, object]:
    """What a refusal for lack of columns tells a program of the headers that are not known.

    Returns:
        ``layout``, ``unknown`` (letter, header, and the known header most like it, or None) and
        ``toml_lines`` as of ``SheetReading``.
    """
    columns = describe_unread(header, layout)
    unknown = [one for one in columns.values() if not (one.ignored or one.repeats)]
    return {
        "layout": f"{layout.department}.{layout.kind}",
        "unknown": [
            {"letter": one.letter, "header": mask_digits(one.header), "nearest": one.nearest}
            for one in unknown
        ],
        "toml_lines": toml_lines(unknown),
    }


def _toml(name: str, layout: LayoutSpec, more: Sequence[str]) -> str:
    """The field's table with its unknown headers too (a TOML string is written as JSON does)."""
    headers = dict.fromkeys((*layout.fields[name].headers, *more))
    listed = ", ".join(json.dumps(text, ensure_ascii=False) for text in headers)
    return f"[fields.{name}]\nheaders = [{listed}]"
