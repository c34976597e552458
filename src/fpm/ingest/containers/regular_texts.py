"""The part of a workbook that holds the texts its cells share, where all are written alike."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from fpm.ingest.containers.regular_parts import RepeatedElements
from fpm.ingest.containers.regular_tags import Codes, Grammar, Kept, Places, Tags, demand, joined
from fpm.ingest.limits import MIB

_ITEM, _TEXT, _PRESERVED, _TEXT_ENDS, _ITEM_ENDS, _READING = range(1, 7)
_TAGS: Final = {
    b"si": _ITEM,
    b"t>": _TEXT,
    b"t ": _PRESERVED,
    b"/t": _TEXT_ENDS,
    b"/s": _ITEM_ENDS,
    b"ph": _READING,
}
_NEXT: Final = {
    _ITEM: (_TEXT, _PRESERVED),
    _TEXT: (_TEXT_ENDS,),
    _PRESERVED: (_TEXT_ENDS,),
    _TEXT_ENDS: (_ITEM_ENDS, _READING),
    _READING: (_ITEM_ENDS,),
    _ITEM_ENDS: (_ITEM,),
}
_WHOLE: Final = {_ITEM: b"<si>", _TEXT_ENDS: b"</t>", _ITEM_ENDS: b"</si>"}
_TEXTS: Final = Grammar(_TAGS, _NEXT, _WHOLE)
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


def _texts(piece: bytes) -> tuple[Codes, Kept]:
    """The texts of some items, with US behind each of them, and how long they are with it."""
    tags = Tags.cut(piece, _TEXTS)
    demand(tags.kinds[-1] == _ITEM_ENDS)
    holder = np.flatnonzero((tags.kinds == _TEXT) | (tags.kinds == _PRESERVED))
    starts, ends = tags.contents(holder, _PRESERVED)
    reading = np.flatnonzero(tags.kinds == _READING)
    tags.demand_text(tags.opened[reading], _HOW_TO_READ)
    demand(tags.written(reading) and tags.are_closed(reading).all())
    return joined(tags.codes, starts, ends), (ends - starts + 1).astype(np.int32)
