"""Which layout a sheet follows, by its headers and by the names of file and sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from fpm.errors import FileRefusedError
from fpm.ingest.head_search import find_header_in, head_lines
from fpm.ingest.header import HEAD_ROWS, Cells, Header, HeaderIndex, bare_header
from fpm.ingest.reading import LayoutScore
from fpm.ingest.unknown import unknown_headers
from fpm.ingest.whole_rows import names_somebody, role_of
from fpm.rulebook.layout import LayoutSpec

ENOUGH = 0.45
"""Below this a sheet follows no known layout."""
CLEAR_LEAD = 0.03
"""A best layout that leads by less is a guess, and fpm does not guess."""
_CONTRADICTS = 2
"""So many telling columns of another layout, or one and so many columns more, outweigh a name."""
_LONG_ENOUGH = 4
"""Characters of a header below which one slip makes another word of it."""
_WHO_AND_WHERE = frozenset({"id_number", "person_name", "place", "phone"})
"""Columns that every list has: they tell no layout from another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One layout with the header that fits it best and the score."""

    index: HeaderIndex
    header: Header
    score: float
    named: bool = False
    """The file, the sheet or a title speaks of the layout."""

    @property
    def layout(self) -> LayoutSpec:
        """The layout."""
        return self.index.layout

    @property
    def telling(self) -> int:
        """Typical columns of the layout that not every list has."""
        found = set(self.header.fields.values())
        return sum(
            1
            for name in self.layout.recognise.fields
            if name in found and self.layout.fields[name].type not in _WHO_AND_WHERE
        )

    @property
    def missing_required(self) -> tuple[str, ...]:
        """Titles of required fields without a column."""
        found = set(self.header.fields.values())
        return tuple(
            spec.title
            for name, spec in self.layout.fields.items()
            if spec.required and name not in found
        )

    @property
    def names_nobody(self) -> bool:
        """A list of people that lacks required columns, among them who is meant: a summary."""
        fields = self.layout.fields
        found = (names_somebody(name, fields[name]) for name in self.header.fields.values())
        of_people = self.layout.match_on != "village"
        return of_people and not any(found) and bool(self.missing_required)

    def summary(self) -> LayoutScore:
        """The score with the layout's names."""
        layout = self.layout
        score = round(self.score, 3)
        return LayoutScore(layout.department, layout.kind, layout.title, score, self._why())

    def _why(self) -> str:
        known = len(self.header.fields) + len(self.header.repeated)
        found = set(self.header.fields.values())
        typical = [
            self.layout.fields[name].title for name in self.layout.recognise.fields if name in found
        ]
        parts = [f"{self.header.named} 列表头认得 {known} 列"]
        if typical:
            parts.append(f"有典型的列：{'、'.join(typical)}")
        if self.named:
            parts.append("文件名、工作表名或标题写明")
        return "；".join(parts)


@dataclass(frozen=True, slots=True)
class SheetNames:
    """The names a sheet can be recognised by."""

    file: str
    sheet: str
    title: str
    """Text of the rows above the header."""


def rank_layouts(
    rows: Sequence[Cells], indexes: Sequence[HeaderIndex], file: str, sheet: str
) -> list[Candidate]:
    """Rank the layouts of which a header was found, best first.

    Args:
        rows: The first rows of the sheet, as text.
        indexes: Layouts to consider.
        file: File name.
        sheet: Sheet name.
    """
    found: list[Candidate] = []
    lines = head_lines(rows, indexes)
    for index in indexes:
        header = find_header_in(lines, index)
        if header is not None:
            above = rows[max(header.first - HEAD_ROWS, 0) : header.first]
            title = "".join(cell or "" for row in above for cell in row)
            names = SheetNames(file, sheet, title)
            named = _words(index.layout, names) > 0
            found.append(Candidate(index, header, _score(index, header, names), named))
    return sorted(found, key=_order)


def rank_sheet(
    rows: Sequence[Cells], indexes: Sequence[HeaderIndex], file: str, sheet: str
) -> list[Candidate]:
    """``rank_layouts``; by the name of the sheet alone where that speaks of another layout.

    One workbook may hold the lists of several kinds and be named after one of them.
    """
    ranked = rank_layouts(rows, indexes, file, sheet)
    if not any(_speaks_of(one.layout, sheet) for one in ranked):
        return ranked
    if _speaks_of(ranked[0].layout, sheet) and not _doubt(ranked):
        return ranked
    alone = rank_layouts(rows, indexes, sheet, sheet)
    return alone if _speaks_of(alone[0].layout, sheet) and not _doubt(alone) else ranked


def _speaks_of(layout: LayoutSpec, sheet: str) -> bool:
    words = layout.recognise
    named = any(word in sheet for word in words.sheet_words)
    return named and not any(word in sheet for word in words.not_file_words)


def _order(candidate: Candidate) -> tuple[float, str, str]:
    return (-candidate.score, candidate.layout.department, candidate.layout.kind)


