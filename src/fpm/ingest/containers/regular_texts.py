"""The part of a workbook that holds the texts its cells share, where all are written alike."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np

from fpm.ingest.containers.regular_tags import Grammar, Kept, Tags, demand, kept, pieces

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
_FIRST: Final = b"<si>"
_END: Final = re.compile(rb"</sst>\s*\Z")


class Texts(NamedTuple):
    """Where in a part each of its texts begins and ends, and what stands around them."""

    content: bytes
    starts: Kept
    ends: Kept
    around: bytes = b""


def shared_texts(content: bytes) -> Texts:
    """The texts of the part, which may hold none.

    Raises:
        IrregularError: One is written in another way: of several runs, with its reading, empty.
    """
    end, begin = _END.search(content), content.find(_FIRST)
    if end is None or begin < 0:
        none = np.zeros(0, dtype=np.int32)
        return Texts(b"", none, none)
    found = [_places(piece, place) for place, piece in pieces(content, begin, end.start(), _FIRST)]
    starts, ends = (np.concatenate(places) for places in zip(*found, strict=True))
    return Texts(content, starts, ends, content[:begin] + content[end.start() :])


def _places(piece: bytes, begin: int) -> tuple[Kept, Kept]:
    """Where in the part the texts begin and end of a piece that stands at ``begin``."""
    tags = Tags.cut(piece, _TEXTS)
    demand(tags.kinds[-1] == _ITEM_ENDS)
    holder = np.flatnonzero((tags.kinds == _TEXT) | (tags.kinds == _PRESERVED))
    starts, ends = tags.contents(holder, _PRESERVED)
    reading = np.flatnonzero(tags.kinds == _READING)
    tags.demand_text(tags.opened[reading], _HOW_TO_READ)
    demand(tags.written(reading) and tags.are_closed(reading).all())
    return kept(starts + begin), kept(ends + begin)
