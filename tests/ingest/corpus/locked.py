"""Workbooks that open with a password: Open XML (agile) and BIFF8 (RC4 of Office 97 to 2003)."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator

import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from xlwt.CompoundDoc import XlsDoc

from ingest.corpus import forge

_BOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x002F, 0x0085
_OPEN = {_BOF, _FILEPASS, 0x00E1, 0x00E2, 0x0194, 0x0195}
"""Records that stay readable: begin of a part, the password record, interface and user marks."""
_UNKNOWN = 0x0FF0
_SALT = bytes(range(16))
_VERIFIER = bytes(range(100, 116))
_BLOCK = 1024


def xlsx(rows: forge.Rows, password: str) -> bytes:
    """An encrypted Open XML workbook."""
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(forge.xlsx(rows))).encrypt(password, stream)
    return stream.getvalue()


def xls(rows: forge.Rows, password: str) -> bytes:
    """An encrypted BIFF8 workbook ([MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.6)."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("东山乡")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    key = _Key(password)
    proof = key.stream(0, 32)
    check = _VERIFIER + hashlib.md5(_VERIFIER).digest()
    told = struct.pack("<HHH", 1, 1, 1) + _SALT + _xor(check, proof)
    plain = _with_password(book.get_biff_data(), told)
    found = io.BytesIO()
    XlsDoc().save(found, key.encrypted(plain))
    return found.getvalue()


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    start = 0
    while start + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, start)
        yield start, kind, stream[start + 4 : start + 4 + size]
        start += 4 + size


def _with_password(stream: bytes, told: bytes) -> bytes:
    """The stream with the password record after its first one, and sheets where they now begin."""
    filler = bytes(-len(stream + told) % 4)  # the container fills up with records of four zeros
    extra = struct.pack("<HH", _FILEPASS, len(told)) + told
    extra += struct.pack("<HH", _UNKNOWN, len(filler)) + filler
    shift = len(extra)
    parts = []
    for start, kind, content in _records(stream):
        body = content
        if kind == _BOUNDSHEET:
            body = struct.pack("<I", struct.unpack_from("<I", content)[0] + shift) + content[4:]
        parts.append(struct.pack("<HH", kind, len(body)) + body)
        if start == 0:
            parts.append(extra)
    return b"".join(parts)


class _Key:
    def __init__(self, password: str) -> None:
        first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
        self._base = hashlib.md5((first + _SALT) * 16).digest()[:5]

    def stream(self, block: int, size: int) -> bytes:
        return _rc4(hashlib.md5(self._base + struct.pack("<I", block)).digest(), size)

    def encrypted(self, stream: bytes) -> bytes:
        blocks = -(-len(stream) // _BLOCK)
        mask = bytearray(b"".join(self.stream(number, _BLOCK) for number in range(blocks)))
        for start, kind, content in _records(stream):
            mask[start : start + 4] = bytes(4)
            if kind in _OPEN:
                mask[start + 4 : start + 4 + len(content)] = bytes(len(content))
            elif kind == _BOUNDSHEET:
                mask[start + 4 : start + 8] = bytes(4)
        return _xor(stream, bytes(mask[: len(stream)]))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _rc4(key: bytes, size: int) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    found = bytearray()
    for _ in range(size):
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        found.append(state[(state[i] + state[j]) % 256])
    return bytes(found)
