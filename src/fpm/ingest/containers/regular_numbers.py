"""Numbers in the XML of a sheet → what stands in the cells: numbers in full, and days."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from fpm.ingest.containers.regular_tags import Codes, demand
from fpm.ingest.containers.wire import CELL, US

NUMBER, DAY = 1, 2
"""What a number is under a style."""
_STYLES: Final = 100_000
"""A cell names its style by five digits at most."""
_PLAIN: Final = frozenset({0, 1, 2, 3, 4, 49})
"""Formats that show a number as it is (ECMA-376 part 1, 18.8.30)."""
_DAYS: Final = frozenset({14, 15})
"""Formats that show it as a day (there, too)."""
_FIRST_DEFINED: Final = 164
"""The first format that a workbook may define itself."""
_DIGITS: Final = re.compile(rb"[0#,]*[0#](?:\.[0#]+)?")
"""A format that shows a number as it is."""
_DATE: Final = re.compile(
    rb"(?=.*(?:yyyy|m|d))(?:\[\$-[0-9A-Fa-f]+\])?(?:yyyy|[md]|[-/.]|\\[-/. ]"
    rb"|&quot;(?:\xe5\xb9\xb4|\xe6\x9c\x88|\xe6\x97\xa5)&quot;)+(?:;@)?"
)
"""A format that shows it as a day: 年, 月 and 日, in quotes, or other signs between."""
_NOT_AS_WRITTEN: Final = re.compile(
    rb"\x1f(?!(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,3}[1-9])\x1f)([^\x1f]*)(?=\x1f)"
)
"""A number, behind US, in no form that is also the one in which everybody writes it."""
_NUMBER: Final = re.compile(rb"-?\d{1,30}(?:\.\d{1,30})?(?:[Ee][-+]?\d{1,3})?")
_EXACT_DIGITS: Final = 15
_WHOLE: Final = 9
_DECIMALS: Final = 4
"""Digits of a whole number, and before and behind the point, in that form."""
_NINE: Final = 9
EXACT: Final = 1e15
"""Below it a spreadsheet keeps every digit of a whole number."""
_SERIAL: Final = re.compile(rb"[1-9]\d{1,6}")
_MARCH_1900, _LAST_DAY = 61, 2_958_465
"""Days as numbers: before the first one spreadsheets count a day that never was."""
_DAY_ZERO: Final = dt.date(1899, 12, 30).toordinal()


def meanings(used: Iterable[int], defined: Mapping[int, bytes]) -> Codes:
    """What a number is under each style: ``NUMBER``, ``DAY``, or 0 for anything else.

    Args:
        used: The format of each style.
        defined: The codes of the formats that a workbook defines.

    Raises:
        IrregularError: It defines one that all know, or cells without a style show no plain number.
    """
    demand(all(number >= _FIRST_DEFINED for number in defined))
    plain = _PLAIN | {number for number, code in defined.items() if _DIGITS.fullmatch(code)}
    days = _DAYS | {number for number, code in defined.items() if _DATE.fullmatch(code)}
    meant = np.zeros(_STYLES, dtype=np.uint8)
    for style, number in enumerate(used):
        demand(style < _STYLES)
        meant[style] = NUMBER * (number in plain) + DAY * (number in days)
    demand(meant[0] == NUMBER)
    return meant


def numbers_written(numbers: Codes) -> Codes | None:
    """Numbers as people write them, with US behind each of them; None where they are so already.

    Raises:
        IrregularError: One is no number.
    """
    if _are_as_written(numbers):
        return None
    written = US + numbers.tobytes()
    return np.frombuffer(_NOT_AS_WRITTEN.sub(_in_full, written)[1:], dtype=np.uint8)


def _are_as_written(numbers: Codes) -> bool:
    """Whether ``_NOT_AS_WRITTEN`` finds none: asked of all at once, because that is usual."""
    ends = np.flatnonzero(numbers == ord(CELL))
    starts = np.append(0, ends + 1)[:-1]
    signs = np.flatnonzero((numbers - np.uint8(ord("0")) > _NINE) & (numbers != ord(CELL)))
    points = signs[numbers[signs] == ord(".")]
    with_point = np.searchsorted(ends, points)
    negative = numbers[starts] == ord("-")
    if len(signs) != len(points) + np.count_nonzero(negative) or not np.diff(with_point).all():
        return False
    starts += negative
    decimals = np.zeros_like(ends)
    decimals[with_point] = ends[with_point] - points - 1
    whole = ends - starts - decimals
    whole[with_point] -= 1
    zero, exact = numbers[starts] == ord("0"), np.where(decimals > 0, _WHOLE, _EXACT_DIGITS)
    usual = (whole > 0) & (whole <= exact) & (decimals <= _DECIMALS)
    usual &= ~zero | ((whole == 1) & (~negative | (decimals > 0)))
    usual &= (decimals == 0) | (numbers[ends - 1] != ord("0"))
    return bool(usual.all() and decimals[with_point].all())


def _in_full(found: re.Match[bytes]) -> bytes:
    """A number as ``grid.build_grid`` writes what the parser gives."""
    demand(_NUMBER.fullmatch(found[1]))
    number = float(found[1])
    demand(math.isfinite(number))
    return US + in_full(number).encode()


def in_full(number: float) -> str:
    """A number as people write it; a whole one of 16 digits or more with the 15 that are sure."""
    if not number.is_integer():
        return repr(number)
    return str(int(number)) if abs(number) < EXACT else f"{number:.14E}"


def days_written(serials: Codes) -> Codes:
    """Days given as numbers → as texts, with US behind each of them.

    Raises:
        IrregularError: One is no whole day.
    """
    days = _Days()
    *given, _ = serials.tobytes().split(US)
    written = US.join([*map(days.__getitem__, given), b""])
    return np.frombuffer(written, dtype=np.uint8)


class _Days(dict[bytes, bytes]):
    """Day as a number → as text."""

    def __missing__(self, serial: bytes) -> bytes:
        demand(_SERIAL.fullmatch(serial) and _MARCH_1900 <= int(serial) <= _LAST_DAY)
        self[serial] = dt.date.fromordinal(_DAY_ZERO + int(serial)).isoformat().encode()
        return self[serial]
