"""The list of roster corrections a township receives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_answers, fill_line
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import write_list, write_notes
from fpm.publish.wording import NOWHERE, department_titles, heads, persons, rule_table

LIST: Final = "corrections"


def correction_books(publication: Publication, forms: Forms) -> Iterator[tuple[str, bytes, int]]:
    """One workbook a township with corrections: its name, file content, rows."""
    spec = forms.workbooks.workbook[LIST]
    rows = correction_rows(publication)
    for (township,), part in rows.group_by("township", maintain_order=True):
        words = {"township": str(township)}
        numbered = part.with_row_index("number", offset=1)
        sheet = fill_answers(spec, publication.heading, words, numbered)
        book = Book(BookInfo(publication.heading, sheet.title, LIST, str(township)))
        write_list(book, sheet)
        notes = tuple(fill_line(note, publication.heading, words) for note in spec.notes)
        write_notes(book, "填写说明", notes)
        yield str(township), book.finish(), part.height


def correction_rows(publication: Publication) -> pl.DataFrame:
    """One row a correction, sorted by township, village, household, person, rule."""
    return (
        publication.corrections.with_columns(pl.col("township", "village").fill_null(NOWHERE))
        .join(heads(publication), on="household_id", how="left")
        .join(persons(publication), on="person_id", how="left")
        .join(rule_table(publication), on="rule_id", how="left")
        .with_columns(departments=department_titles(pl.col("sources"), publication))
        .sort("township", "village", "household_id", "person_id", "rule_id", "evidence")
    )