def _score(index: HeaderIndex, header: Header, names: SheetNames) -> float:
    """Weigh typical fields, required fields, known share of the headers, and names.

    The weights are ours: typical fields tell layouts of one department apart, names only break
    ties between layouts with the same columns (城市低保 and 农村低保 lists, say).
    """
    layout = index.layout
    found = set(header.fields.values())
    required = [name for name, spec in layout.fields.items() if spec.required]
    typical = list(layout.recognise.fields) or required
    ignored = sum(1 for text in header.texts if index.is_ignored(text))
    named = max(header.named - ignored, 1)
    known = min((len(header.fields) + len(header.repeated)) / named, 1.0)
    words = _words(layout, names)
    score = (
        0.40 * _share(typical, found) + 0.20 * _share(required, found) + 0.25 * known + 0.15 * words
    )
    banned = any(word in names.file for word in layout.recognise.not_file_words)
    telling = {name for name in typical if layout.fields[name].type not in _WHO_AND_WHERE}
    nothing_telling = bool(telling) and not telling & found and not words
    return score * (0.5 if banned or nothing_telling else 1.0)


def _share(wanted: Sequence[str], found: set[str]) -> float:
    return sum(1 for name in wanted if name in found) / len(wanted) if wanted else 1.0


def _words(layout: LayoutSpec, names: SheetNames) -> float:
    """1 when a word of the fingerprint stands in the file, sheet or title text."""
    fingerprint = layout.recognise
    in_file = any(word in names.file for word in fingerprint.file_words)
    in_sheet = any(word in names.sheet for word in fingerprint.sheet_words)
    in_title = any(
        word in names.title for word in (*fingerprint.file_words, *fingerprint.sheet_words)
    )
    return 1.0 if in_file or in_sheet else 0.7 if in_title else 0.0


def refuse_doubt(ranked: Sequence[Candidate], file: str, sheet: str) -> None:
    """Refuse a table that fits two layouts alike, is named otherwise, or lacks a required column.

    Raises:
        FileRefusedError: with what is doubtful in one sentence.
    """
    best = ranked[0]
    where = f"工作表“{sheet}”" if sheet else "表格"
    if doubt := _doubt(ranked):
        raise FileRefusedError(file, where + doubt)
    if best.missing_required:
        raise lacking_columns(best, file, where)
    if slip := _slip_in_number_header(best):
        raise FileRefusedError(
            file,
            f"{where}像“{best.layout.title}”，但没有证件号码一列，表头“{slip}”像是写错了字，"
            "请改正表头后重发",
            **unknown_headers(best.header, best.layout),
        )


def lacking_columns(
    best: Candidate, file: str, where: str = "", longest: int | None = None
) -> FileRefusedError:
    """The refusal of a table that lacks required columns, with the headers it has.

    Args:
        best: The layout it follows best.
        file: The file.
        where: What in it is meant; nothing for the file itself.
        longest: Characters shown of a header; None for all.
    """
    lacking = "、".join(best.missing_required)
    found = "、".join(text[:longest] for text in best.header.texts if text)
    return FileRefusedError(
        file,
        f"{where}像“{best.layout.title}”，但缺少必需的列：{lacking}；现有表头：{found}",
        **unknown_headers(best.header, best.layout),
    )


def _doubt(ranked: Sequence[Candidate]) -> str:
    """Why nobody can say which layout a table follows, to be read after its name; or nothing."""
    best = ranked[0]
    if len(ranked) > 1 and best.score - ranked[1].score < CLEAR_LEAD:
        return (
            f"既像“{best.layout.title}”又像“{ranked[1].layout.title}”，无法确定；"
            "请在文件名中写明是哪种数据，或用 --department 指明"
        )
    by_headers = max(ranked, key=lambda one: (one.telling, len(one.header.fields)))
    more = len(by_headers.header.fields) - len(best.header.fields)
    contradicts = by_headers.telling and max(by_headers.telling, more) >= _CONTRADICTS
    if not best.telling and contradicts:
        return (
            f"按文件名、表名或标题像“{best.layout.title}”，"
            f"表头却像“{by_headers.layout.title}”，请核对后改正文件名"
        )
    return ""


def _slip_in_number_header(best: Candidate) -> str:
    """A header one slip away from one of the ID number, where no column gives that: 身分证号.

    Read without its numbers the table would match almost nobody. 父身份证号 is no slip: it is the
    number of another person.
    """
    columns = best.header.fields.values()
    known = [
        bare_header(text)
        for name, spec in best.layout.fields.items()
        if role_of(name, spec) == "id_number" and name not in columns
        for text in (*spec.headers, spec.title)
    ]
    unread = [
        bare_header(text)
        for column, text in enumerate(best.header.texts)
        if column not in best.header.fields and not best.index.is_ignored(text)
    ]
    return next(
        (
            text
            for text in unread
            for other in known
            if len(other) >= _LONG_ENOUGH
            and not text.endswith(other)
            and OSA.distance(text, other, score_cutoff=1) == 1
        ),
        "",
    )
