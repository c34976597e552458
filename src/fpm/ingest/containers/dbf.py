"""dBASE and FoxPro tables (.dbf), as old finance and statistics systems export them.

Layout of the file: 32 bytes of head (record count at 4, head length at 8, record length at 10),
32 bytes per field (name 11, type 1, … length at 16, decimals at 17) up to a CR, then fixed-width
records that begin with a deletion mark.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.containers.wire import RawSheet, SheetHead, encode_rows
from fpm.ingest.limits import Limits

_DELETED = 0x2A
_MARKS = b" *"
"""With one of these a record begins: kept, deleted."""
_CUT = "…"
"""Ends a field name that fills its place, and may have been longer."""
_NAME_BYTES = 10
_PLAIN = "CNFD"
"""Types whose bytes are the text."""
_ELSEWHERE = "MGP"
"""Types whose content lies in a memo file beside the table."""
_BINARY = bytes(range(32))
_DAY_ZERO = 1_721_425
"""Julian day number of the day before 1 January of the year 1."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: str
    start: int
    end: int


def read_dbf(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Read the table; field names are the first row, deleted records are left out and counted.

    Raises:
        UnreadableError: No field, or records cut off.
    """
    count, first, size = struct.unpack_from("<IHH", data, 4)
    encoding = _encoding(data, first)
    fields = _fields(data[32:first], encoding)
    if not fields or fields[-1].end > size:
        raise UnreadableError("dbf 文件头已损坏，请重新导出")
    if first + count * size > len(data):
        raise UnreadableError(f"dbf 文件不完整：应有 {count} 条记录，请重新导出")
    stated, count = count, _present(data, first, size, count)
    starts = range(first, first + count * size, size)
    records = (data[start : start + size] for start in starts if data[start] != _DELETED)
    places = [(field.start, field.end, field.type) for field in fields]
    rows = (
        [_cell(record[start:end], kind, encoding) for start, end, kind in places]
        for record in records
    )
    names = [field.name for field in fields]
    table = encode_rows(chain([names], rows), len(fields), limits.text_bytes)
    deleted = sum(data[start] == _DELETED for start in starts)
    notes = (f"有 {deleted} 条已作删除标记的记录，未读取",) if deleted else ()
    if count > stated:
        notes = (*notes, f"文件头写有 {stated} 条记录，实有 {count} 条，已全部读取")
    memos = "、".join(field.name for field in fields if field.type in _ELSEWHERE)
    if memos:
        elsewhere = "备注型字段的内容在同名的 dbt 或 fpt 文件里，不在本文件，这些列没有内容"
        notes = (*notes, f"{elsewhere}：{memos}；需要时请改为字符型后重新导出")
    cut = "、".join(field.name for field in fields if field.name.endswith(_CUT))
    if cut:
        notes = (*notes, f"dbf 的字段名最长 {_NAME_BYTES} 个字节，可能不全：{cut}")
    yield RawSheet(SheetHead("", table.width, typed=False, notes=notes), table.blocks)


def _present(data: bytes, first: int, size: int, stated: int) -> int:
    """Records there are: after those the head states, as many as begin like one."""
    count = stated
    while (end := first + (count + 1) * size) <= len(data) and data[end - size] in _MARKS:
        count += 1
    return count


def _encoding(data: bytes, first: int) -> str:
    """GB18030 as of old; UTF-8 where all that is not ASCII is UTF-8, as map systems write it.

    A name or a value that did not fit may end in the middle of a character.
    """
    names = [data[at : at + 11].split(b"\x00")[0] for at in range(32, first - 1, 32)]
    for text in [*names, data[first:].translate(None, _BINARY)]:
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return "gb18030"
    return "utf-8"


def _fields(head: bytes, encoding: str) -> list[_Field]:
    fields: list[_Field] = []
    position = 1
    for start in range(0, len(head) - 31, 32):
        entry = head[start : start + 32]
        if entry[0] == 0x0D:
            break
        raw = entry[:11].split(b"\x00")[0]
        name = raw.decode(encoding, "ignore").strip()
        if len(raw) >= _NAME_BYTES:
            name += _CUT
        kind = chr(entry[11])
        # long text fields keep the high byte of their length where others keep decimals
        length = entry[16] + (entry[17] << 8 if kind == "C" else 0)
        fields.append(_Field(name, kind, position, position + length))
        position += length
    return fields


def _cell(raw: bytes, kind: str, encoding: str) -> str:
    if kind in _PLAIN:
        return raw.decode(encoding, "replace").strip(" \x00")
    if kind in "IY+":
        number = int.from_bytes(raw, "little", signed=True)
        return str(number / 10_000 if kind == "Y" else number)
    if kind in "BO":
        return repr(struct.unpack("<d", raw)[0]) if len(raw) == 8 else ""
    if kind in "T@" and len(raw) == 8:
        return _moment(raw)
    if kind in _ELSEWHERE:
        return ""
    text = raw.decode(encoding, "replace").strip(" \x00")
    yes_no = {"T": "是", "Y": "是", "F": "否", "N": "否"}
    return yes_no.get(text.upper(), "") if kind == "L" else text


def _moment(raw: bytes) -> str:
    """A day as eight bytes: Julian day number, milliseconds."""
    day, milliseconds = struct.unpack("<ii", raw)
    ordinal = day - _DAY_ZERO
    if not 1 <= ordinal <= dt.date.max.toordinal():
        return "" if day == 0 else str(day)
    hours, seconds = divmod(max(milliseconds, 0) // 1000, 3600)
    shown = dt.date.fromordinal(ordinal).isoformat()
    minutes, seconds = divmod(seconds, 60)
    return f"{shown} {hours:02d}:{minutes:02d}:{seconds:02d}" if milliseconds > 0 else shown
