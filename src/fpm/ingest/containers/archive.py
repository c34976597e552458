"""A zip of delivered files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import Limits

_UTF8_NAME = 0x800
_SYSTEM_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def read_members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Unpack the members of a zip one by one.

    Yields:
        The member's file name (with its folders where two have the same name), and its bytes.

    Raises:
        UnreadableError: Too many or too large members, or a damaged one.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        members = [info for info in parts.infolist() if _is_delivery(info)]
        if not members:
            raise UnreadableError("压缩包里没有文件，请重新打包")
        if len(members) > limits.members:
            raise UnreadableError(f"压缩包里有 {len(members)} 个文件，超过上限，请分开发送")
        left = limits.inflated_bytes
        for info, name in zip(members, _member_names(members), strict=True):
            content = _inflate(parts, info, left, name)
            left -= len(content)
            yield name, content


def _is_delivery(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    return not info.is_dir() and not any(mark in name for mark in _SYSTEM_FILES)


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
    """The path as the sender saw it: without the UTF-8 flag Chinese Windows writes GBK."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/").strip("/")


def _inflate(parts: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, name: str) -> bytes:
    try:
        with parts.open(info) as stream:
            content = stream.read(left + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
        raise UnreadableError(f"压缩包中的“{name}”已损坏，请重新打包") from error
    if len(content) > left:
        raise UnreadableError("压缩包解开后超过上限，请分开发送")
    return content
