"""What goes back to each department: rows that could not be read, linked, or that contradict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from fpm.identity.id_digits import check_of, pack
from fpm.identity.id_number import QUALITY_TITLES, read_id_keys
from fpm.identity.names import normal_forms
from fpm.model import RECORD_KEY
from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_answers, fill_line
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import write_list, write_notes
from fpm.publish.wording import differing_digits, shown_id

LIST: Final = "returns"
PROBLEMS: Final = {
    "quarantined": "整行未用",
    "blanked": "单元格未用",
    "damaged": "证件号码不全",
    "contradicts": "与花名册不一致",
    "unmatched": "未匹配到人",
}
_AS_TEXT: Final = "请把证件号码一列设为文本格式，从原系统重新导出；在表格里改格式找不回已丢的数字"
_IN_FULL: Final = "请报完整的号码，遮盖的无法准确比对"
_ALL_PLACES: Final = "请按身份证核对，18位填全"
_DAMAGE: Final = {
    "rounded": _AS_TEXT,
    "scientific": _AS_TEXT,
    "masked": _IN_FULL,
    "x_lost": _ALL_PLACES,
    "digit_lost": _ALL_PLACES,
    "digit_extra": _ALL_PLACES,
    "part": _ALL_PLACES,
}
"""Qualities of an ID number that the department can send better, and what to do."""
_NAMED_ROWS: Final = 20
"""Row numbers listed for a problem that one person has in many rows."""
_WHOLE_ID: Final = r"^\d{17}[\dX]$"
_SHEET: Final = ("department", "kind", "file", "sheet")
_COLUMNS: Final = (*RECORD_KEY, "problem", "cell", "column", "value", "reason", "advice")


def return_books(publication: Publication, forms: Forms) -> Iterator[tuple[str, bytes, int]]:
    """One workbook a department with problems: its title, file content, rows."""
    spec = forms.workbooks.workbook[LIST]
    rows = return_rows(publication)
    for (department,), part in rows.group_by("department", maintain_order=True):
        title = publication.departments.get(str(department), str(department))
        words = {"department": title}
        numbered = part.with_row_index("number", offset=1)
        sheet = fill_answers(spec, publication.heading, words, numbered)
        book = Book(BookInfo(publication.heading, sheet.title, LIST, title))
        write_list(book, sheet)
        notes = tuple(fill_line(note, publication.heading, words) for note in spec.notes)
        write_notes(book, "填写说明", notes)
        yield title, book.finish(), part.height


def return_rows(publication: Publication) -> pl.DataFrame:
    """One row a problem, by department, kind of problem, file, sheet, row."""
    parts = {
        "quarantined": publication.quarantine,
        "blanked": publication.blanked,
        "damaged": _told_once_a_column(_damaged(publication)),
        "unmatched": _told_once(_unmatched(publication)),
        "contradicts": _told_once(_contradictions(publication)),
    }
    order = {title: place for place, title in enumerate(PROBLEMS.values())}
    stacked = [
        frame.with_columns(problem=pl.lit(PROBLEMS[name])).select(_COLUMNS)
        for name, frame in parts.items()
    ]
    rank = pl.col("problem").replace_strict(order, return_dtype=pl.Int8)
    return pl.concat(stacked).sort(
        "department", rank, "file", "sheet", "row", "column", nulls_last=True
    )


def _told_once(problems: pl.DataFrame) -> pl.DataFrame:
    """One row a problem of one person in one sheet; the reason names the other rows that have it.

    A patient stands in a settlement file many times; the department corrects him once.
    """
    return _first_of(problems, [*_SHEET, "column", "value", "reason", "advice"])


def _told_once_a_column(problems: pl.DataFrame) -> pl.DataFrame:
    """One row a problem of a column, such as numbers cut by a spreadsheet, with its first cell."""
    return _first_of(problems, [*_SHEET, "column", "reason", "advice"])


def _first_of(problems: pl.DataFrame, alike: list[str]) -> pl.DataFrame:
    first = [name for name in ("cell", "value", "row") if name not in alike]
    grouped = (
        problems.sort(*alike, "row", nulls_last=True)
        .group_by(alike, maintain_order=True)
        .agg(pl.col(first).first(), others=pl.col("row").slice(1))
    )
    count = pl.col("others").list.len()
    named = pl.col("others").list.head(_NAMED_ROWS).cast(pl.List(pl.String)).list.join("、")
    more = pl.when(count > _NAMED_ROWS).then(pl.format("等{}行", count)).otherwise(pl.lit("行"))
    also = pl.when(count > 0).then(pl.format("（第{}{}同此）", named, more)).otherwise(pl.lit(""))
    return grouped.with_columns(reason=pl.concat_str(pl.col("reason").fill_null(""), also))


def _unmatched(publication: Publication) -> pl.DataFrame:
    masked = publication.heading.mask_ids
    said = [
        pl.col("name"),
        shown_id(pl.col("id_number"), masked=masked),
        pl.col("township"),
        pl.col("village"),
    ]
    # A place that could be several is for the department to say: there is nobody to choose from.
    asked = publication.candidates.select(RECORD_KEY).unique()
    nobody = publication.records.filter(pl.col("status") != "confirmed").join(
        asked, on=RECORD_KEY, how="anti", maintain_order="left"
    )
    return nobody.with_columns(
        cell=pl.lit(None, pl.String),
        column=pl.lit(None, pl.String),
        value=pl.concat_list(said).list.drop_nulls().list.join(" "),
        advice=pl.when(pl.col("status") == "unmatched")
        .then(pl.lit("请核对姓名、证件号码和住址后重报；非农户、外县或已死亡的请注明"))
        .otherwise(pl.lit("请写明乡镇，村名按花名册写全称后重报")),
    )


def _damaged(publication: Publication) -> pl.DataFrame:
    """Rows that were linked, or could be, though their ID number is not whole."""
    odd = publication.records.filter(
        (pl.col("status") != "unmatched") & ~pl.col("id_number").str.contains(_WHOLE_ID)
    )
    quality = read_id_keys(odd["id_number"])["quality"]
    return (
        odd.with_columns(quality, _cell(publication, odd, "id_number"))
        .filter(pl.col("quality").is_in(list(_DAMAGE)))
        .select(
            *RECORD_KEY,
            "cell",
            column=pl.lit("证件号码"),
            value=shown_id(pl.col("id_number"), masked=publication.heading.mask_ids),
            reason=pl.col("quality").replace_strict(QUALITY_TITLES, return_dtype=pl.String),
            advice=pl.col("quality").replace_strict(_DAMAGE, return_dtype=pl.String),
        )
    )


def _contradictions(publication: Publication) -> pl.DataFrame:
    """Confirmed rows whose name or ID is not the roster's.

    Names are compared in their normal simplified form, so that a dot, a space or a traditional
    character is no contradiction; ID numbers only when both are whole.
    """
    people = publication.people.select(
        "person_id", roster_name="name", roster_id=pl.col("id_number").str.slice(0, 18)
    )
    linked = publication.records.filter(
        (pl.col("status") == "confirmed") & pl.col("person_id").is_not_null()
    ).join(people, on="person_id", how="left", maintain_order="left")
    normal = normal_forms(pl.concat([linked["name"], linked["roster_name"]]))
    compared = (
        linked.join(
            normal.rename({"text": "name", "name": "plain"}),
            on="name",
            how="left",
            maintain_order="left",
        )
        .join(
            normal.rename({"text": "roster_name", "name": "roster_plain"}),
            on="roster_name",
            how="left",
            maintain_order="left",
        )
        .with_columns(own_id=pl.col("id_number").str.to_uppercase())
    )
    return pl.concat([_other_names(compared, publication), _other_ids(compared, publication)])


def _cell(publication: Publication, rows: pl.DataFrame, field: str) -> pl.Series:
    """The address of ``field`` in each of ``rows``, null where it is not known."""
    letters = publication.columns.filter(pl.col("field") == field).select(*_SHEET, "letter")
    placed = rows.join(letters, on=list(_SHEET), how="left", maintain_order="left")
    return placed.select(cell=pl.format("{}{}", "letter", "row")).to_series()


def _other_names(compared: pl.DataFrame, publication: Publication) -> pl.DataFrame:
    named = compared.with_columns(_cell(publication, compared, "name"))
    return named.filter(pl.col("plain") != pl.col("roster_plain")).select(
        *RECORD_KEY,
        "cell",
        column=pl.lit("姓名"),
        value=pl.col("name"),
        reason=pl.format("农户花名册中此人姓名为“{}”", "roster_name"),
        advice=pl.lit("请核对姓名；花名册有误的请注明，由乡镇更正"),
    )


def _other_ids(compared: pl.DataFrame, publication: Publication) -> pl.DataFrame:
    masked = publication.heading.mask_ids
    numbered = compared.with_columns(_cell(publication, compared, "id_number"))
    own, roster = pl.col("own_id"), pl.col("roster_id")
    number = pack(own)
    wrong = pl.when(number % 16 != check_of(number // 16)).then(pl.lit("；报来的号码校验码不符"))
    whole = own.str.contains(_WHOLE_ID) & roster.str.contains(_WHOLE_ID)
    return numbered.filter(whole & (own != roster)).select(
        *RECORD_KEY,
        "cell",
        column=pl.lit("证件号码"),
        value=differing_digits(own, roster, masked=masked),
        reason=pl.concat_str(
            pl.format(
                "农户花名册中{}的证件号码为{}",
                "roster_name",
                differing_digits(roster, own, masked=masked),
            ),
            wrong.fill_null(""),
        ),
        advice=pl.lit("请按身份证核对；借用家人号码的请改填本人号码"),
    )
