"""The office-wide settings of a rule book: matching, guards, workflow, measures, workbooks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from fpm.model import Thresholds
from fpm.rulebook.base import Identifier, Spec, Title
from fpm.rulebook.dated import DatedValue

Share = Annotated[float, Field(ge=0, le=1, strict=False)]


Place = Annotated[str, Field(pattern=r"^[^/\s]+(/[^/\s]+)?$")]
"""A township, or a village written ``township/village``."""


class MatchingSpec(Spec):
    """``matching.toml``: thresholds of the decision (``Thresholds``), and words of headers."""

    accept: Share = Thresholds.accept
    wrong_share: Share = Thresholds.wrong_share
    wrong_share_unnumbered: Share = Thresholds.wrong_share_unnumbered
    review: Share = Thresholds.review
    max_candidates: Annotated[int, Field(ge=1)] = Thresholds.max_candidates
    former_places: dict[Place, Place] = Field(default_factory=dict)
    headers: dict[Identifier, tuple[Title, ...]] = Field(default_factory=dict)
    """Usual headers by role for tables that no layout knows (``fpm match`` with files)."""
    whose: tuple[Title, ...] = ()
    """English words for whom a list is about, before such a header: ``client name``."""
    heads: tuple[Title, ...] = ()
    """Words for the head of a household in such a header: ``户主姓名``."""
    where: tuple[Title, ...] = ()
    """Words for which of a person's places is meant, before such a header: ``住址乡镇``."""


class ChangeSpec(Spec):
    """By how much a list may change from one period to the next, as a share of the earlier one."""

    shrink: Share
    grow: Annotated[float, Field(ge=0, strict=False)]


class GuardsSpec(Spec):
    """``guards.toml``: when what was delivered is not believed without a word from a person."""

    roster: ChangeSpec = ChangeSpec(shrink=0.05, grow=0.05)
    complete: ChangeSpec = ChangeSpec(shrink=0.2, grow=0.3)
    """Extracts with ``coverage = "complete"``."""
    size_rows: Annotated[int, Field(ge=1)] = 20
    """Lists that are shorter both times may change by any share, but not become empty."""
    same_rows: Annotated[int, Field(ge=1)] = 100
    """A shorter list may hold the same records as before."""
    days_before: Annotated[int, Field(ge=0)] = 0
    """A file may be dated this many days before its period begins."""
    days_after: Annotated[int, Field(ge=0)] = 31
    """A file may be dated this many days after its period ends."""
    dated_rows: Annotated[int, Field(ge=1)] = 20
    """Fewer dated records say nothing about the period."""
    dated_share: Share = 0.05
    """The records' period is the latest month with at least this share of them."""
    own_codes: tuple[Annotated[str, Field(pattern=r"^\d{6}$")], ...] = ()
    """Former division codes of the county."""
    own_share: Share = 0.5
    """Of the ID numbers, and of the townships, at least this share is the county's own."""
    own_rows: Annotated[int, Field(ge=1)] = 10
    """Fewer rows with a readable number or township say nothing about the county."""
    expected_rows: Annotated[int, Field(ge=1)] = 10
    """A township that should have so many rows of a list and has none did not send its part."""


class ResultSpec(Spec):
    """One result a township may choose, and what it does to the alert.

    ``no_risk``: the hits stay silent until they worsen or their rule's silence ends;
    ``monitored``: the household is in the monitoring procedure, further hits of the same risk go
    to its case file; ``pending``: not an answer yet, the alert stays open.
    """

    title: Annotated[str, Field(pattern=r"^[^,]{1,60}$")]
    effect: Literal["no_risk", "monitored", "pending"]
    done: str = ""
    """A step of the procedure that a household with this result has behind it already."""
    also: tuple[Title, ...] = ()
    """What officers write for it, and what it was called before."""


