"""What goes back to each department: households that its data raised and a township confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from fpm.model import SPEAKING_STATES
from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_answers, fill_line
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import write_list, write_notes
from fpm.publish.wording import ROSTER, department_titles, heads, level_title

LIST: Final = "confirmed"


def confirmed_books(
    publication: Publication, forms: Forms, confirmed: pl.DataFrame
) -> Iterator[tuple[str, bytes, int]]:
    """One workbook a department with confirmed households: its title, file content, rows.

    Args:
        publication: heading, alerts, hits and people of the period.
        forms: lists of the rule book.
        confirmed: ``alert_no result visited_on measures`` of the alerts that were confirmed.
    """
    spec = forms.workbooks.workbook[LIST]
    rows = confirmed_rows(publication, confirmed)
    for (department,), part in rows.group_by("department", maintain_order=True):
        words = {"department": str(department)}
        numbered = part.with_row_index("number", offset=1)
        sheet = fill_answers(spec, publication.heading, words, numbered)
        book = Book(BookInfo(publication.heading, sheet.title, LIST, str(department)))
        write_list(book, sheet)
        notes = tuple(fill_line(note, publication.heading, words) for note in spec.notes)
        write_notes(book, "填写说明", notes)
        yield str(department), book.finish(), part.height


def confirmed_rows(publication: Publication, confirmed: pl.DataFrame) -> pl.DataFrame:
    """One row a department and household; the evidence is that of the department's own data.

    The roster is no department: what only it shows goes to nobody.
    """
    roster = publication.departments.get(ROSTER, ROSTER)
    raised = (
        publication.hits.filter(
            (pl.col("kind") == "alert") & pl.col("hit_state").is_in(SPEAKING_STATES)
        )
        .join(confirmed.select("alert_no"), on="alert_no", how="semi", maintain_order="left")
        .with_columns(department=department_titles(pl.col("sources"), publication).str.split("、"))
        .explode("department")
        .filter(~pl.col("department").fill_null("").is_in(["", roster]))
        .group_by("department", "alert_no", maintain_order=True)
        .agg(evidence=pl.col("evidence").str.join("\n"))
    )
    alerts = publication.alerts.select(
        "alert_no", "household_id", "township", "village", "level", "risks"
    )
    return (
        raised.join(alerts, on="alert_no", how="left")
        .join(confirmed, on="alert_no", how="left")
        .join(heads(publication), on="household_id", how="left")
        .with_columns(level=level_title(), departments="department")
        .sort("department", "township", "village", "alert_no")
    )
