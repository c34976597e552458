"""Find header rows: under titles, over two rows, with line breaks, spaces and bracketed units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import polars as pl

from fpm.ingest.values.unit import NOT_YUAN, YUAN
from fpm.rulebook.layout import LayoutSpec

HEAD_ROWS: Final = 60
"""Rows searched for the first header; real files have at most a dozen title rows."""

HEAD_COLUMNS: Final = 512
"""Columns searched for headers; the widest national export has about 180."""
_LONGEST: Final = 200
CUT: Final = "…"
"""Ends a header of which the format may have kept only the beginning."""
_CUT_KNOWN: Final = 5
"""Characters of a cut header without which it says too little."""

_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff*★☆※▲△●○◆]+")
_WIDE_SPACE = re.compile(r"(?<![!-~\s])\s+|\s+(?![!-~\s])")
_WORD_SPACE = re.compile(r"\s+")
_NUMBERING = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)]?|[一二三四五六七八九十]{1,2}、)(?=[^\d\s])")
"""A running number before a header: 1.姓名, （4）身份证号, ⑤低保类别."""
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|《[^《》]*》")
_OTHER_PERSON = re.compile(r"户主|监护人|家长|父|母|配偶|申请人|经办|代办|开户|联系人")
"""Words that make a header speak of somebody else: never dropped with their brackets."""
TAIL_UNIT = re.compile(rf"[/,_:]?(?:单位:)?((?:{NOT_YUAN})|{YUAN})$")
Cells = Sequence[str | None]


@lru_cache(maxsize=65_536)
def plain_header(text: str | None) -> str:
    """Header text with widths folded and spaces, line breaks, stars and end colons gone.

    Text too long for a header is none.
    """
    if not text or len(text) > _LONGEST:
        return ""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).strip(":.、_-").lower()


@lru_cache(maxsize=65_536)
def bare_header(text: str | None) -> str:
    """``plain_header`` without bracketed parts: 人均纯收入（元） → 人均纯收入."""
    plain = plain_header(text)
    while (shorter := BRACKETS.sub(_kept, plain)) != plain:
        plain = shorter
    return plain.strip(":.、_-")


def _kept(bracket: re.Match[str]) -> str:
    return bracket[0] if _OTHER_PERSON.search(bracket[0]) else ""


@lru_cache(maxsize=8192)
def _forms(text: str) -> frozenset[str]:
    """Every form in which a layout may know a header, as ``HeaderIndex.field`` looks for it."""
    plain, bare = plain_header(text), bare_header(text)
    forms = {plain, bare, TAIL_UNIT.sub("", bare)} - {""}
    rest = _NUMBERING.sub("", plain)
    return frozenset(forms | _forms(rest) if rest != plain else forms)


def row_forms(row: Cells) -> frozenset[str]:
    """A row that shares none of them with ``HeaderIndex.forms`` holds no header of the layout."""
    texts = [line for text in row if text and len(line := _one_line(text)) <= _LONGEST]
    cut = [CUT] if any(text.endswith(CUT) for text in texts) else []
    return frozenset(cut).union(*map(_forms, texts))


@dataclass(frozen=True)
class HeaderIndex:
    """The headers one layout knows, by plain form."""

    layout: LayoutSpec

    @cached_property
    def plain(self) -> Mapping[str, str]:
        """Plain header → field; a field's own title and name are headers too."""
        known: dict[str, str] = {}
        for name, spec in self.layout.fields.items():
            for text in (*spec.headers, spec.title):
                known.setdefault(plain_header(text), name)
        return known

    @cached_property
    def bare(self) -> Mapping[str, str]:
        """Header without brackets → field, for the headers as the layout writes them."""
        known: dict[str, str] = {}
        for text, name in self.plain.items():
            known.setdefault(bare_header(text), name)
        known.pop("", None)
        return known

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of all headers, and the sign of one that was cut off (see ``row_forms``)."""
        return frozenset({*self.plain, *self.bare, CUT})

    @cached_property
    def ignored(self) -> frozenset[str]:
        """Plain and bare forms of headers known and not read."""
        texts = self.layout.ignored
        return frozenset(form(text) for text in texts for form in (plain_header, bare_header))

    def is_ignored(self, text: str | None) -> bool:
        """Whether a header is known and deliberately not read."""
        return plain_header(text) in self.ignored or bare_header(text) in self.ignored

    def prefers(self, name: str, text: str, other: str) -> bool:
        """Whether a layout that lists several headers for one field lists ``text`` first."""
        spec = self.layout.fields[name]
        return not spec.multiple and self._rank(name, text) < self._rank(name, other)

    def _rank(self, name: str, text: str) -> int:
        for form in (plain_header, bare_header):
            known = [form(header) for header in self.layout.fields[name].headers]
            if form(text) in known:
                return known.index(form(text))
        return len(self.layout.fields[name].headers)

    def field(self, text: str | None) -> str | None:
        """The field a header cell names, or None."""
        return self._remembered(text) if text else None

    @cached_property
    def _remembered(self) -> Callable[[str], str | None]:
        """``_find`` for cells met before: tables below each other are searched again and again."""
        return lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> str | None:
        plain = plain_header(text)
        if not plain:
            return None
        bare = bare_header(text)
        return (
            self.plain.get(plain)
            or self.bare.get(bare)
            or self.bare.get(TAIL_UNIT.sub("", bare))
            or self._numbered(plain)
            or (self._cut(plain) if text.endswith(CUT) else None)
        )

    def _cut(self, plain: str) -> str | None:
        """The only field with a header that begins like one that was cut off."""
        if len(plain) < _CUT_KNOWN:
            return None
        names = {name for known, name in self.plain.items() if known.startswith(plain)}
        return names.pop() if len(names) == 1 else None

    def _numbered(self, plain: str) -> str | None:
        """The field of a header that begins with a running number."""
        rest = _NUMBERING.sub("", plain)
        return self.field(rest) if rest != plain else None


@dataclass(frozen=True, slots=True)
class Header:
    """A header found: ``first`` and ``last`` are zero-based rows, both part of the header."""

    first: int
    last: int
    texts: tuple[str, ...]
    fields: dict[int, str] = field(default_factory=dict)
    """Column index → field."""
    repeated: dict[int, str] = field(default_factory=dict)
    """Columns naming a field that an earlier column already gives."""

    @property
    def named(self) -> int:
        """Columns with a header text."""
        return sum(1 for text in self.texts if text)


def head_rows(cells: pl.DataFrame) -> Sequence[Cells]:
    """The rows and columns of a sheet in which headers are searched."""
    return cells[:, :HEAD_COLUMNS].head(HEAD_ROWS + 1).rows()


def find_header(
    rows: Sequence[Cells], index: HeaderIndex, forms: Sequence[frozenset[str]] = ()
) -> Header | None:
    """The row (or two rows) that name most fields of the layout; the earliest on a tie.

    One known header is not a table; two are.

    Args:
        rows: The first rows of a sheet.
        index: The headers of a layout.
        forms: ``row_forms`` of each row, for who asks for many layouts.
    """
    known = [not index.forms.isdisjoint(one) for one in forms or map(row_forms, rows)]
    best: Header | None = None
    for number in range(len(rows)):
        if not any(known[number : number + 2]):
            continue
        for header in _readings(rows, number, index):
            if len(header.fields) >= 2 and (best is None or len(header.fields) > len(best.fields)):
                best = header
    return best


def _readings(rows: Sequence[Cells], number: int, index: HeaderIndex) -> list[Header]:
    """The header of one, two or three lines that begins in a row, the longest first."""
    found = [_one_row(rows, number, index)]
    if number + 1 == len(rows):
        return found
    top, sub = rows[number], rows[number + 1]
    is_second = _may_be_second_line(top, sub, index)
    may_be_three = number + 2 < len(rows) and _may_be_groups(sub)
    if not is_second and not may_be_three:
        return found
    merged = _merged_texts(top, sub, index)
    if is_second:
        both = _header(number, number + 1, merged, index)
        # a title row above adds nothing to the header below it
        if _adds(both, [*found, _one_row(rows, number + 1, index)]):
            found.insert(0, both)
    if not may_be_three:
        return found
    low = rows[number + 2]
    if _may_be_second_line(merged, low, index):
        three = _header(number, number + 2, _merged_texts(merged, low, index), index)
        lower = _header(number + 1, number + 2, _merged_texts(sub, low, index), index)
        if _adds(three, [*found, lower, _one_row(rows, number + 2, index)]):
            found.insert(0, three)
    return found


def _one_row(rows: Sequence[Cells], number: int, index: HeaderIndex) -> Header:
    return _header(number, number, [_one_line(cell) for cell in rows[number]], index)


def _adds(header: Header, others: Sequence[Header]) -> bool:
    """Whether a reading knows more columns than each of those with fewer lines."""
    return all(len(header.fields) > len(other.fields) for other in others)


def _may_be_groups(line: Cells) -> bool:
    """A line of group names fills several cells and holds no long numbers."""
    texts = [text for text in line if text]
    return len(texts) > 1 and not any(re.search(r"\d{4}", text) for text in texts)


def _may_be_second_line(top: Cells, sub: Cells, index: HeaderIndex) -> bool:
    """A second header line fills columns under group cells and holds no long numbers."""
    texts = [text for text in sub if text]
    if not texts or any(re.search(r"\d{4}", text) for text in texts):
        return False
    known = sum(1 for text in texts if index.field(text))
    under_group = any(
        text and not cell and index.field(text) for cell, text in zip(top, sub, strict=False)
    )
    return known * 2 >= len(texts) and (under_group or known >= 2)


def _merged_texts(top: Cells, sub: Cells, index: HeaderIndex) -> list[str]:
    """Per column the text of both lines that a field knows: below, above + below, above."""
    group = ""
    texts: list[str] = []
    for above, below in zip(top, sub, strict=False):
        group = _one_line(above) or (group if below else "")
        options = _options(group, _one_line(below))
        texts.append(next((text for text in options if index.field(text)), options[0]))
    return texts


def _options(group: str, low: str) -> list[str]:
    """Readings of a column, best first; 姓名 under 户主信息 is the head's name, nobody else's."""
    if not low:
        return [group]
    other = _OTHER_PERSON.search(group)
    if other and not _OTHER_PERSON.search(low):
        return [group + low, other[0] + low]
    return [group + low, low]


def _one_line(text: str | None) -> str:
    """Without line breaks and the spaces of Chinese headers (姓 名), which Latin words keep."""
    return _WORD_SPACE.sub(" ", _WIDE_SPACE.sub("", (text or "").strip()))


def _header(first: int, last: int, texts: Sequence[str], index: HeaderIndex) -> Header:
    fields: dict[int, str] = {}
    repeated: dict[int, str] = {}
    chosen: dict[str, int] = {}
    for column, text in enumerate(texts):
        name = index.field(text)
        if name is None:
            continue
        before = chosen.get(name)
        if before is None or index.prefers(name, text, texts[before]):
            chosen[name] = column
        fields[column] = name
    for column, name in list(fields.items()):
        if chosen[name] != column:
            repeated[column] = fields.pop(column)
    return Header(first, last, tuple(texts), fields, repeated)
