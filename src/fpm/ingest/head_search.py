"""Find header rows: under titles, over two rows, with line breaks, spaces and bracketed units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fpm.ingest.blocks import name_blocks
from fpm.ingest.dated import dated_columns, with_group
from fpm.ingest.header import (
    OTHER_PERSON,
    Cells,
    Header,
    HeaderIndex,
    cell_forms,
    in_brackets,
)
from fpm.ingest.remembering import remembered
from fpm.ingest.stated import units_of_line

_WIDE_SPACE = re.compile(r"(?<![!-~\s])\s+|\s+(?![!-~\s])")
_WORD_SPACE = re.compile(r"\s+")
_NAMED = 2
"""So many known headers make a line of headers, whatever is below it."""
_OTHER_TIME = re.compile(
    "(?:上(?:一个|一|个)?(?:月|期|季|年|学期)[度末底份]?|去年|前年|往年|历史|原有?|旧|.{1,4}(?<![年月日])前)"
    "(?:情况|信息|数据|状况|内容|标准|金额|待遇)?"
)
"""A group whose columns are not those of now: 上月, 改造前."""
_SAYS_NOTHING = re.compile("(?:情况|信息|数据|状况|内容|指标)$")
"""The end of a group that a header of one line would not have: 风险消除后情况."""
_WORDY = re.compile(r"[^\W\d]")
_LONG_NUMBER = re.compile(r"\d{4}")
_ID = re.compile(r"\d{15,22}|\d{17}[Xx]")


@dataclass(frozen=True, slots=True)
class Line:
    """One of the first rows of a sheet, with what is the same whatever layout is asked."""

    cells: tuple[str, ...]
    """Each on one line, "" where blank."""
    forms: Mapping[str, int]
    """Form of a header that some layout knows → how many cells have it."""
    filled: int
    has_long_number: bool
    """As no lower line of headers has."""
    has_id: bool
    """As no line of headers has."""

    @property
    def may_be_groups(self) -> bool:
        """A line of group names fills several cells."""
        return self.filled > 1 and not self.has_long_number

    def known(self, index: HeaderIndex) -> int:
        """So many cells, or fewer, are headers of the layout."""
        known = index.forms.intersection(self.forms) if self.forms else ()
        return sum(self.forms[form] for form in known)


def head_lines(rows: Sequence[Cells], indexes: Sequence[HeaderIndex]) -> list[Line]:
    """The first rows of a sheet as ``find_header_in`` reads them for one of ``indexes``."""
    known = frozenset().union(*(index.forms for index in indexes))
    return [_line(row, known) for row in rows]


def _line(row: Cells, known: frozenset[str]) -> Line:
    cells = tuple(map(_one_line, row))
    return Line(
        cells=cells,
        forms=Counter(form for cell in cells for form in cell_forms(cell) & known),
        filled=sum(1 for text in row if text),
        has_long_number=any(map(_LONG_NUMBER.search, filter(None, row))),
        has_id=any(map(_ID.fullmatch, cells)),
    )


def find_header(rows: Sequence[Cells], index: HeaderIndex) -> Header | None:
    """``find_header_in`` the first rows of a sheet."""
    return find_header_in(head_lines(rows, [index]), index)


def find_header_in(lines: Sequence[Line], index: HeaderIndex) -> Header | None:
    """The row (or two, or three) that name most fields of the layout; the earliest on a tie.

    One known header is not a table; two are. Below the first people no more is searched.

    Args:
        lines: The first rows of a sheet.
        index: The headers of a layout.
    """
    search = _Search(lines, index, [line.known(index) for line in lines])
    best: Header | None = None
    least = 2
    for number, line in enumerate(lines):
        if best and line.has_id:
            break  # people: the table has begun, and a header below is another's
        for header in search.readings(number, least):
            if len(header.fields) >= least:
                best, least = header, len(header.fields) + 1
    return _with_units(best, lines, index) if best else None


def _with_units(header: Header, lines: Sequence[Line], index: HeaderIndex) -> Header:
    """The header with the units of a line right below it, as if they stood in brackets."""
    below = header.last + 1
    units = units_of_line(lines[below].cells) if below < len(lines) else None
    if units is None:
        return header
    texts = [
        f"{text}({unit})" if text and unit else text
        for text, unit in zip(header.texts, units, strict=False)
    ]
    return _header(header.first, below, texts, index)


@dataclass(frozen=True, slots=True)
class _Search:
    """The lines of a sheet and one layout; ``known`` has ``Line.known`` of each line."""

    lines: Sequence[Line]
    index: HeaderIndex
    known: Sequence[int]

    def readings(self, number: int, least: int) -> list[Header]:
        """The header of one, two or three lines that begins in a line, the longest first.

        A line that can only stand alone and names fewer than ``least`` fields is passed over.
        """
        if self.lines[number].has_id or not any(self.known[number : number + 2]):
            return []
        top = self.lines[number].cells
        if self._parts(top, number + 1):
            sub = self.lines[number + 1].cells
            return [_header(number, number + 1, _merged_texts(top, sub, self.index), self.index)]
        is_second = self._continues(top, number + 1)
        # one cell above two lines is a title
        may_be_three = (
            self._may_continue(number + 2)
            and self.lines[number].filled > 1
            and self.lines[number + 1].may_be_groups
        )
        if not is_second and not may_be_three:
            return [self._one(number)] if self.known[number] >= least else []
        found = [self._one(number)]
        sub = self.lines[number + 1].cells
        merged = _merged_texts(top, sub, self.index)
        if is_second:
            both = _header(number, number + 1, merged, self.index)
            # a title row above adds nothing to the header below it
            if _adds(both, [*found, self._one(number + 1)]):
                found.insert(0, both)
        if may_be_three and self._continues(merged, number + 2):
            low = self.lines[number + 2].cells
            texts = _merged_texts(merged, low, self.index)
            three = _header(number, number + 2, texts, self.index)
            lower = _header(number + 1, number + 2, _merged_texts(sub, low, self.index), self.index)
            if _adds(three, [*found, lower, self._one(number + 2)]):
                found.insert(0, three)
        return found

    def _one(self, number: int) -> Header:
        return _header(number, number, self.lines[number].cells, self.index)

    def _may_continue(self, number: int) -> bool:
        """Whether a line may be a lower one of a header, whatever stands above it."""
        if number >= len(self.lines):
            return False
        line = self.lines[number]
        return 0 < line.filled <= 2 * self.known[number] and not line.has_long_number

    def _parts(self, above: Sequence[str], number: int) -> bool:
        """Whether a line only names the parts of a column: 9月 and 10月 below 保障金, known or not.

        Read without it, the first part would pass for the whole.
        """
        if number >= len(self.lines) or self.lines[number].has_long_number:
            return False
        low = self.lines[number].cells
        if sum(map(bool, low)) <= 1 or not all(map(_WORDY.search, filter(None, low))):
            return False
        starts = [column for column, cell in enumerate(above) if cell]
        inside = [
            (start, end) for start, end in pairwise([*starts, len(above)]) if any(low[start:end])
        ]
        whole = all(end - start > 1 and all(low[start : start + 2]) for start, end in inside)
        beside = set(starts) - {start for start, _ in inside}
        named = sum(1 for column in beside if self.index.field(above[column]))
        return whole and named >= _NAMED and any(self.index.field(above[at]) for at, _ in inside)

    def _continues(self, above: Sequence[str], number: int) -> bool:
        """A lower header line fills columns under group cells and holds no long numbers."""
        if not self._may_continue(number):
            return False
        line = self.lines[number]
        known = [text for text in line.cells if text and self.index.field(text)]
        below_blank = [
            text for cell, text in zip(above, line.cells, strict=False) if text and not cell
        ]
        # of a group's columns one may be known and the other not (类别 and 其他 below 保障情况)
        named = sum(1 for cell in above if cell and self.index.field(cell)) >= _NAMED
        under_group = named or any(map(self.index.field, below_blank))
        grouped = bool(below_blank) and under_group
        return len(known) * 2 >= line.filled and (grouped or len(known) >= 2)


def _adds(header: Header, others: Sequence[Header]) -> bool:
    """Whether a reading knows more columns than each of those with fewer lines."""
    return all(len(header.fields) > len(other.fields) for other in others)


def _merged_texts(top: Sequence[str], sub: Sequence[str], index: HeaderIndex) -> list[str]:
    """Per column the text of both lines that a field knows: below, above + below, above."""
    group = ""
    groups: list[str] = []
    texts: list[str] = []
    for above, below in zip(top, sub, strict=False):
        group = above or (group if below else "")
        groups.append(group)
        options = _options(group, below)
        texts.append(next((text for text in options if index.field(text)), options[0]))
    alone = [
        group if text == low else "" for group, low, text in zip(groups, sub, texts, strict=False)
    ]
    strangers = _strangers([index.person_field(text) for text in texts], alone)
    return [
        group + low
        if group in strangers
        else with_group(group, text, index)
        if text == low
        else text
        for group, low, text in zip(groups, sub, texts, strict=False)
    ]


def _strangers(people: Sequence[str | None], said: Sequence[str]) -> set[str]:
    """Groups and brackets that speak of somebody else: 网格员 over 姓名 and 电话, 姓名（儿子）.

    The layout does not know them, and another column gives the name or number.

    Args:
        people: Per column the field of a name or number.
        said: Per column the group or bracket that the layout does not know, ``""`` without one.
    """
    given = {name for name, word in zip(people, said, strict=True) if not word}
    return {
        word for name, word in zip(people, said, strict=True) if word and name and name in given
    }


def _options(group: str, low: str) -> list[str]:
    """Readings of a column, best first.

    姓名 under 户主信息 is the head's name, nobody else's; 房屋等级 under 改造前 is not that of now.
    """
    if not low:
        return [group]
    other = OTHER_PERSON.search(group)
    if other and not OTHER_PERSON.search(low):
        return [group + low, other[0] + low]
    if _OTHER_TIME.fullmatch(group):
        return [group + low]
    return [group + low, _SAYS_NOTHING.sub("", group) + low, low]


@remembered(8192)
def _one_line(text: str) -> str:
    """Without line breaks and the spaces of Chinese headers (姓 名), which Latin words keep."""
    return _WORD_SPACE.sub(" ", _WIDE_SPACE.sub("", text.strip()))


def _header(first: int, last: int, texts: Sequence[str], index: HeaderIndex) -> Header:
    fields: dict[int, str] = {}
    repeated: dict[int, str] = {}
    chosen: dict[str, int] = {}
    texts = name_blocks(texts, index)
    inside = [in_brackets(text) for text in texts]
    people = [index.person_field(text) for text in texts]
    strangers = _strangers(people, inside)
    for column, text in enumerate(texts):
        name = index.field(text)
        if name is None or inside[column] in strangers:
            continue
        before = chosen.get(name)
        if before is None or index.prefers(name, text, texts[before]):
            chosen[name] = column
        fields[column] = name
    for column, name in list(fields.items()):
        if chosen[name] != column:
            repeated[column] = fields.pop(column)
    fields |= dated_columns(texts, {*fields.values()}, index)
    return Header(first, last, tuple(texts), fields, repeated)
