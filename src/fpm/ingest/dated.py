"""Headers that say of which year or month their column is: 2025年参保情况, 应发金额(9月)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from fpm.ingest.header import BRACKETS, HeaderIndex, in_brackets, plain_header, spellings
from fpm.ingest.stated import header_unit
from fpm.rulebook.layout import LayoutField

_OF_THEIR_TIME: Final = frozenset({"money", "number", "yes_no", "category", "text"})
"""Types whose values are those of the time that the header states. Dates say their own, and who
somebody is and where they live is no matter of time."""
_PERIOD: Final = re.compile(r"\(?(?:\d{2,4}年)?(?:\d{1,2}月份?|[一二三四1-4]季)?度?\)?")
"""A group whose columns are those of a year, month or quarter: 2025年度, 9月."""
_IN_BRACKETS: Final = re.compile(
    r"[\d〇零一二三四五六七八九]年|\d月|[一二三四1-4]季|20\d{2}[./-]?(?:0?[1-9]|1[0-2])?\W"
)
_IN_FRONT: Final = re.compile(
    r"(?=\d)(?:(?:20)?\d{2}年度?)?(?:\d{1,2}(?:[-~至到]\d{1,2})?月份?)?(?<=[年度月份])"
)


def names_time(text: str | None) -> bool:
    """Whether a header says of which year or month its column is."""
    plain = plain_header(text)
    return bool(_IN_FRONT.match(plain)) or any(map(_IN_BRACKETS.search, BRACKETS.findall(plain)))


def is_dated(text: str, spec: LayoutField) -> bool:
    """Whether the values below a header are of a time that it names, and its layout does not."""
    if spec.type not in _OF_THEIR_TIME or spec.unit == "年":  # a year tells its own time
        return False
    as_it_is = {plain_header(known) for known in spellings(spec)}
    return plain_header(text) not in as_it_is and names_time(text)


def with_group(group: str, text: str, index: HeaderIndex) -> str:
    """补助资金(万元) for 补助资金 below 资金（万元）, 自付金额(2025年) for one below 2025年度.

    Args:
        group: The cell above.
        text: The header below, known without it.
        index: The headers of the layout.
    """
    if text and group and _PERIOD.fullmatch(group):
        return f"{text}({group.strip('()').removesuffix('度')})"
    name = index.field(text)
    if (
        name
        and index.layout.fields[name].type in _OF_THEIR_TIME
        and (time := _time_in_front(group))
    ):
        text = f"{text}({time})"
    unit = header_unit(group)
    if not unit or not text or header_unit(text):
        return text
    return f"{text}({in_brackets(group) or unit})"


def _time_in_front(group: str) -> str:
    """2025年 of 2025年度收入情况, ``""`` without any."""
    found = _IN_FRONT.match(plain_header(group))
    return found[0].replace("年度", "年") if found else ""


def dated_columns(
    texts: Sequence[str], given: Collection[str], index: HeaderIndex
) -> Mapping[int, str]:
    """Columns of which the header is known without the time in front of it, with their fields.

    Only where no other column gives the field: of the incomes of ten years none is that of now.

    Args:
        texts: The headers.
        given: Fields that columns give already.
        index: The headers of the layout.
    """
    found: dict[int, str] = {}
    for column, text in enumerate(texts):
        plain = plain_header(text)
        time = _IN_FRONT.match(plain)
        name = index.field(plain[time.end() :]) if time else None
        if name and not index.field(text) and index.layout.fields[name].type in _OF_THEIR_TIME:
            found[column] = name
    times = Counter(found.values())
    return {
        column: name for column, name in found.items() if name not in given and times[name] == 1
    }
