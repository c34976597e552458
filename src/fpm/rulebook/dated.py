"""Values that policy sets for a time and a place, each with the document that sets it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from fpm.rulebook.base import Identifier, PeriodText, Spec, Title

Value = bool | int | float | str | dt.date


ValueOrList = Value | tuple[Value, ...]


class DatedValue(Spec):
    """One value in force from a month on, in one division.

    ``division`` is a code prefix: ``""`` the nation, ``22`` a province, ``2202`` a prefecture,
    ``220281`` a county; the longest prefix that fits the county wins. ``until`` is the last month
    in force. ``adopted`` is false for a reference value (参考值): it works, and every list says
    that the county has not adopted it.
    """

    from_: PeriodText = Field(alias="from")
    until: PeriodText | None = None
    division: Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6})?$")] = ""
    place: str = ""
    value: ValueOrList
    document: Title
    article: str = ""
    adopted: bool = True
    note: str = ""


class Parameter(Spec):
    """A named amount used by conditions; no value in force stops the rules that need it."""

    title: Title
    unit: str = ""
    dated: tuple[DatedValue, ...] = ()


class NamedParameter(Parameter):
    """A parameter shared by rules, one file each under ``parameters/``."""

    name: Identifier
