"""Columns that are not read: repeated headers, and unknown ones with the nearest known header."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from fpm.ingest.grid import column_letter
from fpm.ingest.header import Header, HeaderIndex, bare_header
from fpm.ingest.reading import ColumnReading
from fpm.rulebook.layout import LayoutSpec

_WORTH_SHOWING = 55.0
"""Similarity (0–100) below which a known header is no help; 就诊医院/就诊医疗机构 has 60."""


def describe_unread(header: Header, layout: LayoutSpec) -> dict[int, ColumnReading]:
    """Describe every headed column that gives no field."""
    index = HeaderIndex(layout)
    known = index.bare
    found: dict[int, ColumnReading] = {}
    for number, text in enumerate(header.texts):
        if not text or number in header.fields:
            continue
        letter = column_letter(number)
        if number in header.repeated:
            name = header.repeated[number]
            title = layout.fields[name].title
            found[number] = ColumnReading(letter, text, name, title, repeats=True)
            continue
        if index.is_ignored(text):
            found[number] = ColumnReading(letter, text, ignored=True)
            continue
        best = process.extractOne(
            bare_header(text), list(known), scorer=fuzz.ratio, score_cutoff=_WORTH_SHOWING
        )
        nearest, similarity = (best[0], round(best[1], 1)) if best else (None, 0.0)
        found[number] = ColumnReading(
            letter,
            text,
            nearest=nearest,
            nearest_field=known[nearest] if nearest else None,
            similarity=similarity,
        )
    return found
