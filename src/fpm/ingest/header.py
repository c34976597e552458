"""The headers a layout knows, in every form in which a cell may write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import polars as pl

from fpm.ingest.remembering import LONGEST, remembered
from fpm.ingest.traditional import SIMPLIFIED
from fpm.ingest.values.measure import WORDS
from fpm.ingest.values.unit import NOT_YUAN, YUAN
from fpm.rulebook.layout import LayoutField, LayoutSpec

HEAD_ROWS: Final = 60
"""Rows searched for the first header; real files have at most a dozen title rows."""
_FURTHER_ROWS: Final = 1_000
_FURTHER_CELLS: Final = 20_000
"""Rows, and cells in them, searched where the first rows hold none."""

HEAD_COLUMNS: Final = 512
"""Columns searched for headers; the widest national export has about 180."""
CUT: Final = "…"
"""Ends a header of which the format may have kept only the beginning."""
_CUT_KNOWN: Final = {"money": 5, "number": 5}
"""Characters of a cut header without which it says too little: 月保障 may be money or people."""
_CUT_LEAST: Final = 3
"""Characters that the format keeps in UTF-8."""

_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff*★☆※▲△▼▽●○◆↑↓]+")
_NUMBERING = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)]?|[一二三四五六七八九十]{1,2}、)(?=[^\d\s])")
"""A running number before a header: 1.姓名, （4）身份证号, ⑤低保类别."""
BRACKETS = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|〈[^〈〉]*〉|《[^《》]*》"
)
OTHER_PERSON = re.compile(
    "户主|监护人|家长|父|母|配偶|申请人|经办|代办|代理人|代领|开户|联系人|干部|负责人|责任人|帮扶人"
    "|邻居|村医|网格员|包保|子女|紧急|主任|书记|医生|老师|担保"
)
"""Words that make a header speak of somebody else: never dropped with their brackets."""
OTHER_TIME = re.compile(
    "^(?:上(?:一个|一|个|半)?(?:月|期|季|年|学期)|去年|前年|往年|历史|原$|原有|旧|拟|预计|计划|下月|明年)"
    r"|(?<![年月日号天岁目当])前$|农历|阴历|曾用|别名|估计|[前后]\d位"
)
"""Brackets that make a header speak of another time, calendar or part: never dropped either."""
_SAME_AMOUNT: Final = re.compile(
    "单位|金额|人民币|必填|选填|填写|数字|小写|保留|小数|精确|合计|总计|平方米?|公[斤里顷]|小时|分钟|[每本当]次"
    "|[^\u4e00-\u9fff]|[十百千万亿元角分年月日天季度期每人户口个本当今一二两三位整到列亩吨升米岁]"
)
"""What may stand in brackets behind an amount or a number that stays the same. Anything else makes
another one of it: 个人自付（含自费）, 救助金额（笔数）, 家庭月收入（人均）."""
_UNIT_WORD: Final = "|".join((NOT_YUAN, YUAN, *map(re.escape, WORDS)))
_UNIT_ALONE: Final = re.compile(rf"(?:单位:)?(?:{_UNIT_WORD})")
_TRANSLATION: Final = re.compile(r"(?<=[\u4e00-\u9fff)])[/|-]?[a-z][a-z.'/_-]+$")
"""The header over again in English, behind it: 身份证号 ID No."""
_CHOICES: Final = re.compile(r"\([^()]*[、/;,][^()]*\)$")
"""What may be filled in, at the end: 与户主关系（户主、配偶、子女）."""
TAIL_UNIT = re.compile(rf"[-·/,_:]?(?:单位:)?((?:{NOT_YUAN})|{YUAN})$")
_PEOPLE: Final = frozenset({"person_name", "id_number"})
_CHOSEN: Final = frozenset({"category", "yes_no", "text"})
_TRANSLATED: Final = _CHOSEN | _PEOPLE | {"date", "month", "phone", "place", "code"}
"""Types of columns in which a few letters do not make another amount of it."""
_SHORTER: Final = (_NUMBERING, _TRANSLATION, _CHOICES)
Cells = Sequence[str | None]


@remembered(65_536)
def plain_header(text: str) -> str:
    """Simplified header text, widths folded, without spaces, line breaks, stars and end colons.

    Text too long for a header is none.
    """
    if not text or len(text) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).translate(SIMPLIFIED)
    return _NOISE.sub("", plain).strip(":.、_-").lower()


@remembered(65_536)
def bare_header(text: str) -> str:
    """``plain_header`` without bracketed parts: 人均纯收入（元） → 人均纯收入."""
    plain = plain_header(text)
    while (shorter := BRACKETS.sub(_kept, plain)) != plain:
        plain = shorter
    return plain.strip(":.、_-")


def _kept(bracket: re.Match[str]) -> str:
    inside = bracket[0][1:-1]
    return bracket[0] if OTHER_PERSON.search(inside) or OTHER_TIME.search(inside) else ""


@remembered(65_536)
def in_brackets(text: str) -> str:
    """What stands in the first brackets of a header, ``""`` without any."""
    bracket = BRACKETS.search(plain_header(text))
    return bracket[0][1:-1] if bracket else ""


def _qualified(plain: str) -> str:
    """监护人身份证号 for 身份证号(监护人); what has no brackets stays as it is."""
    bracket = BRACKETS.search(plain)
    return bracket[0][1:-1] + bare_header(plain.replace(bracket[0], "", 1)) if bracket else plain


@remembered(8192)
def _forms(text: str) -> frozenset[str]:
    """Every form in which a layout may know a header, as ``HeaderIndex.field`` looks for it."""
    plain, bare = plain_header(text), bare_header(text)
    forms = {plain, bare, TAIL_UNIT.sub("", bare), _qualified(plain)} - {""}
    for shorter in _SHORTER:
        rest = shorter.sub("", plain)
        forms |= _forms(rest) if rest != plain else set()
    return frozenset(forms)


@remembered(8192)
def cell_forms(text: str) -> frozenset[str]:
    """``_forms`` of a cell on one line; a text too long for a header has none."""
    if not text or len(text) > LONGEST:
        return frozenset()
    return _forms(text) | {CUT} if text.endswith(CUT) else _forms(text)


def spellings(field: LayoutField) -> frozenset[str]:
    """The headers of a field as the layout writes them; its own title is one."""
    return frozenset({*field.headers, field.title})


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
        """A cell that has none of these forms is no header (``CUT``: one that was cut off)."""
        return frozenset({*self.plain, *self.bare, CUT})

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The headers of all fields as the layout writes them."""
        return frozenset().union(*map(spellings, self.layout.fields.values()))

    @cached_property
    def spellings_of_people(self) -> frozenset[str]:
        """Those of the fields that name a person."""
        fields = self.layout.fields.values()
        return frozenset().union(*(spellings(one) for one in fields if one.type in _PEOPLE))

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
        if spec.type in _PEOPLE and text != other:
            # 身份证号 beside 成员身份证号 is that of somebody else
            longer, shorter = plain_header(text), plain_header(other)
            if longer.endswith(shorter) or shorter.endswith(longer):
                return len(longer) > len(shorter)
        return not spec.multiple and self._rank(name, text) < self._rank(name, other)

    def leaves_open(self, name: str, text: str, other: str) -> bool:
        """Whether the layout does not say which of two headers of a field holds."""
        return self._rank(name, text) == self._rank(name, other)

    def _rank(self, name: str, text: str) -> tuple[bool, int]:
        """Headers without more than a unit in brackets first, then as the layout lists them."""
        headers = self.layout.fields[name].headers
        brackets = BRACKETS.findall(plain_header(text))
        says_more = any(not _UNIT_ALONE.fullmatch(bracket[1:-1]) for bracket in brackets)
        for form in (plain_header, bare_header):
            known = [form(header) for header in headers]
            if form(text) in known:
                return says_more and form is bare_header, known.index(form(text))
        return says_more, len(headers)

    def field(self, text: str | None) -> str | None:
        """The field a header cell names, or None."""
        return self._remembered(text) if text and len(text) <= LONGEST else None

    @cached_property
    def _remembered(self) -> Callable[[str], str | None]:
        """``_find`` for cells met before: tables below each other are searched again and again."""
        return lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> str | None:
        plain = plain_header(text)
        if not plain or self.forms.isdisjoint(cell_forms(text)):
            return None
        return (
            self.plain.get(plain)
            or self.plain.get(_qualified(plain))
            or self._without_brackets(plain)
            or self._numbered(plain)
            or self._explained(plain)
            or (self._cut(plain) if text.endswith(CUT) else None)
        )

    def _without_brackets(self, plain: str) -> str | None:
        """The field of a header whose brackets and unit at the end say nothing else."""
        bare = bare_header(plain)
        name = self.bare.get(bare) or self.bare.get(TAIL_UNIT.sub("", bare))
        spec = self.layout.fields[name] if name else None
        if spec and spec.type in {"money", "number"}:
            known = {spec.unit, "数"} - {""} if spec.type == "number" else set()
            said = _SAME_AMOUNT.sub("", "".join(BRACKETS.findall(plain)))
            return None if said.strip("".join(known)) else name
        return name

    def person_field(self, text: str) -> str | None:
        """The field a header cell names if that is somebody's name or number."""
        name = self.field(text)
        return name if name and self.layout.fields[name].type in _PEOPLE else None

    def _cut(self, plain: str) -> str | None:
        """The only field with a header that begins like one that was cut off."""
        if any(known.startswith(plain) for known in self.ignored):
            return None
        names = {name for known, name in self.plain.items() if known.startswith(plain)}
        if len(names) != 1:
            return None
        name = names.pop()
        least = _CUT_KNOWN.get(self.layout.fields[name].type, _CUT_LEAST)
        return name if len(plain) >= least else None

    def _explained(self, plain: str) -> str | None:
        """The field of words behind which stand a translation or the choices."""
        for explanation, types in ((_TRANSLATION, _TRANSLATED), (_CHOICES, _CHOSEN)):
            rest = explanation.sub("", plain)
            name = self.field(rest) if rest != plain else None
            if name and self.layout.fields[name].type in types:
                return name
        return None

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


def further_rows(cells: pl.DataFrame) -> Sequence[Cells]:
    """Those in which headers are searched where ``head_rows`` have none: below pages of text."""
    rows = min(_FURTHER_ROWS, _FURTHER_CELLS // max(cells.width, 1))
    return cells[:, :HEAD_COLUMNS].head(rows).rows() if rows > HEAD_ROWS else ()
