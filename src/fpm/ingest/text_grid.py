"""Delimited text → grid: polars where the file is regular, row by row where it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl
from polars.exceptions import ComputeError, NoDataError

from fpm.ingest.containers.delimited import LINE_END, find_separator, read_delimited
from fpm.ingest.containers.text import DecodedText
from fpm.ingest.containers.wire import SheetHead
from fpm.ingest.grid import Grid, build_grid, column_names, trimmed
from fpm.ingest.header import HEAD_COLUMNS
from fpm.ingest.limits import Limits

_SHOWN: Final = 200
"""Characters kept of a line in a text without separators."""


def build_text_grid(decoded: DecodedText, limits: Limits) -> Grid:
    """Turn delimited text into a grid of one nameless sheet.

    Raises:
        UnreadableError: More text than the limit.
    """
    separator = find_separator(decoded.text)
    if separator not in decoded.text:  # prose, or a line of millions of characters: no table
        shown = "\n".join(line[:_SHOWN] for line in LINE_END.split(decoded.text.rstrip("\r\n")))
        return build_grid(read_delimited(replace(decoded, text=shown), separator, limits))
    source = decoded.text.encode("utf-8", "replace")
    first_line = source[: source.find(b"\n")]
    wide = first_line.count(separator.encode()) >= HEAD_COLUMNS
    frame = None if wide else _regular(decoded.text, source, separator)
    if frame is None:
        return build_grid(read_delimited(decoded, separator, limits))
    cells = trimmed(frame, source, b"" if b'"' in source else b"\r\n")
    head = SheetHead("", cells.width, typed=False, notes=decoded.notes)
    return Grid(head, cells)


def _regular(text: str, source: bytes, separator: str) -> pl.DataFrame | None:
    """Read the text with polars if every row has the same number of fields, else None.

    polars pads short rows without a word and loses a whole file to one bare quote: it may only
    see files in which the separators and quotes add up.
    """
    if len(separator.encode()) > 1 or source.count(b"\r") != source.count(b"\r\n"):
        return None
    quoted = b'"' in source
    if quoted and not _quotes_are_outside(text, separator):
        return None
    try:
        frame = pl.read_csv(
            source,
            separator=separator,
            quote_char='"' if quoted else None,
            has_header=False,
            infer_schema=False,
        )
    except (ComputeError, NoDataError):
        return None
    inside = 0
    if quoted:
        counts = frame.select(pl.all().str.count_matches(separator, literal=True).sum())
        inside = sum(counts.row(0))
    if (
        source.count(separator.encode()) - inside != frame.height * (frame.width - 1)
        or frame.width < 2
    ):
        return None
    frame.columns = column_names(frame.width)
    return frame


def _quotes_are_outside(text: str, separator: str) -> bool:
    """Every quote opens or closes a field: none is bare, doubled or left open."""
    padded = f"\n{text}\n"
    opening = padded.count(f'{separator}"') + padded.count('\n"')
    closing = padded.count(f'"{separator}') + padded.count('"\r\n') + padded.count('"\n')
    return text.count('"') == 2 * opening == 2 * closing and '""' not in text
