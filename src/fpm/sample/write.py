"""Write a fictitious county: inbox, truth, planted families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpm.model import Period
from fpm.sample.county import County, Month, make_county
from fpm.sample.files.civil_affairs import civil_affairs
from fpm.sample.files.education import education
from fpm.sample.files.housing import housing
from fpm.sample.files.intake import intake
from fpm.sample.files.medical_insurance import medical_insurance
from fpm.sample.files.roster import roster
from fpm.sample.files.short_lists import short_lists
from fpm.sample.files.water import water
from fpm.sample.sheets import Delivery
from fpm.sample.truth import planted_frame, write_truth
from fpm.sample.writers import write

FIELD_DIRT = 0.18
"""Share of rows with a damaged number or name in files as they usually come; dirty ones: 0.46."""


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written: people in the county, households, files and records in them."""

    persons: int
    households: int
    townships: int
    villages: int
    files: int
    records: int


def write_county(
    directory: Path, *, persons: int, periods: Sequence[Period], seed: int, dirt: float = FIELD_DIRT
) -> SampleSummary:
    """Write ``inbox/`` and ``truth/`` of a fictitious county into ``directory``.

    Args:
        directory: made if missing; files of the same name are replaced.
        persons: about how many people.
        periods: consecutive months, in order.
        seed: same arguments, same bytes.
        dirt: share of rows with a damaged identity number or name, 0 to 0.9.

    Returns:
        Counts of what was written.

    Raises:
        ValueError: ``periods`` is empty or not consecutive.
    """
    months = [period.shift(-place) for place, period in enumerate(periods)]
    if not periods or len(set(months)) != 1:
        raise ValueError("样例县的期次要连续，至少一个月")
    county = make_county(seed, persons, periods, dirt)
    files = records = 0
    for month in county.months:
        delivered = deliveries(county, month)
        for delivery in delivered:
            write(delivery, directory / "inbox")
        write_truth(directory / "truth" / str(month.period), delivered)
        files += len(delivered)
        records += sum(
            sheet.cells.height for d in delivered for sheet in d.sheets if not sheet.hidden
        )
    planted_frame(county).write_csv(directory / "truth" / "planted.csv")
    return SampleSummary(
        persons=county.people.height,
        households=county.people["family"].n_unique(),
        townships=len(county.places.townships),
        villages=county.places.villages.height,
        files=files,
        records=records,
    )


def deliveries(county: County, month: Month) -> list[Delivery]:
    """All files of a month that hold something; the roster is sent first and in the last month."""
    first, last = county.months[0], county.months[-1]
    rosters = []
    if month == first:
        rosters.append(roster(county, month, "roster"))
    elif month == last:
        rosters.append(roster(county, month, f"{month.period}/花名册"))
    early = (civil_affairs, medical_insurance, education, housing, water)
    departments = (*early, intake, short_lists)
    files = [file for department in departments for file in department(county, month)]
    return [*rosters, *(file for file in files if any(s.cells.height for s in file.sheets))]
