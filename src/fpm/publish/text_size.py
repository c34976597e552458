"""How many lines a text takes in a cell, and how high the row must be to show them all.

Excel fits a row to its text only when the user asks for it, and LibreOffice measures with other
fonts than Excel; so the height is set, for the wider of the two: 宋体 sets a Chinese character in
one em and a Latin one in half; Noto CJK, which stands in for it on Linux, sets Latin text about a
tenth wider and lines 1.45 em apart (its own ascent and descent).
"""

from __future__ import annotations

import math
import re
from typing import Final

BODY_POINTS: Final = 9.0
_LINE_POINTS: Final = 1.45 * BODY_POINTS
_PADDING_POINTS: Final = 4.0
TALLEST_ROW: Final = 409.0
"""Excel's limit in points."""
MOST_LINES: Final = int((TALLEST_ROW - _PADDING_POINTS) / _LINE_POINTS)
"""Lines that the tallest row shows."""

_PIXELS_A_UNIT: Final = 7.0
"""Width of a digit of the default font: the unit of column widths (ECMA-376 18.3.1.13)."""
_EM_PIXELS: Final = BODY_POINTS * 96 / 72
_LATIN_EM: Final = 0.56
_NARROW: Final = re.compile("[^\u2e80-\U0010ffff“”‘’…—·×≥≤①②③④⑤⑥⑦⑧⑨⑩]")
"""All but CJK (from the radicals on) and Chinese punctuation, which are set one em wide."""


def lines_needed(text: str, width: float) -> int:
    """Lines that ``text`` takes when wrapped in a column ``width`` units wide."""
    room = max(_PIXELS_A_UNIT * width / _EM_PIXELS, 1.0)
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(_lines(part, room) for part in text.split("\n"))


def row_height(lines: int) -> float:
    """Height in points of a row that shows ``lines`` lines, within what Excel allows."""
    return min(lines * _LINE_POINTS + _PADDING_POINTS, TALLEST_ROW)


def fitting_lines(texts: list[str], width: float, most: int) -> int:
    """How many of ``texts``, one below the other, fit into ``most`` lines."""
    used = 0
    for count, text in enumerate(texts):
        used += lines_needed(text, width)
        if used > most:
            return count
    return len(texts)


def _lines(part: str, room: float) -> int:
    ems = len(part) - (1 - _LATIN_EM) * len(_NARROW.findall(part))
    # A character that does not fit moves to the next line whole, which costs up to one em a line.
    return max(1, math.ceil(ems / max(room - 0.5, 1.0)))