class CapSpec(Spec):
    """How many alerts are put to a township in a month; without a number there is no limit."""

    each: Annotated[int, Field(ge=0)] | None = None
    townships: dict[Title, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Townships with a limit of their own."""


class DutySpec(Spec):
    """Something that every township has to send in certain months."""

    title: Title
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1)
    list: Annotated[str, Field(pattern=r"^\w+\.\w+$")]
    """Department and kind of the layout that reads it."""
    looks_back: Annotated[int, Field(ge=1, le=12)] = 1
    """Months, the one it is due in included, in which it may have come."""
    source: str = ""


class StepSpec(Spec):
    """One step of the procedure from confirmed to supported, in the order of the file."""

    id: Identifier
    title: Title
    who: Title
    output: Title
    """The document that shows that the step is done."""
    days: Annotated[int, Field(ge=1)]
    """Days allowed after the step before."""
    source: str = ""


class CaseTypeSpec(Spec):
    """A kind of monitored household; proposed where the roster's household type is this one."""

    title: Title
    household_type: str = ""


class RemovalCheckSpec(Spec):
    """Something that must hold before a risk counts as removed.

    ``holds`` is a condition over the members of the household; it must be true in this month and
    in each of the ``months - 1`` before it. Unknown is not true.
    """

    id: Identifier
    title: Title
    holds: Title
    months: Annotated[int, Field(ge=1)] = 1
    source: str = ""


class WorkflowSpec(Spec):
    """``workflow.toml``: days allowed, feedback results, the procedure and its end."""

    due_days: dict[Literal["red", "orange", "yellow"], Annotated[int, Field(ge=1)]]
    """Days from the date of the list to the township's answer, by level."""
    results: tuple[ResultSpec, ...] = Field(min_length=1)
    """Results a township may choose, in the order of the drop-down."""
    source: str = ""
    step: tuple[StepSpec, ...] = ()
    """The last step is the support that goes on until the risk is removed."""
    cap: CapSpec = CapSpec()
    calendar: tuple[DutySpec, ...] = ()
    visit_days: Annotated[int, Field(ge=1)] = 31
    """A supported household is visited at least this often."""
    months_monitored: Annotated[int, Field(ge=0)] = 6
    """Months from the opening of a case to the earliest removal."""
    case_type: tuple[CaseTypeSpec, ...] = ()
    removal: tuple[RemovalCheckSpec, ...] = ()
    removal_step: tuple[StepSpec, ...] = ()
    """From the support to the mark "risk removed"; without any it is one act."""

    @property
    def spellings(self) -> dict[str, str]:
        """Every way to write a result → its title."""
        return {way: result.title for result in self.results for way in _ways(result)}

    @property
    def effects(self) -> dict[str, str]:
        """Every way to write a result → what it does."""
        return {way: result.effect for result in self.results for way in _ways(result)}

    @model_validator(mode="after")
    def _names_known_steps(self) -> WorkflowSpec:
        known = [step.id for step in (*self.step, *self.removal_step)]
        if self.removal_step and not self.step:
            raise ValueError("写了 [[removal_step]]，却没有 [[step]]")
        for result in self.results:
            if result.done and result.done not in known:
                raise ValueError(
                    f"核实结果“{result.title}”的 done 写的是“{result.done}”，没有这个步骤"
                )
        if len(set(known)) < len(known):
            raise ValueError("步骤的 id 有重复")
        return self

    @field_validator("results")
    @classmethod
    def _tell_apart(cls, results: tuple[ResultSpec, ...]) -> tuple[ResultSpec, ...]:
        ways = [way for result in results for way in _ways(result)]
        double = sorted({way for way in ways if ways.count(way) > 1})
        if double:
            raise ValueError(f"几种核实结果用了同一个写法：{'、'.join(double)}")
        return results

    @field_validator("results")
    @classmethod
    def _fits_a_drop_down(cls, results: tuple[ResultSpec, ...]) -> tuple[ResultSpec, ...]:
        # A workbook keeps the choices of a drop-down in one text of at most 255 characters.
        if len(",".join(result.title for result in results)) > 255:
            raise ValueError("核实结果的文字合计不得超过 255 个字符，否则表格里的下拉框放不下")
        return results


def _ways(result: ResultSpec) -> tuple[str, ...]:
    return (result.title, *result.also)


class MeasureSpec(Spec):
    """What to propose for one risk, by ability to work.

    ``taken`` is a condition over the members of the household: some measure against this risk is
    registered.
    """

    risk: Title
    able: tuple[Title, ...]
    unable: tuple[Title, ...]
    taken: str = ""
    source: str = ""


class MeasuresSpec(Spec):
    """``measures.toml``."""

    measure: tuple[MeasureSpec, ...]


class TermSpec(Spec):
    """A word of the rule book's texts, and what it is called from which month on."""

    word: Title
    dated: tuple[DatedValue, ...] = Field(min_length=1)


class TermsSpec(Spec):
    """``terms.toml``: words that change with policy."""

    term: tuple[TermSpec, ...] = ()


class ColumnSpec(Spec):
    """One column of a list: ``field`` of the frame, heading, width in characters."""

    field: Identifier
    title: Title
    width: Annotated[float, Field(gt=0, strict=False)]
    wrap: bool = False
    fill_in: bool = False
    """Filled in by the recipient: unlocked, tinted."""
    choices: Literal["", "results", "yes_no", "candidates"] = ""
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
