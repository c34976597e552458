"""The office-wide settings of a rule book: matching, workflow, measures, workbooks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fpm.rulebook.base import Identifier, Spec, Title

Share = Annotated[float, Field(ge=0, le=1, strict=False)]


class MatchingSpec(Spec):
    """``matching.toml``: thresholds of the decision."""

    accept: Share = 0.9
    """At or above: confirmed."""
    review: Share = 0.1
    """At or above (and below ``accept``): a person decides; below: unmatched."""
    max_candidates: Annotated[int, Field(ge=1)] = 30
    """A blocking key shared by more roster people than this proposes nobody."""


class WorkflowSpec(Spec):
    """``workflow.toml``: days allowed and feedback results."""

    due_days: dict[Literal["red", "orange", "yellow"], Annotated[int, Field(ge=1)]]
    """Days from the date of the list to the township's answer, by level."""
    results: tuple[Title, ...]
    """Results a township may choose."""
    source: str = ""


class MeasureSpec(Spec):
    """What to propose for one risk, by ability to work."""

    risk: Title
    able: tuple[Title, ...]
    unable: tuple[Title, ...]
    source: str = ""


class MeasuresSpec(Spec):
    """``measures.toml``."""

    measure: tuple[MeasureSpec, ...]


class ColumnSpec(Spec):
    """One column of a list: ``field`` of the frame, heading, width in characters."""

    field: Identifier
    title: Title
    width: Annotated[float, Field(gt=0, strict=False)]
    wrap: bool = False
    fill_in: bool = False
    """Filled in by the recipient: unlocked, tinted."""
    choices: Literal["", "results", "yes_no"] = ""
    number_format: str = ""


class WorkbookSpec(Spec):
    """One list: sheet name, title (may hold ``{county} {township} {period} {department}``)."""

    sheet: Title
    title: Title
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    """Lines of the how-to sheet or footer."""
    columns: tuple[ColumnSpec, ...]


class WorkbooksSpec(Spec):
    """``workbooks.toml``: every list that fpm writes, by name."""

    workbook: dict[Identifier, WorkbookSpec]
