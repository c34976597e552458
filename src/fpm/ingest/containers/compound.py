"""A stream out of an OLE compound file, the container of xls and of encrypted workbooks.

Layout of the file: a head of 512 bytes (sector size as a power of two at 30, first directory
sector at 48, size below which a stream lies in the small sectors at 56, their table at 60, the
table of tables at 68 and from 76 on), then sectors chained by the allocation table.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_HEAD: Final = 512
_IN_HEAD: Final = 109
"""Sectors of the allocation table that the head itself names."""
_LAST: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_ENTRY: Final = 128
_SMALL_SHIFT: Final = 6


class CompoundError(Exception):
    """The compound file is damaged."""


class _Sectors:
    """The sectors of a compound file and the chains they form."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEAD:
            raise CompoundError
        self._data = data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in {9, 12}:
            raise CompoundError
        self.size = 1 << shift
        self._next = self._table()

    def _table(self) -> tuple[int, ...]:
        """The allocation table: for each sector the one that follows it in its stream."""
        named = list(struct.unpack_from(f"<{_IN_HEAD}I", self._data, 76))
        (more,) = struct.unpack_from("<I", self._data, 68)
        per_sector = self.size // 4
        for _ in range(len(self._data) // self.size):
            if more >= _LAST:
                break
            listed = struct.unpack(f"<{per_sector}I", self._sector(more))
            named += listed[:-1]
            more = listed[-1]
        return _numbers(b"".join(self._sector(number) for number in named if number < _LAST))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        sector = self._data[start : start + self.size]
        if not sector:
            raise CompoundError
        return sector.ljust(self.size, b"\x00")  # the last one may be cut short

    def stream(self, first: int) -> bytes:
        return b"".join(map(self._sector, _chain(first, self._next)))

    def places(self, first: int) -> list[int]:
        """Where the sectors of a stream begin in the file."""
        return [(number + 1) * self.size for number in _chain(first, self._next)]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(first: int, following: tuple[int, ...]) -> list[int]:
    """The sectors of one stream; a chain that runs in a circle is damage."""
    found: list[int] = []
    number = first
    while number < _LAST:
        if number >= len(following) or len(found) > len(following):
            raise CompoundError
        found.append(number)
        number = following[number]
    return found


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of a compound file: its pieces of equal size, by where they begin in the file."""

    starts: Sequence[int]
    piece: int
    size: int

    def content(self, data: bytes) -> bytes:
        """The bytes of the stream.

        Raises:
            CompoundError: A piece lies behind the end of the file.
        """
        if max(self.starts, default=0) >= len(data):
            raise CompoundError
        pieces = (data[at : at + self.piece].ljust(self.piece, b"\x00") for at in self.starts)
        return b"".join(pieces)[: self.size]  # the last sector may be cut short

    def write(self, data: bytearray, at: int, content: bytes) -> None:
        """Put bytes at a place of the stream into the file."""
        for place, byte in enumerate(content, at):
            number, within = divmod(place, self.piece)
            data[self.starts[number] + within] = byte


def find_stream(data: bytes, names: tuple[str, ...]) -> Stream | None:
    """The stream of a name, the first of ``names`` that one has; None where there is none.

    Raises:
        CompoundError: The file is damaged.
    """
    sectors = _Sectors(data)
    first_entry, cutoff, small_table = (
        struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60)
    )
    directory = sectors.stream(first_entry)
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    named = [entry for name in names for entry in entries if _name(entry) == name]
    if not named:
        return None
    first, size = struct.unpack_from("<II", named[0], 116)
    if size >= cutoff:
        return Stream(sectors.places(first), sectors.size, size)
    (small_first,) = struct.unpack_from("<I", entries[0], 116)
    following = _numbers(sectors.stream(small_table))
    held = sectors.places(small_first)
    places = [number << _SMALL_SHIFT for number in _chain(first, following)]
    if places and max(places) >= len(held) * sectors.size:
        raise CompoundError
    starts = [held[at // sectors.size] + at % sectors.size for at in places]
    return Stream(starts, 1 << _SMALL_SHIFT, size)


def read_stream(data: bytes, names: tuple[str, ...]) -> bytes | None:
    """The bytes of the stream that ``find_stream`` finds, None where there is none.

    Raises:
        CompoundError: The file is damaged.
    """
    stream = find_stream(data, names)
    return None if stream is None else stream.content(data)


def _name(entry: bytes) -> str:
    length = int.from_bytes(entry[64:66], "little")
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
