"""Units that headers name, and what one unit of money is in yuan."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_DIGITS: Final = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
"""Powers of ten that stand before 元 or for themselves."""
_SMALL: Final = {"角": -1, "分": -2}
NOT_YUAN: Final = (
    "美元|美金|港元|港币|港纸|欧元|(?<!每)日元|日圆|英镑|澳元|澳大利亚元|澳门元|澳门币|(?:新)?台币|韩元|韩币"
    "|(?<![追增])加元|加拿大元|加币|新加坡元|新币|泰铢|越南盾|卢布|瑞士法郎|法郎|外币"
    r"|\b(?:usd|hkd|eur|jpy|gbp)\b|[$€£]"
)
"""Other currencies; expression, no groups."""
_MEASURES: Final = "%|公斤|kg|吨|斤"
"""What no amount of money is in."""
YUAN: Final = "[十百千万亿]*元"
"""Yuan and its multiples; expression, no groups."""
UNIT: Final = (
    rf"{NOT_YUAN}|{YUAN}|(?<=[(\[【<《:/,])(?:[角分]|{_MEASURES})(?=[)\]】>》/,])"
    "|[百千]?万|亩|公顷|平方米|㎡|m2|月|个月|人|户|天|岁"
)
"""Every unit that the brackets in a header may name; expression, no groups."""


_NOT_YUAN: Final = re.compile(f"{NOT_YUAN}|{_MEASURES}")


@lru_cache(maxsize=1024)
def yuan_power(unit: str) -> int | None:
    """The power of ten that turns an amount in ``unit`` into yuan.

    Returns:
        0 for 元, for no unit and for what amounts are counted by (人, 月, 户 …); None for what
        cannot be turned into yuan, or names two units at once (元/万元).
    """
    if unit in _SMALL:
        return _SMALL[unit]
    prefix = unit.removesuffix("元")
    if prefix and set(prefix) <= set(_DIGITS):
        return sum(_DIGITS[digit] for digit in prefix)
    return None if (prefix and prefix != unit) or _NOT_YUAN.fullmatch(unit) else 0
