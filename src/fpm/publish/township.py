"""The list a township receives: its open alerts, with evidence, measures and what to find out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from fpm.model import LEVEL_TITLES, LEVELS, OPEN_STATES, SPEAKING_STATES
from fpm.publish.book import Book, BookInfo
from fpm.publish.fill import fill_answers, fill_in, fill_line
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import ROW_KEY, write_list, write_notes
from fpm.publish.text_size import MOST_LINES, fitting_lines
from fpm.publish.wording import (
    NOWHERE,
    department_titles,
    heads,
    level_rank,
    level_title,
    persons,
    rule_table,
    state_title,
)
from fpm.row_key import row_key

LIST: Final = "township"
MORE: Final = "township_more"
_NEW_HIT: Final = {
    "new": "【新】",
    "worsened": "【加重】",
    "returned": "【再次】",
    "standing": "【上年累计，尚未反馈】",
}
_FROZEN: Final = 4


def township_books(publication: Publication, forms: Forms) -> Iterator[tuple[str, bytes, int]]:
    """One workbook a township that has open alerts: its name, file content, rows."""
    rows = alert_rows(publication, forms)
    for (township,), part in rows.group_by("township", maintain_order=True):
        name = str(township)
        yield name, _book(publication, forms, name, part), part.height


def alert_rows(publication: Publication, forms: Forms) -> pl.DataFrame:
    """One row an open alert, all townships, sorted by township, then whom to visit first.

    Columns: the fields of the list ``township`` in ``workbooks.toml``, ``row_key``, ``township``,
    ``level_tint``, ``due_date_tint``, and ``evidence_lines`` (list of String).
    """
    heading = publication.heading
    opened = publication.alerts.filter(pl.col("state").is_in(OPEN_STATES)).with_columns(
        pl.col("township", "village").fill_null(NOWHERE)
    )
    spoken = _spoken(publication)
    table = (
        opened.join(heads(publication), on="household_id", how="left")
        .join(_by_alert(spoken), on="alert_no", how="left")
        .with_columns(evidence_lines=_with_change())
        .with_columns(evidence=pl.col("evidence_lines").list.join("\n"))
        .join(_hints(publication), on="alert_no", how="left")
        .join(_measures(opened, publication, forms), on="alert_no", how="left")
        .join(publication.chances, on="alert_no", how="left")
        .sort("township", *_visit_order(), "village", "alert_no")
    )
    late = pl.col("due_date") < heading.issued_on
    return table.with_columns(
        _row_keys(table["alert_no"], publication),
        level_tint="level",
        level=level_title(),
        state=state_title(),
        risks=pl.col("risks").str.replace_all("、", "\n", literal=True),
        due_date_tint=pl.when(late).then(pl.lit("late")),
        to_check=_lines(pl.col("advice"), pl.col("hints")),
    )


def _visit_order() -> list[pl.Expr]:
    """Red first; then the likelier to be confirmed, level and place where that says nothing.

    Of the red ones those overdue come first, the oldest before all: a grave matter must not be
    passed over month after month because others are likelier. The chance is compared in steps of
    a thousandth, so that rounding decides no order.
    """
    grave = pl.col("level") == LEVELS[0]
    waiting = pl.when(grave & (pl.col("state") == "overdue")).then("due_date")
    chance = pl.col("chance").fill_null(0).round(3)
    return [~grave, waiting.fill_null(dt.date.max), -chance, level_rank()]


def _row_keys(numbers: pl.Series, publication: Publication) -> pl.Series:
    period, head = str(publication.heading.period), publication.heading.chain_head
    keys = [row_key(number, period, head) for number in numbers.to_list()]
    return pl.Series(ROW_KEY, keys, dtype=pl.String)


def _spoken(publication: Publication) -> pl.DataFrame:
    """Alert hits that speak, one row each, with the line of evidence."""
    alerts = publication.alerts.select("alert_no", alert_state="state")
    hits = publication.hits.filter(
        (pl.col("kind") == "alert") & pl.col("hit_state").is_in(SPEAKING_STATES)
    )
    mark = pl.col("hit_state").replace_strict(_NEW_HIT, default="", return_dtype=pl.String)
    return (
        hits.join(alerts, on="alert_no", how="left", maintain_order="left")
        .join(persons(publication), on="person_id", how="left", maintain_order="left")
        .join(rule_table(publication), on="rule_id", how="left", maintain_order="left")
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("alert_no"))
        .with_columns(
            line=pl.concat_str(
                pl.format("{}. ", "number"),
                pl.when(pl.col("alert_state") != "new").then(mark).otherwise(pl.lit("")),
                _who(),
                pl.col("evidence"),
            ),
            titles=department_titles(pl.col("sources"), publication),
        )
    )


def _by_alert(spoken: pl.DataFrame) -> pl.DataFrame:
    departments = pl.col("titles").drop_nulls().str.split("、").explode()
    advice = pl.col("advice").filter(pl.col("advice").fill_null("") != "")
    return (
        spoken.group_by("alert_no", maintain_order=True)
        .agg(
            members=pl.col("described").drop_nulls().unique(maintain_order=True).str.join("\n"),
            evidence_lines=pl.col("line"),
            departments=departments.unique(maintain_order=True).drop_nulls().str.join("\n"),
            advice=advice.unique(maintain_order=True).str.join("\n"),
        )
        .with_columns(
            members=pl.when(pl.col("members") == "").then(pl.lit("全户")).otherwise("members")
        )
    )


def _with_change() -> pl.Expr:
    """The lines of evidence, after one on what changed since the last list."""
    change = pl.col("change").fill_null("")
    first = pl.concat_list(pl.format("本期变化：{}。", change))
    return (
        pl.when(change != "").then(first.list.concat("evidence_lines")).otherwise("evidence_lines")
    )


def _hints(publication: Publication) -> pl.DataFrame:
    lines = publication.hits.filter(pl.col("kind") == "hint").join(
        persons(publication), on="person_id", how="left", maintain_order="left"
    )
    line = pl.concat_str(pl.lit("请核对："), _who(), pl.col("evidence"))
    return lines.group_by("alert_no", maintain_order=True).agg(hints=line.str.join("\n"))


def _who() -> pl.Expr:
    """The name that goes before the evidence, unless the sentence names the person itself."""
    named = pl.col("evidence").str.contains(pl.col("person_name"), literal=True)
    return (
        pl.when(pl.col("person_name").is_not_null() & ~named)
        .then(pl.format("{}：", "person_name"))
        .otherwise(pl.lit(""))
    )


def _measures(opened: pl.DataFrame, publication: Publication, forms: Forms) -> pl.DataFrame:
    """``alert_no, measures``: for each risk what to propose, by the household's ability to work.

    When nobody knows whether a member can work, both kinds are shown, each with its condition.
    """
    able = {spec.risk: "；".join(spec.able) for spec in forms.measures.measure}
    unable = {spec.risk: "；".join(spec.unable) for spec in forms.measures.measure}
    risks = (
        opened.select("alert_no", "household_id", risk=pl.col("risks").str.split("、"))
        .explode("risk")
        .join(heads(publication), on="household_id", how="left", maintain_order="left")
        .with_columns(
            able=pl.col("risk").replace_strict(able, default=None, return_dtype=pl.String),
            unable=pl.col("risk").replace_strict(unable, default=None, return_dtype=pl.String),
        )
        .filter(pl.col("able").is_not_null())
    )
    both = pl.format("【{}】有劳动力的：{}。无劳动力的：{}", "risk", "able", "unable")
    text = (
        pl.when("can_work")
        .then(pl.format("【{}】{}", "risk", "able"))
        .when(~pl.col("can_work"))
        .then(pl.format("【{}】{}", "risk", "unable"))
        .otherwise(both)
    )
    return risks.group_by("alert_no", maintain_order=True).agg(measures=text.str.join("\n"))


def _lines(*parts: pl.Expr) -> pl.Expr:
    """The parts that say something, one below the other."""
    shown = [pl.when(part.fill_null("") != "").then(part) for part in parts]
    return pl.concat_list(shown).list.drop_nulls().list.join("\n")


def _book(publication: Publication, forms: Forms, township: str, rows: pl.DataFrame) -> bytes:
    spec = forms.workbooks.workbook[LIST]
    words = {"township": township, "count": str(rows.height), "levels": _levels(rows)}
    title = fill_line(spec.title, publication.heading, words)
    book = Book(BookInfo(publication.heading, title, LIST, township))
    width = next((item.width for item in spec.columns if item.field == "evidence"), 40.0)
    shown, rest = _shorten(rows, width)
    sheet = fill_answers(spec, publication.heading, words, shown)
    results = tuple(result.title for result in forms.workflow.results)
    write_list(book, replace(sheet, choices={"results": results}, frozen=_FROZEN))
    if not rest.is_empty():
        more = forms.workbooks.workbook[MORE]
        write_list(book, fill_in(more, publication.heading, words, rest))
    notes = tuple(fill_line(note, publication.heading, words) for note in spec.notes)
    write_notes(book, "填写说明", notes)
    return book.finish()


def _levels(rows: pl.DataFrame) -> str:
    counts = dict(rows["level"].value_counts().iter_rows())
    return "、".join(
        f"{title} {counts[title]} 户" for title in LEVEL_TITLES.values() if title in counts
    )


def _shorten(rows: pl.DataFrame, width: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose evidence fits the tallest row, and all lines of those where it does not."""
    fits = [
        fitting_lines(lines, width, MOST_LINES)
        for lines in rows["evidence_lines"].fill_null([]).to_list()
    ]
    counted = rows.with_columns(fits=pl.Series(fits, dtype=pl.Int64))
    overfull = pl.col("fits") < pl.col("evidence_lines").list.len()
    # One line less, for the sentence that says where the others are.
    kept = pl.col("evidence_lines").list.head(pl.max_horizontal(pl.col("fits") - 1, 0))
    left = pl.col("evidence_lines").list.len() - kept.list.len()
    rest = counted.filter(overfull).explode("evidence_lines")
    return (
        counted.with_columns(
            evidence=pl.when(overfull)
            .then(pl.format("{}\n（另有 {} 条，见“依据续表”）", kept.list.join("\n"), left))
            .otherwise("evidence")
        ),
        rest.select("alert_no", "village", "head_name", evidence="evidence_lines"),
    )
