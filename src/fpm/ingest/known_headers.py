"""The headers of layouts, found out once for all files of a month."""

from __future__ import annotations

from typing import Final

from fpm.ingest.header import HeaderIndex
from fpm.rulebook.layout import LayoutSpec

_MOST_LAYOUTS: Final = 1_000
_INDEXES: Final[dict[int, HeaderIndex]] = {}
"""By the identity of the layout, which an index holds: to compare layouts would take longer."""


def headers_of(layout: LayoutSpec) -> HeaderIndex:
    """The headers of a layout."""
    found = _INDEXES.get(id(layout))
    if found is None:
        if len(_INDEXES) >= _MOST_LAYOUTS:
            _INDEXES.clear()
        found = _INDEXES[id(layout)] = HeaderIndex(layout)
    return found
