"""What the files of scenes may say of planted families: their facts, and what rules must say."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal

from pydantic import Field

from fpm.rulebook.base import Identifier, Spec, Title

Value = str | int | float | bool
Offsets = tuple[int, ...]
"""Months before the last period: 0 the last, -1 the one before."""
_ALWAYS: Offsets = (-2, -1, 0)
_FILES: Final = ("scenes.toml", "scenes_departments.toml")
"""The first five departments; those that came later."""


class Find(Spec):
    """Which family may play: its kind; age, school age and relation of the person concerned."""

    template: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    ages: tuple[int, int] = (0, 120)
    school_ages: tuple[int, int] | None = None


class Bill(Spec):
    """One settlement of the person, amounts in yuan."""

    offset: int = 0
    visit: Title = "普通住院"
    disease: Title = "脑梗死"
    total: float = Field(strict=False)
    self_paid: float = Field(strict=False)
    own: float = Field(default=0, strict=False)
    """Outside the insured scope, paid by the patient (自费)."""
    aid_due: float = Field(default=0, strict=False)
    aid: float = Field(default=0, strict=False)
    refunded: bool = False
    """Followed by an equal negative row."""


class Listed(Spec):
    """On (or, with ``absent``, off) a list in these months."""

    offsets: Offsets = _ALWAYS
    everyone: bool = False
    """All members, not only the person."""
    absent: bool = False
    grade: str = ""
    amount: float = Field(default=395, strict=False)
    kind: str = ""
    state: str = ""
    head: str = ""
    """The head under whom the line stands, where it is not the person's own."""


class Watch(Spec):
    """A line of the drop-out list."""

    offset: int = 0
    status: Title
    reason: str = "厌学"
    follow_up: str = "劝学"
    returned: bool = False


class House(Spec):
    """A line of the housing list."""

    offsets: Offsets = _ALWAYS
    grade: Title
    lived_in: str = "是"
    progress: str = ""
    built: int = 2005
    renovated_before: str = "否"


class Water(Spec):
    """A line of a water list, of the household or of its village."""

    offsets: Offsets = (0,)
    quantity: str = "达标"
    quality: str = "达标"
    convenience: str = "达标"
    reliability: str = "达标"
    short_days: int = 0
    stoppage_days: int = 0
    problem: str = ""


class Clue(Spec):
    """A line of a list of self-reports, inspections or petitions."""

    offset: int = 0
    source: Literal["self_report", "inspection", "petition"]
    text: Title


class Entry(Spec):
    """A line of one of the short lists (see ``files.short_lists``), or its absence."""

    of: Identifier
    offsets: Offsets = (0,)
    absent: bool = False
    neighbours: int = 0
    """Ordinary families of the same place with the same line."""
    across: Literal["village", "township"] = "village"
    who: Literal["head", "worker"] = "head"
    """Which neighbours: heads, or people on the list of those who work."""
    cells: dict[Identifier, Value] = Field(default_factory=dict)


class Expect(Spec):
    """What a rule must say of this family in this month."""

    rule: Identifier
    offset: int = 0
    result: Literal["hit", "clear"] = "hit"


class Scene(Spec):
    """One planted family."""

    code: Identifier
    title: Title
    status: Literal["", "lifted", "monitored", "cleared"] = ""
    """What the household is; the columns are in the table ``[status]`` of the file."""
    find: Find = Find()
    person: dict[Identifier, Value] = Field(default_factory=dict)
    household: dict[Identifier, Value] = Field(default_factory=dict)
    children: dict[Identifier, Value] = Field(default_factory=dict)
    """Of the head's sons and daughters at home."""
    household_later: dict[Identifier, Value] = Field(default_factory=dict)
    """In the roster of the last period only."""
    bill: tuple[Bill, ...] = ()
    dibao: tuple[Listed, ...] = ()
    tekun: tuple[Listed, ...] = ()
    edge: tuple[Listed, ...] = ()
    insured: tuple[Listed, ...] = ()
    school: tuple[Listed, ...] = ()
    watch: tuple[Watch, ...] = ()
    house: tuple[House, ...] = ()
    water: tuple[Water, ...] = ()
    village_water: tuple[Water, ...] = ()
    entry: tuple[Entry, ...] = ()
    own_village: str = ""
    """Scenes with the same word play in different villages."""
    own_township: str = ""
    intake: tuple[Clue, ...] = ()
    expect: tuple[Expect, ...] = ()


class Script(Spec):
    """All files of scenes together."""

    status: dict[str, dict[Identifier, Value]]
    scene: tuple[Scene, ...]


@cache
def script() -> Script:
    """The scenes shipped with fpm, in their order."""
    folder = resources.files("fpm.sample")
    parts = [tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in _FILES]
    whole = {
        "status": parts[0]["status"],
        "scene": [one for part in parts for one in part["scene"]],
    }
    # strict pydantic takes arrays for tuples from JSON only
    return Script.model_validate_json(json.dumps(whole, ensure_ascii=False))
