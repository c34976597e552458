"""Names to be made public in the villages, and nothing else about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_in
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import write_list
from fpm.publish.wording import NOWHERE, heads

LIST: Final = "notice"
REMOVAL: Final = "notice_removal"
_COLUMNS: Final = ("township", "village", "head_name", "members", "type")


def notice_books(
    publication: Publication, forms: Forms, cases: pl.DataFrame, list_name: str = LIST
) -> Iterator[tuple[str, bytes, int]]:
    """One list a township: its name, file content, rows.

    ID number, phone, account, health and the risks that would tell of it are not in the frame
    that is written, whatever columns the office configures (秦安 qinan.gov.cn 公示要求).

    Args:
        publication: heading and people.
        forms: lists of the rule book.
        cases: ``household_id township village type``.
        list_name: ``LIST`` for households to be taken in, ``REMOVAL`` for those whose risk is gone.
    """
    size = publication.people.group_by("household_id").agg(members=pl.len())
    rows = (
        cases.with_columns(pl.col("township", "village").fill_null(NOWHERE))
        .join(heads(publication), on="household_id", how="left")
        .join(size, on="household_id", how="left")
        .sort("township", "village", "household_id")
        .select(_COLUMNS)
    )
    # A rules folder from before the removal had a list of its own has only the one form.
    spec = forms.workbooks.workbook.get(list_name, forms.workbooks.workbook[LIST])
    for (township,), part in rows.group_by("township", maintain_order=True):
        words = {"township": str(township)}
        numbered = part.with_row_index("number", offset=1)
        sheet = fill_in(spec, publication.heading, words, numbered)
        book = Book(BookInfo(publication.heading, sheet.title, list_name, str(township)))
        write_list(book, replace(sheet, public=True))
        yield str(township), book.finish(), part.height
