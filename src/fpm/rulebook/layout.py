"""How one kind of extract is recognised, read, matched and turned into facts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fpm.model import MatchOn
from fpm.rulebook.base import Identifier, Spec, Title

FieldType = Literal[
    "id_number",
    "person_name",
    "text",
    "category",
    "yes_no",
    "number",
    "money",
    "date",
    "month",
    "place",
    "phone",
    "code",
]

Role = Literal[
    "id_number",
    "name",
    "birth_date",
    "sex",
    "township",
    "village",
    "household_id",
    "person_id",
    "head_name",
    "head_id_number",
    "relation",
    "phone",
    "former_name",
    "guardian_name",
    "guardian_id_number",
]


class LayoutField(Spec):
    """One column.

    ``headers`` are all spellings seen, in plain form (no spaces, line breaks or bracketed units:
    those are stripped before comparing). Where a file has several of them, the first in this list
    is read; for a ``multiple`` category all of them are joined. ``role`` says what the column
    tells about *who* the row is for; it defaults to the field's own name where that is a role.

    ``spellings`` maps the standard value to the variants seen (the standard value itself is always
    accepted); without it a category keeps its text. For ``yes_no`` the standard values are 是 and
    否, and the variants add to the usual words. ``blank_words`` are words that say "none" in this
    column, such as 非监测对象 under a type of monitoring: read as blank and not reported.

    ``if_bad`` says what a value that cannot be read does: the row is set aside, or the cell is
    left blank and reported. Birth date and sex are never taken from the ID here: reading the
    roster and matching do that.
    """

    title: Title
    type: FieldType
    headers: tuple[str, ...] = Field(min_length=1)
    role: Role | None = None
    required: bool = False
    """The column must exist; a file without it is refused."""
    filled: bool = False
    """Every row must have a value; a row without one is set aside."""
    spellings: dict[Title, tuple[Title, ...]] = Field(default_factory=dict)
    blank_words: tuple[Title, ...] = ()
    multiple: bool = False
    """A category cell may hold several values (、,; separated); stored joined by ``,`` sorted."""
    includes: tuple[Identifier, ...] = ()
    """Other category fields whose values belong to this ``multiple`` one as well: the first of
    several risk columns is known by itself, and counts among the risks."""
    repeats: Literal["agree", "first"] = "agree"
    """Two columns of this field: cells that differ are left blank and reported, or the first
    column holds and the others belong to another block of a wide table."""
    unit: str = ""
    """Unit of a number or amount when neither header nor cell says: 元, 万元, 亩 …"""
    bare: bool = False
    """A number that must stand alone: one with its unit in the cell (2公里) cannot be read."""
    keeps_day: bool = False
    """A ``month`` that a file gives as a whole day stays that day, not the month's first."""
    from_roster: Identifier | None = None
    """The roster column that says it where a linked row of an extract says nothing."""
    if_bad: Literal["quarantine", "blank"] = "quarantine"


class Fingerprint(Spec):
    """What tells this layout from others: words in the file or sheet name, telling headers."""

    file_words: tuple[str, ...] = ()
    not_file_words: tuple[str, ...] = ()
    sheet_words: tuple[str, ...] = ()
    fields: tuple[Identifier, ...] = ()
    """Fields whose presence is typical of this layout (each counts more than the others)."""


class LayoutBlock(Spec):
    """Columns of a wide table that files also write without the words they begin with.

    ``marks`` are fields that only this block has. Of the columns beside one of them, those whose
    header with ``prefix`` before it is one of the layout are read as that: if the header without it
    stands further left too, or, right of the mark, is not read otherwise.
    """

    prefix: Title
    marks: tuple[Identifier, ...] = Field(min_length=1)


class FactSpec(Spec):
    """One fact: an SQL aggregate over the records of one person, household or village.

    ``window`` ``period`` takes this month's extract, ``year`` all extracts of the calendar year
    up to now, ``twelve_months`` those of the last twelve months, and needs none of this month:
    what was reported stays reported. ``absent`` is the value for somebody whom a delivered extract
    does not hold; without it the fact is NULL there. The column in conditions is
    ``<department>_<name>``.
    """

    title: Title
    sql: str
    unit: str = ""
    window: Literal["period", "year", "twelve_months"] = "period"
    absent: bool | int | float | str | None = None


class DerivedSpec(Spec):
    """A column computed from a roster row (``sql`` is a row expression, no aggregate)."""

    title: Title
    sql: str
    unit: str = ""


class LayoutSpec(Spec):
    """One ``layouts/<department>/<kind>.toml``; ``department = "roster"`` describes the roster."""

    department: Identifier
    department_title: str = ""
    """Name of a department that fpm does not know yet."""
    kind: Identifier
    title: Title
    match_on: MatchOn = "person"
    coverage: Literal["complete", "events"]
    period_by: tuple[Identifier, ...] = ()
    """Month or date fields that say to which period a record belongs; the first filled counts."""
    about: Literal["everyone", "heads", "children"] = "everyone"
    """Whom the extract lists, a hint for matching."""
    own_places: bool = False
    """A village the roster holds nobody of stands for itself: the extract comes from the system
    that the roster comes from, and names villages as it does."""
    order_by: Identifier | None = None
    """The date or month field by which ``LAST`` picks the latest record."""
    recognise: Fingerprint = Fingerprint()
    fields: dict[Identifier, LayoutField]
    blocks: tuple[LayoutBlock, ...] = ()
    ignored: tuple[Title, ...] = ("序号", "编号", "备注")
    """Headers known and not read, so that they are not reported as unknown: running numbers, bank
    accounts and whatever else the work does not need."""
    total_words: tuple[str, ...] = (
        "合计",
        "总计",
        "小计",
        "共计",
        "累计",
        "平均",
        "平均值",
        "人均",
    )
    note_words: tuple[str, ...] = (
        "注",
        "备注说明",
        "说明",
        "填表说明",
        "制表",
        "填报",
        "审核",
        "单位负责人",
        "打印",
    )
    facts: dict[Identifier, FactSpec] = Field(default_factory=dict)
    derived: dict[Identifier, DerivedSpec] = Field(default_factory=dict)
    """Only in the roster layout."""
