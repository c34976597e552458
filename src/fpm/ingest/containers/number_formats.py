"""Number formats under which a cell means something else than the number stored in it.

A clerk who types 1.2 into a cell of the format ``0.00"万元"`` sees 1.2万元, and one of ``0!.0000``
shows yuan as if they were ten thousands. The codes are those of ECMA-376 part 1, 18.8.31.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

SHARE: Final = "0%"
BUILT_IN: Final[Mapping[int, str]] = {9: SHARE, 10: "0.00%"}
"""Formats that workbooks use without defining them, of those in question; the currency of 5 to 8
and 41 to 44 is that of the country, here the yuan."""
_TOKEN: Final = re.compile(r'"([^"]*)"|[\\!](.)|[_*].|\[([^\]]*)\]|(.)', re.DOTALL)
_GENERAL: Final = re.compile("general|g/通用格式", re.IGNORECASE)
_DATE: Final = re.compile("[ymdhsage]", re.IGNORECASE)
_MEANS_MORE: Final = re.compile(
    "[$€£₩฿₽₹₫%]|[万千亿]|美|港|欧元|日元|日圆|英镑|usd|us|hk|eur|jpy|gbp", re.IGNORECASE
)
"""Beside the digits: other currencies, shares, and multiples."""
_SHRUNK: Final = re.compile(r"[0#?],+(?![0#?,])")
"""A comma behind the last digit shows thousands."""
_YEN: Final = re.compile("-0*411$")
_POINT: Final = "."
_NEGATED: Final = re.compile("[^0#?;]*[-−(（]")
"""A sign before the digits of the first section, which is that of positive numbers."""
_SHARE: Final = re.compile(r"[0#?.]+%")
_TENS: Final = re.compile(
    r"""[0#?,]*[0#?](?P<real>\.0+)?(?:(?:[\\!]\.|"\.")(?P<tens>0+)?)?(?P<thousands>,*)"""
    r"""["\\ _!]*(?P<unit>[百千]?万|亿|千(?=元))元?[" ]*"""
)
"""Digits of which a sign set behind some, or commas, show a part, with the unit of that part."""
_POWERS: Final = {"千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}


def changes_meaning(code: str) -> bool:
    """Whether what a format shows is not the number itself, in yuan where it is an amount."""
    literal, plain, whole = [], [], []
    for quoted, escaped, bracket, other in _TOKEN.findall(_GENERAL.sub("0", code)):
        literal.append(quoted or escaped)
        if bracket.startswith("$"):
            literal.append("$" if _YEN.search(bracket) else bracket[1:].partition("-")[0])
        plain.append(other)
        whole.append(quoted or escaped or other)
    signs, beside = "".join(plain), "".join(literal)
    if _DATE.search(signs):
        return False
    return bool(
        _MEANS_MORE.search(beside)
        or _MEANS_MORE.search(signs)
        or _SHRUNK.search(signs)
        or _POINT in literal
        or _NEGATED.match("".join(whole))
    )


def styles_in_question(formats: Mapping[int, str], used: Iterable[int]) -> dict[int, str]:
    """The styles whose numbers mean something else, with the codes of their formats.

    Args:
        formats: Number of a format → its code, as the workbook defines them.
        used: The number of the format of each style.
    """
    codes = {**BUILT_IN, **formats}
    doubtful = {number for number, code in codes.items() if changes_meaning(code)}
    return {style: codes[number] for style, number in enumerate(used) if number in doubtful}


def shown(number: str, code: str) -> str:
    """What stands in a cell of such a style: a share as it is seen, else what is no number.

    Where the format divides by just what its unit multiplies with (``0!.0,"万"`` shows 12,345 as
    1.2万), the number is one of yuan.

    Args:
        number: As a program writes floats.
        code: The format.
    """
    if _SHARE.fullmatch(code):
        return f"{(Decimal(number) * 100).normalize():f}%"
    positive, others, _ = code.partition(";")
    tens = None if others and Decimal(number) <= 0 else _TENS.fullmatch(positive)
    if tens and not (tens["tens"] and tens["real"]):
        divided = 3 * len(tens["thousands"]) + len(tens["tens"] or "")
        if divided == _POWERS[tens["unit"]]:
            return f"{number}元"
    return f"{number}（数字格式 {code}）"
