"""Checksum-guided repair: the numbers one slip away from a damaged ID number that satisfy GB 11643.

The weights are invertible modulo 11, so each place has at most one digit that mends a wrong sum:
about eleven proposals a number, found by arithmetic and looked up by one equality join
(scale.md §2). A repaired number proves nothing by itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_digits import WEIGHTS

Digits = NDArray[np.uint8]

UNKNOWN: Final = 255
"""Code of an unknown place in a digit matrix."""

_WEIGHTS = np.array(WEIGHTS, dtype=np.int16)
_INVERSE = np.array([pow(weight, -1, 11) for weight in WEIGHTS], dtype=np.int16)
_POWERS = 10 ** np.arange(16, -1, -1, dtype=np.uint64)
_PLACE_VALUES = np.append(_POWERS.astype(np.int64) * 16, 1)
"""What one more in each place adds to a packed number."""


def digit_matrix(patterns: pl.Series, width: int = 22) -> Digits:
    """Characters of each pattern as codes: 0-9, 10 for X, 255 for ``?`` and beyond the end.

    Args:
        patterns: String, ASCII, no nulls.
        width: columns of the result; longer patterns are cut.

    Returns:
        uint8 matrix of shape (len(patterns), width).
    """
    lengths = patterns.str.len_bytes().clip(0, width).to_numpy().astype(np.int64)
    text = patterns.str.slice(0, width).str.join("").item() or ""
    raw = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    codes = np.full(256, UNKNOWN, dtype=np.uint8)
    codes[ord("0") : ord("9") + 1] = np.arange(10)
    codes[ord("X")] = 10
    matrix = np.full((len(patterns), width), UNKNOWN, dtype=np.uint8)
    matrix[np.arange(width) < lengths[:, None]] = codes[raw]
    return matrix


def pack_digits(digits: NDArray[np.integer]) -> NDArray[np.uint64]:
    """``id17 * 16 + check`` of rows of eighteen digit codes."""
    body = np.zeros(len(digits), dtype=np.uint64)
    for place in range(17):
        body += digits[:, place].astype(np.uint64) * _POWERS[place]
    return body * np.uint64(16) + digits[:, 17].astype(np.uint64)


def repairs(patterns: pl.Series) -> pl.DataFrame:
    """Valid numbers that are one slip away from each pattern.

    Seventeen characters: one digit is put into each gap. Eighteen: one digit replaced, or two
    neighbours swapped. Nineteen: one digit taken out. Other lengths propose nothing.

    Args:
        patterns: complete digit runs of damaged numbers (String, no nulls).

    Returns:
        ``n`` (UInt32, index into ``patterns``) and ``k`` (UInt64), distinct.
    """
    digits = digit_matrix(patterns, 19).astype(np.int16)
    length = patterns.str.len_bytes().to_numpy().astype(np.int64)
    whole = (digits[:, :16] <= 9).all(axis=1)
    near_end = digits[:, 16]
    # Beside an equal digit the same number comes of two places; a change gives each number once.
    twice = [
        _inserted(digits, np.flatnonzero((length == 17) & whole & (near_end <= 10))),
        _removed(digits, np.flatnonzero((length == 19) & whole & (digits[:, 18] <= 10))),
    ]
    complete = (length == 18) & whole & (near_end <= 9) & (digits[:, 17] <= 10)
    once = _changed(digits, np.flatnonzero(complete))
    return pl.concat([_frame(_gather(twice)).unique(), _frame(once)])


_Found = tuple[NDArray[np.intp], NDArray[np.uint64]]


def _frame(found: _Found) -> pl.DataFrame:
    return pl.DataFrame({"n": found[0].astype(np.uint32), "k": found[1]})


def _gather(parts: list[_Found]) -> _Found:
    rows = [part[0] for part in parts] or [np.zeros(0, dtype=np.intp)]
    keys = [part[1] for part in parts] or [np.zeros(0, dtype=np.uint64)]
    return np.concatenate(rows), np.concatenate(keys)


def _changed(digits: NDArray[np.int16], rows: NDArray[np.intp]) -> _Found:
    block = digits[rows, :18]
    lack = (1 - block @ _WEIGHTS) % 11
    packed = pack_digits(block).astype(np.int64)
    parts: list[_Found] = []
    for place in range(18):
        mended = (block[:, place] + lack * _INVERSE[place]) % 11
        fits = (lack != 0) & (mended <= (10 if place == 17 else 9))
        change = (mended - block[:, place])[fits].astype(np.int64) * _PLACE_VALUES[place]
        parts.append((rows[fits], (packed[fits] + change).astype(np.uint64)))
    for place in range(17):
        left, right = block[:, place], block[:, place + 1]
        gain = (right - left) * (_WEIGHTS[place] - _WEIGHTS[place + 1])
        fits = (lack != 0) & (gain % 11 == lack) & (right <= 9)
        worth = _PLACE_VALUES[place] - _PLACE_VALUES[place + 1]
        change = (right - left)[fits].astype(np.int64) * worth
        parts.append((rows[fits], (packed[fits] + change).astype(np.uint64)))
    return _gather(parts)


def _inserted(digits: NDArray[np.int16], rows: NDArray[np.intp]) -> _Found:
    block = digits[rows, :17]
    parts: list[_Found] = []
    for gap in range(18):
        proposal = np.insert(block, gap, 0, axis=1)
        digit = ((1 - proposal @ _WEIGHTS) * _INVERSE[gap]) % 11
        fits = (digit <= (10 if gap == 17 else 9)) & (proposal[:, :17] <= 9).all(axis=1)
        proposal[:, gap] = digit
        parts.append((rows[fits], pack_digits(proposal[fits])))
    return _gather(parts)


def _removed(digits: NDArray[np.int16], rows: NDArray[np.intp]) -> _Found:
    block = digits[rows, :19]
    parts: list[_Found] = []
    for place in range(19):
        proposal = np.delete(block, place, axis=1)
        fits = (proposal @ _WEIGHTS) % 11 == 1
        fits &= (proposal[:, :17] <= 9).all(axis=1)
        parts.append((rows[fits], pack_digits(proposal[fits])))
    return _gather(parts)
