"""returned workbooks → answers and decisions in the ledger; lists out again; where they stand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import FileRefusedError, RefusedError, WorkspaceError
from fpm.followup import (
    ANSWER_FIELDS,
    PROBLEM_SCHEMA,
    RETURNED_SCHEMA,
    AnswerRequest,
    Answers,
    by_township,
    keys_in,
    problem_rows,
    read_answers,
    standing,
)
from fpm.ingest import FileReading, read_file
from fpm.ingest.containers.child import ParserPool
from fpm.ingest.opening import Opening
from fpm.ledger import HELD, Ledger, feedback_about, listed
from fpm.model import OPEN_STATES, Period
from fpm.pipeline.cases import open_confirmed
from fpm.row_key import row_key
from fpm.rulebook import Rulebook
from fpm.rulebook.layout import Fingerprint, LayoutField, LayoutSpec
from fpm.rulebook.terms import wordings
from fpm.workspace import Workspace

KEY_HEADER: Final = "行标识"
_AT_ONCE: Final = 2
"""Files read at the same time: parsing takes a process beside this one a fifth of what follows."""
_FIELD_OF_ANSWER: Final = {"measures": "proposed"}
"""Where the column of a list is called otherwise than the answer's field."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of returned files.

    ``recorded``: rows new to the ledger; ``answers``: the account of all rows.
    """

    recorded: int
    answers: Answers

    def document(self) -> dict[str, Any]:
        """The outcome as one JSON document; problems name rows, never their content."""
        answers = self.answers
        return {
            "rows": answers.rows,
            "recorded": self.recorded,
            "already_recorded": answers.known,
            "blank": answers.blank,
            "problems": answers.problems.to_dicts(),
        }


def import_feedback(
    workspace: Workspace,
    rulebook: Rulebook,
    files: Sequence[Path],
    as_of: dt.date,
    *,
    supersede: bool = False,
) -> Imported:
    """Read returned township workbooks and record what they answer.

    Every file is read before anything is recorded; rows that cannot be taken are reported and
    the others are recorded in one transaction.

    Raises:
        RefusedError: none of the files is a township list.
    """
    layout = list_layout(rulebook, "township")
    read = read_returned(files, layout)
    returned = _returned(read.rows)
    with Ledger.open(workspace.ledger) as ledger, ledger.transaction():
        request = AnswerRequest(
            listed=_sent(ledger, returned),
            recorded=feedback_about(ledger, keys_in(returned)["alert_no"].to_list()),
            effects=effects(rulebook),
            spellings=rulebook.workflow.spellings,
            as_of=as_of,
            supersede=supersede,
        )
        answers = read_answers(returned, request)
        recorded = ledger.add_feedback(answers.fresh, as_of)
        open_confirmed(ledger, workspace, rulebook, _placed(answers, request), as_of)
    problems = pl.concat([read.problems, answers.problems])
    return Imported(
        recorded,
        Answers(answers.fresh, problems, answers.known, answers.blank, answers.rows),
    )


def feedback_standing(
    workspace: Workspace, rulebook: Rulebook, period: Period | None, as_of: dt.date
) -> tuple[Period, pl.DataFrame]:
    """The period (the last published one by default) and its alerts with where they stand.

    Raises:
        WorkspaceError: the period was not published.
    """
    with Ledger.open(workspace.ledger) as ledger:
        chosen = published_period(ledger, period)
        sent = ledger.alerts(str(chosen)).filter(pl.col("state").is_in(OPEN_STATES))
        sent = sent.with_columns(
            period=pl.lit(str(chosen)), issued_on=pl.lit(ledger.issued_on(chosen))
        )
        heard = feedback_about(ledger, sent["alert_no"].to_list())
        return chosen, standing(sent, heard, effects(rulebook), as_of)


def held_back(workspace: Workspace, period: Period, township: str | None) -> int:
    """How many alerts of a period were held back, of one township or of all."""
    with Ledger.open(workspace.ledger) as ledger:
        held = ledger.alerts(str(period)).filter(pl.col("state") == HELD)
    own = held if township is None else held.filter(pl.col("township") == township)
    return own.height


def standing_document(period: Period, alerts: pl.DataFrame, held: int) -> dict[str, Any]:
    """Where alerts stand as one JSON document: no names, no ID numbers."""
    return {
        "period": str(period),
        "townships": by_township(alerts).to_dicts(),
        "held_back": held,
        "alerts": alerts.drop("officer").to_dicts(),
    }


def published_period(ledger: Ledger, period: Period | None) -> Period:
    """The period that was named, or the last one published.

    Raises:
        WorkspaceError: it was not published, or nothing was.
    """
    published = ledger.periods()
    if not published:
        raise WorkspaceError("还没有发布过任何一期清单，请先运行 fpm run")
    if period is not None and str(period) not in published:
        raise WorkspaceError(f"{period} 期还没有发布清单，已发布的有：{'、'.join(published)}")
    return period or Period.parse(published[-1])


def effects(rulebook: Rulebook) -> dict[str, str]:
    """By title of a feedback result (or what it was called before), what it does."""
    return rulebook.workflow.effects


@dataclass(frozen=True, slots=True)
class Returned:
    """Rows of returned workbooks, and files that are none.

    ``day_written`` is added to the rows: what stands for a day and cannot be read, masked.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame


