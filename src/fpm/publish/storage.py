"""Files that hold personal data: private, whole or absent, and named safely."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fpm.storage import disk_errors, sync_folder, write_whole

_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICE_NAMES: Final = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_LONGEST_NAME: Final = 60
"""Characters; 60 Chinese characters are 180 bytes in UTF-8, file systems allow 255."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file handed on: ``path`` below the period's folder, hash, and rows of its lists."""

    path: str
    sha256: str
    rows: int


def file_name(title: str | None, otherwise: str) -> str:
    """A file name, without suffix, that every system takes and that cannot leave its folder."""
    plain = _NOT_IN_NAMES.sub("_", title or "").strip(" .")[:_LONGEST_NAME]
    if not plain:
        return otherwise
    return f"_{plain}" if _DEVICE_NAMES.match(plain) else plain


def write_private(path: Path, data: bytes) -> str:
    """Write ``data`` to ``path`` for the owner alone: temporary name, sync, rename.

    Returns:
        The SHA-256 of the content, in hexadecimal.

    Raises:
        StorageError: the disk refused; ``path`` is as it was before.
    """
    with disk_errors(path.name):
        write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def sync_tree(folder: Path) -> None:
    """Make the renames in ``folder`` and below last.

    Raises:
        StorageError: the disk refused.
    """
    for place in (folder, *(item for item in sorted(folder.rglob("*")) if item.is_dir())):
        with disk_errors(place.name):
            sync_folder(place)
