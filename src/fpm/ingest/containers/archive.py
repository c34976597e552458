"""A zip of delivered files."""

from __future__ import annotations

import io
import lzma
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from fpm.ingest.containers.package import ZIP_DAMAGE, Book, zip_of
from fpm.ingest.containers.parts import refuse_bombs
from fpm.ingest.containers.protected import HOW_TO_OPEN
from fpm.ingest.containers.sniff import UnreadableError, sniff
from fpm.ingest.limits import MIB, Limits
from fpm.ingest.names import delivered_name

_ENCRYPTED: Final = 0x1
_UTF8_NAME: Final = 0x800
_SYSTEM_FILES: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_OWNER: Final = "~$"
"""A file that Excel and WPS keep beside an open workbook: who has it open."""
_MOST_LOCKED: Final = 16 * MIB
"""Packed size of a member that is decrypted here, at about 2 MiB a second."""
_DEPTH: Final = 3
"""Zips inside zips, the outer one included."""


@dataclass(slots=True)
class _Left:
    """What the members of an archive and of those inside it may still use together."""

    inflated: int
    members: int


def read_members(
    data: bytes, limits: Limits, passwords: Sequence[str] = (), path: Path | None = None
) -> Iterator[tuple[str, bytes]]:
    """Unpack the members of a zip one by one, those of zips inside it too.

    Args:
        data: The zip.
        limits: Bytes and members allowed, inner zips included.
        passwords: Tried in turn on members that open with one.
        path: Where the zip lies: it need not be held.

    Yields:
        The member's file name (with its folders where two have the same name, behind the name of
        an inner zip), and its bytes.

    Raises:
        UnreadableError: Too many, too large or too deeply packed members, or a damaged one.
    """
    refuse_bombs(data, limits)
    left = _Left(limits.inflated_bytes, limits.members)
    members = _unpack(path or data, limits, passwords, (left, _DEPTH))
    del data  # the members take memory enough
    yield from members


def _unpack(
    book: Book, limits: Limits, passwords: Sequence[str], allowed: tuple[_Left, int]
) -> Iterator[tuple[str, bytes]]:
    left, depth = allowed
    with zip_of(book) as parts:
        members = [info for info in parts.infolist() if _is_delivery(info)]
        if not members:
            raise UnreadableError("压缩包里没有文件，请重新打包")
        if len(members) > left.members:
            raise UnreadableError(f"压缩包里有 {len(members)} 个文件，超过上限，请分开发送")
        left.members -= len(members)
        for info, name in zip(members, _member_names(members), strict=True):
            if info.file_size > limits.whole_bytes:
                most = f"{limits.whole_bytes // MIB} MB"
                raise UnreadableError(f"压缩包中的“{name}”解开后大于 {most}，请解压后单独发送")
            given = [_inflate(parts, info, (left.inflated, passwords), name)]
            left.inflated -= len(given[0])
            if not _is_archive(given[0]):
                yield name, given.pop()  # not to be held while the next is unpacked
            elif depth == 1:
                raise UnreadableError("压缩包套了太多层压缩包，请解开后再发")
            else:
                refuse_bombs(given[0], limits)
                inner = _unpack(given.pop(), limits, passwords, (left, depth - 1))
                yield from ((f"{name}/{within}", deep) for within, deep in inner)


def _is_archive(data: bytes) -> bool:
    try:
        return sniff(data) == "archive"
    except UnreadableError:  # whoever reads it says why
        return False


def _is_delivery(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    own_name = name.replace("\\", "/").rpartition("/")[2]
    is_system = own_name.startswith(_OWNER) or any(mark in name for mark in _SYSTEM_FILES)
    return not name.endswith("/") and not is_system


def _member_names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """File names without folders where these differ, else whole paths: rows are known by them."""
    paths = [_member_path(info) for info in members]
    names = [path.rsplit("/", 1)[-1] for path in paths]
    if len(set(names)) == len(names):
        return names
    if len(set(paths)) < len(paths):
        raise UnreadableError("压缩包里有同名的文件，请改名后重新打包")
    return paths


def _member_path(info: zipfile.ZipInfo) -> str:
    """The path as the sender saw it.

    Without the UTF-8 flag Chinese Windows writes GBK, while macOS and Info-ZIP write UTF-8 all
    the same. Most of that could be read as GBK too, but hardly any name in GBK as UTF-8.
    """
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        for encoding in ("utf-8", "gb18030"):
            try:
                name = info.filename.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return delivered_name(name.replace("\\", "/").strip("/"))


def _content(stream: IO[bytes], most: int) -> bytes:
    """What a stream holds; no more than a block beyond ``most`` bytes.

    To read it at once would take the memory twice.
    """
    content = io.BytesIO()
    while content.tell() <= most and (block := stream.read(MIB)):
        content.write(block)
    return content.getvalue()


def _inflate(
    parts: zipfile.ZipFile, info: zipfile.ZipInfo, given: tuple[int, Sequence[str]], name: str
) -> bytes:
    left, passwords = given
    locked = bool(info.flag_bits & _ENCRYPTED)
    if locked and not passwords:
        raise UnreadableError(f"压缩包中的“{name}”设有打开密码，{HOW_TO_OPEN}")
    if locked and info.compress_size > _MOST_LOCKED:
        raise UnreadableError(f"压缩包中的“{name}”设有打开密码而且太大，请解压后发表格")
    content: bytes | None = None
    for password in passwords if locked else ("",):
        try:
            with parts.open(info, pwd=password.encode("gb18030") or None) as stream:
                content = _content(stream, left)
            break
        except RuntimeError as error:  # NotImplementedError is one too
            if isinstance(error, NotImplementedError):
                how = "加密" if locked else "压缩"
                told = f"压缩包中的“{name}”的{how}方式不能识别，请解压后发表格"
                raise UnreadableError(told) from error
        except (*ZIP_DAMAGE, lzma.LZMAError) as error:
            if not locked:  # one wrong password in 256 is only noticed by the content
                raise UnreadableError(f"压缩包中的“{name}”已损坏，请重新打包") from error
    if content is None:
        raise UnreadableError(f"压缩包中的“{name}”设有打开密码，给出的密码都不对，请核对后再运行")
    if len(content) > left:
        raise UnreadableError("压缩包解开后超过上限，请分开发送")
    return content
