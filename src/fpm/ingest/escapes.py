"""Characters of workbook texts written by their number: ``_x6DD1_`` is 淑 (ECMA-376, ST_Xstring).

The parser knows those below 256, and leaves the others as they are written.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = re.compile(rb"(?:_x(?!00)[0-9A-Fa-f]{4}_)+")
_BEGIN: Final = b"_x"
_EACH: Final = 7
"""Characters of one."""


def unescaped(text: bytes) -> bytes:
    """UTF-8 text with the characters themselves."""
    return _ESCAPES.sub(_characters, text) if _BEGIN in text else text


def _characters(found: re.Match[bytes]) -> bytes:
    """Two in a row may be the halves of one character; half of one is none."""
    written = found[0]
    units = (int(written[at + 2 : at + 6], 16) for at in range(0, len(written), _EACH))
    try:
        return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le").encode()
    except UnicodeDecodeError:
        return written
