"""The guards themselves: size, repetition and county of what was delivered; see ``months``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from fpm.identity.places import Gazetteer, learn_gazetteer, locate
from fpm.ingest.packed import PackedRecords, unpacked
from fpm.model import RECORD_KEY, Period
from fpm.pipeline.guards.months import Due, check_month
from fpm.pipeline.guards.results import Delivered, Earlier, GuardResult
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.settings import ChangeSpec, GuardsSpec

_TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt")
"""Text files carry no time of saving: a short list that did not change has the same bytes."""
_COMMON: Final = 0.01
"""A division code that this share of the roster's people have is one of the county's own."""
_NUMBER_ROLES: Final = ("id_number", "head_id_number")
_NUMBER: Final = r"^(\d{6})\d{8,11}[\dXx]?"


@dataclass(frozen=True, slots=True)
class Home:
    """What the county's own people look like.

    Attributes:
        codes: division codes of their ID numbers; none where nobody has said any yet.
        gazetteer: their townships; None where nothing is known yet.
    """

    codes: frozenset[str]
    gazetteer: Gazetteer | None


@dataclass(frozen=True, slots=True)
class Standard:
    """What a delivery is held against."""

    period: Period
    spec: GuardsSpec
    layout: LayoutSpec
    home: Home
    earlier: Earlier | None


def check_delivery(given: Delivered, standard: Standard) -> Iterator[GuardResult]:
    """Every guard that applies to an extract kind.

    Extracts of events may have any size and may be about people of other counties.
    """
    layout = standard.layout
    if layout.coverage == "complete":
        yield from _size(given, standard)
    if not given.standing:
        yield from _same(given, standard)
    due = Due(standard.period, standard.spec, layout)
    months = _each_file(given, lambda file: check_month(given, file, due))
    # of a roster that still holds there is nothing else to say
    yield from (one for one in months if one.outcome == "stopped" or not given.standing)
    if layout.coverage == "complete":
        yield from _each_file(given, lambda file: _county(given, standard, file))


def home_of(roster: pl.DataFrame | None, codes: Collection[str]) -> Home:
    """What a roster says of its county.

    Args:
        roster: ``valid_id township village`` and more; None where there is none yet.
        codes: the county's division code and former ones.
    """
    if roster is None or roster.is_empty():
        return Home(frozenset(codes), None)
    numbers = roster["valid_id"].drop_nulls().str.slice(0, 6).value_counts()
    common = numbers.filter(pl.col("count") >= _COMMON * roster.height)
    places = roster.group_by("township", "village").len("people")
    return Home(frozenset({*codes, *common["valid_id"]}), learn_gazetteer(places))


def _each_file(given: Delivered, check: Callable[[str], GuardResult]) -> Iterator[GuardResult]:
    """Results by file; those with nothing to say are told as one."""
    results = [check(file) for file in given.counts["file"].to_list()]
    yield from (result for result in results if result.outcome == "stopped")
    quiet = [result for result in results if result.outcome != "stopped"]
    if quiet:
        names = tuple(name for result in quiet for name in result.files)
        judged = [result for result in quiet if result.outcome == "passed"]
        yield replace((judged or quiet)[0], files=names)


def _size(given: Delivered, standard: Standard) -> Iterator[GuardResult]:
    spec, earlier = standard.spec, standard.earlier
    limits = spec.roster if given.key[0] == "roster" else spec.complete
    for check in ("shrink", "grow"):
        result = given.result(check)
        if earlier is None:
            yield replace(result, outcome="first")
            continue
        result = replace(result, compared_with=str(earlier.period))
        emptied = check == "shrink" and given.rows == 0 < earlier.rows
        if max(given.rows, earlier.rows) < spec.size_rows and not emptied:
            yield replace(result, outcome="short")
        elif message := _change(check, given, earlier, limits):
            yield replace(result, outcome="stopped", message=message)
        else:
            yield result


def _change(check: str, given: Delivered, earlier: Earlier, limits: ChangeSpec) -> str | None:
    files = "、".join(given.counts["file"].to_list())
    if check == "shrink":
        # a person whose row was set aside is missing from the list like one who was left out
        now, before = given.read, earlier.read
        share = 1 - now / before if before else 0.0
        if share <= limits.shrink:
            return None
        unread = f"（另有 {given.rows - now:,} 行读不出）" if given.rows > now else ""
        return (
            f"{given.title}（{files}）只有 {now:,} 行{unread}，比 {earlier.period} 期的 "
            f"{before:,} 行少 {share:.0%}，超过 {limits.shrink:.0%} 的限度，可能没有导全"
        )
    now, before = given.rows, earlier.rows
    if now <= before * (1 + limits.grow):
        return None
    growth = f"多 {now / before - 1:.0%}" if before else "多"
    return (
        f"{given.title}（{files}）有 {now:,} 行，比 {earlier.period} 期的 {before:,} 行{growth}，"
        f"超过 {limits.grow:.0%} 的限度，可能混入了别的名单或重复导出"
    )


def _same(given: Delivered, standard: Standard) -> Iterator[GuardResult]:
    spec, earlier = standard.spec, standard.earlier
    if earlier is None:
        yield replace(given.result("same"), outcome="first")
        return
    repeated = False
    for row in given.counts.filter(pl.col("rows") > 0).to_dicts():
        month = earlier.periods_by_hash.get(row["sha256"])
        may_repeat = row["rows"] < spec.same_rows and row["file"].lower().endswith(_TEXT_SUFFIXES)
        if month is not None and not may_repeat:
            repeated = True
            yield replace(
                given.result("same", [row["file"]]),
                outcome="stopped",
                compared_with=month,
                message=f"文件“{row['file']}”与 {month} 期收到的文件一字不差，可能是旧文件",
            )
    if repeated:
        return
    result = replace(given.result("same"), compared_with=str(earlier.period))
    if given.rows < spec.same_rows:
        yield replace(result, outcome="short")
    elif _same_records(given.records, earlier.records):
        files = "、".join(given.counts["file"].to_list())
        message = f"{given.title}（{files}）的内容与 {earlier.period} 期完全相同，可能是旧数据"
        yield replace(result, outcome="stopped", message=message)
    else:
        yield result


def _same_records(now: Sequence[PackedRecords], before: pl.DataFrame | None) -> bool:
    """Whether both hold the same records, whatever their order, files and unfilled columns."""
    if before is None or sum(table.height for table in now) != before.height:
        return False
    frames = [frame.drop(*RECORD_KEY, strict=False) for frame in (unpacked(now), before)]
    shared = [name for name in frames[0].columns if name in frames[1].columns]
    first, second = (frame.select(shared).hash_rows().sort() for frame in frames)
    return bool(shared) and first.equals(second)


def _county(given: Delivered, standard: Standard, file: str) -> GuardResult:
    result = given.result("county", [file])
    spec, home = standard.spec, standard.home
    telling = [_field_of(standard.layout, role) for role in (*_NUMBER_ROLES, "township")]
    records = given.of_file(file, telling)
    if not home.codes:
        return replace(result, outcome="unset")
    numbers = _own_numbers(records, standard.layout, home)
    towns = _own_towns(records, standard.layout, home)
    wrong = []
    if len(numbers) >= spec.own_rows and _share(numbers) < spec.own_share:
        wrong.append(f"只有 {_share(numbers):.0%} 的证件号码是本县区划的")
    if len(towns) >= spec.own_rows and _share(towns) < spec.own_share:
        wrong.append(f"只有 {_share(towns):.0%} 的行写的是花名册里有的乡镇")
    if wrong:
        message = f"文件“{file}”像是别的县的：{'，'.join(wrong)}"
        return replace(result, outcome="stopped", message=message)
    judged = max(len(numbers), len(towns)) >= spec.own_rows
    return result if judged else replace(result, outcome="short")


def _share(own: pl.Series) -> float:
    return float(own.sum()) / len(own)


def _own_numbers(records: pl.DataFrame, layout: LayoutSpec, home: Home) -> pl.Series:
    """Whether the division of each readable ID number is the county's."""
    for role in _NUMBER_ROLES:
        name = _field_of(layout, role)
        if name in records.columns:
            codes = records[name].str.extract(_NUMBER).drop_nulls()
            return codes.is_in(sorted(home.codes))
    return pl.Series(dtype=pl.Boolean)


def _own_towns(records: pl.DataFrame, layout: LayoutSpec, home: Home) -> pl.Series:
    """Whether each township that is written is one of the county's."""
    name = _field_of(layout, "township")
    if home.gazetteer is None or name not in records.columns:
        return pl.Series(dtype=pl.Boolean)
    written = records.select(township=pl.col(name)).drop_nulls()
    places = written.unique(maintain_order=True).with_columns(village=pl.lit(None, pl.String))
    known = locate(places, home.gazetteer).select("township", own=pl.col("t") >= 0)
    return written.join(known, on="township", how="left")["own"]


def _field_of(layout: LayoutSpec, role: str) -> str:
    fields: Mapping[str, str | None] = {name: spec.role for name, spec in layout.fields.items()}
    return next((name for name, own in fields.items() if (own or name) == role), role)