def read_returned(files: Sequence[Path], layout: LayoutSpec) -> Returned:
    """Read ``files`` by the columns of a list, wherever these stand.

    Raises:
        RefusedError: no file can be used.
    """
    frames, refused = [], []
    names = _names(files)
    with ParserPool() as parsers, ThreadPoolExecutor(_AT_ONCE) as threads:
        opening = Opening(container=parsers.read)
        reading = partial(_reading, layout=layout, opening=opening)
        readings = list(threads.map(reading, files, names))
    for name, read in zip(names, readings, strict=True):
        if isinstance(read, FileRefusedError):
            refused.append((name, read.reason))
            continue
        rows = read.records[layout.department, layout.kind]
        unread = read.blanked.select("sheet", "row", day_written="value")
        unread = unread.unique(["sheet", "row"], keep="first", maintain_order=True)
        frames.append(rows.join(unread, on=["sheet", "row"], how="left", maintain_order="left"))
    if not frames:
        lines = "\n".join(f"  文件“{name}”：{reason}" for name, reason in refused)
        raise RefusedError(f"没有可以导入的文件：\n{lines}")
    rows = pl.concat(frames).sort("file", "sheet", "row")
    return Returned(rows, _refused_rows(refused))


def _reading(
    path: Path, name: str, layout: LayoutSpec, opening: Opening
) -> FileReading | FileRefusedError:
    """What a file holds, or why it cannot be used."""
    try:
        return read_file(path, name, [layout], opening=opening)
    except FileRefusedError as error:
        return error


def list_layout(rulebook: Rulebook, name: str) -> LayoutSpec:
    """How a list that fpm wrote is read back: by the headings of ``workbooks.toml``."""
    columns = rulebook.workbooks.workbook[name].columns
    fields = {"row_key": LayoutField(title=KEY_HEADER, type="text", headers=(KEY_HEADER,))}
    ignored: list[str] = []
    for column in columns:
        if column.fill_in or column.field in {"alert_no", "who"}:
            dated = column.fill_in and column.number_format != ""
            fields[column.field] = LayoutField(
                title=column.title,
                type="date" if dated else "text",
                headers=wordings(rulebook, column.title),
                if_bad="blank",
            )
        else:
            ignored += wordings(rulebook, column.title)
    return LayoutSpec(
        department="feedback",
        kind=name,
        title=rulebook.workbooks.workbook[name].sheet,
        coverage="events",
        recognise=Fingerprint(fields=tuple(fields)),
        fields=fields,
        ignored=tuple(ignored),
        total_words=(),
        note_words=(),
    )


def _returned(rows: pl.DataFrame) -> pl.DataFrame:
    """RETURNED_SCHEMA; a column that the office took out of the list is blank."""
    given = {
        name: _FIELD_OF_ANSWER.get(name, name) if name in ANSWER_FIELDS else name
        for name in RETURNED_SCHEMA
    }
    return rows.select(
        pl.col(column).cast(RETURNED_SCHEMA[name]).alias(name)
        if column in rows.columns
        else pl.lit(None, RETURNED_SCHEMA[name]).alias(name)
        for name, column in given.items()
    )


def _placed(answers: Answers, request: AnswerRequest) -> pl.DataFrame:
    """Fresh answers with their household, place, risks and effect."""
    places = request.listed.select(
        "alert_no", "period", "household_id", "township", "village", "risks"
    ).unique(["alert_no", "period"], keep="last", maintain_order=True)
    effect = pl.col("result").replace_strict(
        dict(request.effects), default=None, return_dtype=pl.String
    )
    return answers.fresh.with_columns(effect=effect).join(
        places, on=["alert_no", "period"], how="left", maintain_order="left"
    )


def _sent(ledger: Ledger, returned: pl.DataFrame) -> pl.DataFrame:
    """Every row key that was sent for the alerts that ``returned`` names."""
    named = keys_in(returned)
    sent = listed(ledger, named["period"].to_list()).join(
        named, on=["alert_no", "period"], how="semi", maintain_order="left"
    )
    keys = [row_key(*row) for row in sent.select("alert_no", "period", "head").rows()]
    return sent.with_columns(row_key=pl.Series(keys, dtype=pl.String))


def _refused_rows(refused: Sequence[tuple[str, str]]) -> pl.DataFrame:
    rows = pl.DataFrame(refused, schema={"file": pl.String, "why": pl.String}, orient="row")
    placed = rows.with_columns(
        sheet=pl.lit(None, pl.String), row=pl.lit(None, pl.UInt32), about=pl.lit(None, pl.String)
    )
    found = problem_rows(placed, pl.lit("file"), pl.col("why"))
    return pl.concat([pl.DataFrame(schema=PROBLEM_SCHEMA), found])


def _names(files: Sequence[Path]) -> list[str]:
    """File names; where two share one, with the folder they lie in."""
    counts = Counter(path.name for path in files)
    return [
        path.name if counts[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in files
    ]
