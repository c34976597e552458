"""Text that went through the wrong encoding, or lost characters, before it was delivered.

Three bytes of UTF-8 make a Chinese character; read as GBK two of them make three characters, of
which the first and second bytes come from narrow ranges. GBK or UTF-8 read as Latin-1 gives
letters with accents and nothing else. Nobody is called any of that, and what it was is a guess.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from fpm.ingest.containers.text import LOST

_KNOWN: Final = "锟斤拷|烫烫烫|屯屯屯"
"""U+FFFD in UTF-8 read as GBK, and fresh memory of a C program read as GBK."""
_LEAD, _NEXT = range(0xE4, 0xEA), range(0x80, 0xC0)
"""First byte, and each further byte, of a Chinese character in UTF-8."""
_HIGH: Final = "[\u0080-\u00bf €‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
"""The next bytes read as Latin-1 or Windows-1252; white space may have been folded."""
_FROM_LATIN: Final = f"^(?:[°-÷][¡-þ])+$|^(?:[ä-é]{_HIGH}{{2}})+$"
"""Characters of GB 2312, or of UTF-8, read as Latin-1."""
_ACCENTED: Final = "[À-ÖØ-öø-þ]"
"""Distinguishes them from signs such as ×× and °."""

_UTF7: Final = r"^(?:\+[T-Za-n][A-Za-z0-9+/]{2,}-?)+$"
"""Chinese characters in UTF-7, which is nothing but ASCII: +XyBOCQ for 张三."""


def is_garbled(text: pl.Expr) -> pl.Expr:
    """Whether a cell holds a lost character, or nothing but characters of a wrong encoding."""
    accented = text.str.contains(_FROM_LATIN) & text.str.contains(_ACCENTED)
    return is_garbled_chinese(text) | accented | text.str.contains(_UTF7)


def is_garbled_chinese(text: pl.Expr) -> pl.Expr:
    """``is_garbled`` for a cell that holds nothing but Chinese characters."""
    return text.str.contains(_pattern())


@cache
def _pattern() -> str:
    first, second, third = (
        f"[{_read_as_gbk(lead, trail)}]"
        for lead, trail in ((_LEAD, _NEXT), (_NEXT, _LEAD), (_NEXT, _NEXT))
    )
    from_utf8 = f"^(?:{first}{second}{third})+(?:{first}.?)?$|^{first}[?？]$"
    return f"{LOST}|{_KNOWN}|{from_utf8}"


def _read_as_gbk(leads: range, trails: range) -> str:
    """The characters that GBK makes of two such bytes."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails if lead > 0x80)
    return "".join(text for pair in pairs if len(text := pair.decode("gbk", "ignore")) == 1)
