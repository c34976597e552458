"""A part of a workbook in which elements of one kind follow each other → some of them at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Final
from xml.parsers import expat

from fpm.ingest.containers.package import XML_DAMAGE
from fpm.ingest.containers.regular_tags import IrregularError, demand
from fpm.ingest.limits import MIB

_PIECE: Final = MIB
"""So few tags at once stay in the processor's cache."""
_MOST_AROUND: Final = MIB
"""Bytes before and behind the elements."""


class RepeatedElements:
    """The elements of a part, which is never held as a whole."""

    def __init__(
        self, parts: zipfile.ZipFile, part: zipfile.ZipInfo, tag: bytes, end: bytes
    ) -> None:
        """Look at a part.

        Args:
            parts: The workbook.
            part: One of its parts.
            tag: How an element begins.
            end: What stands behind the last one.
        """
        self._parts, self._part = parts, part
        self._tag, self._end = tag, end
        self.before = b""
        """What stands before the elements, when the first of them are known."""
        self.behind = b""
        """What stands behind them, when all of them are known."""

    def pieces(self) -> Iterator[bytes]:
        """Some elements at a time.

        Raises:
            IrregularError: There are none, or one is larger than a piece.
            ZIP_DAMAGE: The part is damaged.
        """
        with self._parts.open(self._part) as stream:
            blocks = iter(partial(stream.read, _PIECE), b"")
            rest = self._first(blocks)
            while (end := rest.find(self._end)) < 0:
                cut = rest.rfind(self._tag)
                if cut > 0:
                    yield rest[:cut]
                rest = rest[max(cut, 0) :]
                demand(len(rest) <= _PIECE)
                rest += next(blocks, b"") or _nothing()
            yield rest[:end]
            self.behind = rest[end:]
            for block in blocks:
                self.behind += block
                demand(len(self.behind) <= _PIECE + _MOST_AROUND)

    def _first(self, blocks: Iterator[bytes]) -> bytes:
        """What is read up to the first element, from there on."""
        for block in blocks:
            self.before += block
            start = self.before.find(self._tag)
            if start >= 0:
                first, self.before = self.before[start:], self.before[:start]
                return first
            demand(len(self.before) <= _MOST_AROUND)
        return _nothing()

    def around(self) -> bytes:
        """What stands around the elements, when all of them are known: XML that declares nothing.

        Raises:
            IrregularError: It is not.
        """
        around = self.before + self.behind
        demand(len(around) <= _MOST_AROUND and b"<!" not in around)
        try:
            expat.ParserCreate().Parse(around, True)
        except XML_DAMAGE as error:
            raise IrregularError from error
        return around


def _nothing() -> bytes:
    """What follows where a part ends too early."""
    raise IrregularError
