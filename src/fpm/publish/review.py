"""Undecided matches: a record above its candidates, differences coloured, one decision each."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from fpm.identity.id_number import read_id_numbers
from fpm.identity.names import normal_name
from fpm.model import RECORD_KEY
from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_answers, fill_line
from fpm.publish.publication import IDENTITY_SCHEMA, Forms, Publication
from fpm.publish.sheet import ROW_KEY, write_list, write_notes
from fpm.publish.wording import HEAD, differing_digits, level_rank, level_title, shown_id

LIST: Final = "review"
MOST_CANDIDATES: Final = 5
"""Candidates shown for a record; the others are far behind."""
_ALWAYS: Final = 2
_WORTH_SHOWING: Final = 0.005
"""Behind the first two, a candidate below this chance only lengthens the list."""
NOBODY: Final = "都不是"
LATER: Final = "暂不能定"
_FIELDS: Final = tuple(IDENTITY_SCHEMA)
_FROZEN: Final = 3


def candidate_choice(rank: int) -> str:
    """What the drop-down calls the candidate of that rank: 第1候选."""
    return f"第{rank}候选"


def review_book(publication: Publication, forms: Forms) -> tuple[bytes, int] | None:
    """The workbook and how many decisions it asks for; ``None`` when nothing is undecided."""
    rows = review_rows(publication)
    asked = int((rows["who"] == _RECORD).sum())
    if not asked:
        return None
    spec = forms.workbooks.workbook[LIST]
    words = {"count": str(asked)}
    most = max(rows["rank"].to_list())
    choices = (*(candidate_choice(rank) for rank in range(1, most + 1)), NOBODY, LATER)
    sheet = replace(
        fill_answers(spec, publication.heading, words, rows),
        choices={"candidates": choices},
        frozen=_FROZEN,
    )
    book = Book(BookInfo(publication.heading, sheet.title, LIST))
    write_list(book, sheet)
    notes = tuple(fill_line(note, publication.heading, words) for note in spec.notes)
    write_notes(book, "填写说明", notes)
    return book.finish(), asked


_RECORD: Final = "部门记录"


def review_rows(publication: Publication) -> pl.DataFrame:
    """A row for each distinct undecided identity and one for each of its candidates below it.

    Columns: the fields of the list ``review``, ``row_key`` (record: ``<identity>``; candidate:
    ``<identity>.<person_id>``), tints. An identity that
    stands in many rows is asked once. First what most rests on: lists that the gravest and most
    alerts read, identities of many rows; then the likeliest.
    """
    records = publication.records.filter(pl.col("status") == "review").join(
        publication.candidates.select(RECORD_KEY).unique(), on=RECORD_KEY, how="semi"
    )
    asked = (
        _with_own_birth(records)
        .sort(RECORD_KEY)
        .with_columns(identity=pl.coalesce("identity", pl.concat_str(RECORD_KEY, separator="|")))
        .with_columns(times=pl.len().over("identity"))
        .unique("identity", keep="first", maintain_order=True)
    )
    pairs = _pairs(asked, publication)
    order = pairs.group_by("identity").agg(best=pl.col("candidate_probability").max())
    ordered = (
        asked.join(order, on="identity", how="left")
        .join(publication.stakes, on=["department", "kind"], how="left")
        .sort(
            level_rank(),
            pl.col("rules").fill_null(0).cast(pl.Int64).neg(),
            pl.col("times").cast(pl.Int64).neg(),
            pl.col("best").fill_null(0).neg(),
            *RECORD_KEY,
        )
        .with_row_index("number", offset=1)
    )
    stacked = pl.concat(
        [
            _record_rows(ordered, publication),
            _candidate_rows(pairs, ordered, publication),
        ],
        how="diagonal_relaxed",
    )
    return stacked.sort("group", "rank")


def _with_own_birth(records: pl.DataFrame) -> pl.DataFrame:
    """Birth date and sex that only the record's own number tells, to be compared beside others."""
    told = read_id_numbers(records["id_number"])
    return records.with_columns(
        birth_date=pl.coalesce("birth_date", told["birth_date"]),
        sex=pl.coalesce("sex", told["sex"]),
    )


