"""Months (期次): every run is for one."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month (期次)."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026-10``; raise ``ValueError`` with a Chinese sentence otherwise."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip())
        if found is None:
            raise ValueError(f"期次“{text}”不是“2026-10”这样的年-月")
        return cls(int(found[1]), int(found[2]))

    @property
    def first_day(self) -> dt.date:
        """First day of the month."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """Last day of the month: the day on which ages and terms are counted."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def shift(self, months: int) -> Period:
        """The period ``months`` later (earlier when negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        """``2026-10``."""
        return f"{self.year:04d}-{self.month:02d}"
