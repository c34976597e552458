"""Names of delivered files as they can be shown, written and compared."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_PICTURES: Final = 0x2400
"""Where Unicode has a picture for each of the first 32 control characters."""


def delivered_name(name: str) -> str:
    """A file's name without what would break a line, a terminal or a table.

    A name in GB18030, as zip programs leave it on systems that name files in UTF-8, is read as
    that. Line breaks, escapes and signs that turn the direction of writing are made visible, so
    that names that differ still do.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape")
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "backslashreplace")
    return _UNSEEN.sub(_shown, name)


def _shown(sign: re.Match[str]) -> str:
    code = ord(sign[0])
    return chr(_PICTURES + code) if code < 0x20 else f"‹{code:04X}›"
