"""Delimited text (csv, tsv, txt) → one raw sheet."""

from __future__ import annotations

import csv
import io
from collections import Counter

from fpm.ingest.containers.text import decode
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

SEPARATORS = ("\t", ",", ";", "|", "，", "、")
_SAMPLE_LINES = 60


def read_delimited(data: bytes, limits: Limits) -> RawSheet:
    """Read delimited text in any of the usual encodings.

    Raises:
        UndecodableError: The bytes are no text.
        TooMuchTextError: More text than the limit.
    """
    decoded = decode(data)
    separator = find_separator(decoded.text)
    csv.field_size_limit(min(limits.text_bytes, 2**31 - 1))
    rows = list(csv.reader(io.StringIO(decoded.text, newline=""), delimiter=separator))
    width = max(map(len, rows), default=0)
    cells, width, height = encode_rows(rows, width, limits.text_bytes)
    head = SheetHead("", width, height, typed=False, notes=decoded.notes)
    return RawSheet(head, cells)


def find_separator(text: str) -> str:
    """Choose the separator that cuts most of the first lines into the same number of fields."""
    lines = [line for line in text[:65536].splitlines()[:_SAMPLE_LINES] if line.strip()]

    def score(separator: str) -> tuple[int, int]:
        counts = Counter(
            number for number in (_fields(line, separator) for line in lines) if number > 1
        )
        if not counts:
            return (0, 0)
        width, times = counts.most_common(1)[0]
        return (times, width)

    return max(SEPARATORS, key=score) if lines else ","


def _fields(line: str, separator: str) -> int:
    """Count fields of one line, leaving separators between quotes alone."""
    return sum(piece.count(separator) for piece in line.split('"')[::2]) + 1