def _stake() -> pl.Expr:
    return pl.when(pl.col("rules") > 0).then(
        pl.format("{}等 {} 项预警", level_title(), pl.col("rules"))
    )


def _pairs(asked: pl.DataFrame, publication: Publication) -> pl.DataFrame:
    """Records beside each of their first candidates; the candidate's columns end in ``_of``."""
    people = publication.people
    heads = people.filter(pl.col("relation") == HEAD).unique("household_id", keep="first")
    known = people.join(
        heads.select("household_id", head_name="name"), on="household_id", how="left"
    ).select("person_id", *(pl.col(name).alias(f"{name}_of") for name in _FIELDS))
    likely = pl.col("probability") >= _WORTH_SHOWING
    shown = (pl.col("rank") <= _ALWAYS) | (likely & (pl.col("rank") <= MOST_CANDIDATES))
    candidates = publication.candidates.filter(shown).select(
        *RECORD_KEY,
        "rank",
        "person_id",
        candidate_probability="probability",
        candidate_reason="reason",
    )
    return (
        asked.drop("person_id", "household_id")
        .join(candidates, on=RECORD_KEY, how="inner")
        .join(known, on="person_id", how="left")
    )


def _record_rows(ordered: pl.DataFrame, publication: Publication) -> pl.DataFrame:
    titles = dict(publication.departments)
    times = pl.when(pl.col("times") > 1).then(pl.format("（同一身份共 {} 行）", "times"))
    masked = publication.heading.mask_ids
    tinted = {
        f"{name}_tint": pl.lit("group") for name in ("number", "who", *_FIELDS, "reason", "stake")
    }
    return ordered.select(
        *_FIELDS[:1],
        *_FIELDS[2:],
        "number",
        "reason",
        stake=_stake(),
        id_number=shown_id(pl.col("id_number"), masked=masked),
        group=pl.col("number"),
        rank=pl.lit(0, pl.UInt32),
        who=pl.lit(_RECORD),
        source=pl.concat_str(
            pl.col("department").replace(titles),
            pl.lit("："),
            pl.col("file"),
            pl.lit(" "),
            pl.col("sheet"),
            pl.format(" 第{}行", "row"),
            times.fill_null(""),
        ),
        **{ROW_KEY: pl.col("identity")},
        **tinted,
    )


def _candidate_rows(
    pairs: pl.DataFrame, ordered: pl.DataFrame, publication: Publication
) -> pl.DataFrame:
    numbered = pairs.join(ordered.select("identity", group="number"), on="identity", how="left")
    masked = publication.heading.mask_ids
    shown = pl.col("id_number_of")
    return numbered.select(
        "group",
        "rank",
        who=pl.format("第{}候选", "rank"),
        id_number=differing_digits(shown, pl.col("id_number"), masked=masked),
        **{name: pl.col(f"{name}_of") for name in _FIELDS if name != "id_number"},
        probability=pl.col("candidate_probability"),
        reason=pl.col("candidate_reason"),
        decision_tint=pl.lit("locked"),
        **{f"{name}_tint": _tint(name) for name in _FIELDS},
        **{ROW_KEY: pl.concat_str("identity", "person_id", separator=".")},
    )


def _tint(name: str) -> pl.Expr:
    """Orange where record and candidate both say something, and not the same."""
    said, of = pl.col(name), pl.col(f"{name}_of")
    if name == "id_number":
        said = pl.when(said.str.contains(r"\d")).then(said)  # 无 says nothing
    if name in ("name", "head_name"):
        said, of = normal_name(said), normal_name(of)
    return pl.when((said != of).fill_null(value=False)).then(pl.lit("differs"))
