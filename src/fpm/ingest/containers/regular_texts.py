"""The part of a workbook that holds the texts its cells share, where all are written alike."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from fpm.ingest.containers.regular_parts import RepeatedElements
from fpm.ingest.containers.regular_tags import Codes, Kept, Piece, Places, demand, joined
from fpm.ingest.limits import MIB

_PLAIN: Final = b"<t>"
_PRESERVING: Final = b'<t xml:space="preserve">'
_TEXT_ENDS: Final = b"</t>"
_ITEM_ENDS: Final = b"</si>"
_TAGS: Final = 4
"""Of a text: ``<si><t>…</t></si>``."""
_HOW_TO_READ: Final = b"<phoneticPr "
"""In what letters a reading would be shown; Excel says so behind texts that have none."""
FIRST_TEXT: Final = b"<si>"
END_OF_TEXTS: Final = b"</sst>"
_MOST_PICKED: Final = 2 * MIB
"""Twice what the cells take that share the texts."""
_END: Final = re.compile(END_OF_TEXTS + rb"\s*\Z")


class Texts(NamedTuple):
    """Texts with US behind each of them, and where each begins; the last place is their end."""

    codes: Codes = np.zeros(0, dtype=np.uint8)
    starts: Kept = np.zeros(1, dtype=np.int32)

    def picked(self, number: Places) -> Codes:
        """Some of the texts, with US behind each of them.

        Raises:
            IrregularError: There are not so many, or they are too long to be held together.
        """
        demand((number < len(self.starts) - 1).all())
        starts, ends = self.starts[number], self.starts[number + 1] - 1
        demand((ends - starts).sum(dtype=np.intp) <= _MOST_PICKED)
        return joined(self.codes, starts, ends)


def shared_texts(elements: RepeatedElements, size: int) -> Texts:
    """The texts of the part.

    Args:
        elements: Those of the part.
        size: Its size.

    Raises:
        IrregularError: One is written in another way: of several runs, with its reading, empty.
    """
    codes = np.empty(size, dtype=np.uint8)  # what is never filled takes no memory
    sizes = [np.zeros(1, dtype=np.int32)]
    end = 0
    for piece in elements.pieces():
        texts, of_each = _texts(piece)
        sizes.append(of_each)
        begin, end = end, end + len(texts)
        codes[begin:end] = texts
    demand(_END.match(elements.behind))
    return Texts(codes[:end], np.cumsum(np.concatenate(sizes), dtype=np.int32))


def _texts(content: bytes) -> tuple[Codes, Kept]:
    """The texts of some items, with US behind each of them, and how long they are with it."""
    piece = Piece(content)
    tags, (item, reading) = piece.tags(b"sp")
    demand(len(item))
    piece.demand_text(item, FIRST_TEXT)
    starts = item + len(FIRST_TEXT)
    preserved = piece.codes[starts + len(_PLAIN) - 1] != ord(">")
    piece.demand_text(starts[preserved], _PRESERVING)
    piece.demand_text(starts[~preserved], _PLAIN)
    starts += np.where(preserved, len(_PRESERVING), len(_PLAIN))
    ends = np.append(item[1:], piece.end) - len(_ITEM_ENDS)
    piece.demand_text(ends, _ITEM_ENDS)
    read = np.searchsorted(item, reading) - 1
    demand((np.diff(read) > 0).all())
    piece.demand_text(reading, _HOW_TO_READ)
    told = piece.blank_tags(reading, ends[read])
    ends[read] = reading
    ends -= len(_TEXT_ENDS)
    piece.demand_text(ends, _TEXT_ENDS)
    demand((starts <= ends).all() and tags == _TAGS * len(item) + told.count(b"<"))
    return joined(piece.codes, starts, ends), (ends - starts + 1).astype(np.int32)
