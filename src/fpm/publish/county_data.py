"""The county's view of the data: departments, rules, files row by row, and values in use."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.model import KIND_TITLES, LEVEL_TITLES
from fpm.publish.county_alerts import check, open_hits, with_total
from fpm.publish.publication import Publication
from fpm.publish.wording import ROSTER, department_rank, level_rank, level_title

_PLACE: Final = ("department", "kind", "file", "sheet")
PARTS: Final = ("confirmed", "review", "unmatched", "listed", "quarantined", "non_data")
"""Where the lines of a file go; they add up to its lines."""


def file_rows(publication: Publication) -> pl.DataFrame:
    """One row a sheet of a file: where each of its lines went, and whether that adds up."""
    linked = publication.records.group_by(_PLACE).agg(
        **{
            status: (pl.col("status") == status).sum()
            for status in ("confirmed", "review", "unmatched")
        },
        doubt=false_links(),
    )
    roster = pl.col("department") == ROSTER
    rows = (
        publication.files.join(linked, on=_PLACE, how="left", maintain_order="left")
        .with_columns(listed=pl.when(roster).then(pl.col("records")).otherwise(0))
        .sort(~roster, department_rank(pl.col("department")), "department", "file", "sheet", "kind")
        .select(
            "department",
            "file",
            "sheet",
            "rows",
            *PARTS,
            "doubt",
        )
    )
    summed = with_total(rows.drop("doubt"), ["department", "file", "sheet"])
    doubts = pl.concat([rows["doubt"], rows.select(pl.col("doubt").sum()).to_series()])
    difference = pl.col("rows") - pl.sum_horizontal(PARTS)
    return summed.with_columns(
        pl.col("department").replace(dict(publication.departments)),
        expected_false_links=doubts.round(4),
        expected_false_links_tint="department_tint",
        check=check(difference, "行"),
        check_tint=pl.when(difference != 0)
        .then(pl.lit("bad"))
        .otherwise(pl.col("department_tint")),
    )


def false_links() -> pl.Expr:
    """How many of the confirmed rows are expected to be linked to the wrong person."""
    return (1 - pl.col("probability")).filter(pl.col("status") == "confirmed").sum()


def department_rows(publication: Publication) -> pl.DataFrame:
    """One row a department: what it delivered, what became of it, what it led to."""
    files = publication.files.group_by("department").agg(
        files=pl.col("file").n_unique(),
        records=pl.col("records").sum(),
        quarantined=pl.col("quarantined").sum(),
    )
    linked = publication.records.group_by("department").agg(
        **{
            status: (pl.col("status") == status).sum()
            for status in ("confirmed", "review", "unmatched")
        }
    )
    blanked = publication.blanked.group_by("department").agg(blanked=pl.len())
    rows = (
        files.join(linked, on="department", how="left")
        .join(blanked, on="department", how="left")
        .join(_raised(publication), on="department", how="full", coalesce=True)
        .sort(department_rank(pl.col("department")), "department")
    )
    # The total of households counts a household once for each department; it is left out.
    summed = with_total(rows, ["department"]).with_columns(
        households=pl.when(pl.col("department_tint").is_null()).then(pl.col("households")),
        hits=pl.when(pl.col("department_tint").is_null()).then(pl.col("hits")),
    )
    compared = pl.col("confirmed") + pl.col("review") + pl.col("unmatched")
    return summed.with_columns(
        pl.col("department").replace(dict(publication.departments)),
        matched_share=pl.when(compared > 0).then(pl.col("confirmed") / compared),
        matched_share_tint="department_tint",
    )


def _raised(publication: Publication) -> pl.DataFrame:
    """Hits and households of open alerts by the department whose records they rest on."""
    decoded = pl.col("sources").str.json_decode(pl.List(pl.Struct({"department": pl.String})))
    departments = decoded.list.eval(pl.element().struct.field("department")).list.unique()
    return (
        open_hits(publication)
        .select("alert_household", department=departments)
        .explode("department")
        .filter(pl.col("department").is_not_null())
        .group_by("department")
        .agg(hits=pl.len(), households=pl.col("alert_household").n_unique())
    )


def rule_rows(publication: Publication) -> pl.DataFrame:
    """One row a rule: hit, clear, cannot tell, not applicable; why it stopped or cannot tell."""
    missing = pl.when(pl.col("missing").fill_null("") != "").then(
        pl.format("缺少：{}", pl.col("missing"))
    )
    stopped = pl.when(pl.col("stopped").fill_null("") != "").then(
        pl.format("停用：{}", pl.col("stopped"))
    )
    order = {kind: place for place, kind in enumerate(KIND_TITLES)}
    return publication.tally.sort(
        pl.col("kind").replace_strict(order, default=len(order), return_dtype=pl.Int8), "rule_id"
    ).with_columns(
        kind=pl.col("kind").replace(KIND_TITLES),
        level_tint="level",
        level=level_title(),
        remark=pl.concat_list(stopped, missing).list.drop_nulls().list.join("；"),
    )


_DIMENSIONS: Final = {"all": "全部", "level": "级别", "township": "乡镇", "rule": "规则"}
_FRUITLESS_FROM: Final = 20
"""Answers after which a rule that never led to anybody is pointed out."""


def rate_rows(publication: Publication) -> pl.DataFrame:
    """What became of answered alerts: all, by level, by township, by rule, with 95 % intervals."""
    titles = {rule.id: rule.title for rule in publication.rules}
    order = {name: place for place, name in enumerate(_DIMENSIONS)}
    percent = {end: (pl.col(end) * 100).round(1).cast(pl.String) + "%" for end in ("low", "high")}
    fruitless = (
        (pl.col("dimension") == "rule")
        & (pl.col("confirmed") == 0)
        & (pl.col("answered") >= _FRUITLESS_FROM)
    )
    return publication.rates.sort(
        pl.col("dimension").replace_strict(order, return_dtype=pl.Int8),
        level_rank("name"),
        pl.col("rate").neg(),
        "name",
    ).select(
        dimension=pl.col("dimension").replace(_DIMENSIONS),
        name=pl.col("name").replace({**titles, **LEVEL_TITLES}),
        answered="answered",
        confirmed="confirmed",
        rate="rate",
        interval=pl.format("{}—{}", percent["low"], percent["high"]),
        remark=pl.when(fruitless).then(
            pl.lit("从未查实过，请研究门槛是否合适（fpm rules simulate）")
        ),
    )


def value_rows(publication: Publication) -> pl.DataFrame:
    """Values unset first, then reference values, then values adopted."""
    state = (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("未设定"))
        .when(~pl.col("adopted").fill_null(value=False))
        .then(pl.lit("参考值"))
        .otherwise(pl.lit("已采用"))
    )
    order = {"未设定": 0, "参考值": 1, "已采用": 2}
    tint = {"未设定": "bad", "参考值": "yellow"}
    return (
        publication.values.with_columns(state=state)
        .with_columns(
            state_tint=pl.col("state").replace_strict(tint, default=None, return_dtype=pl.String)
        )
        .sort(pl.col("state").replace_strict(order, return_dtype=pl.Int8), "title", "name")
    )


def status_counts(publication: Publication) -> dict[str, int]:
    """How many records are confirmed, in review, unmatched."""
    counts = dict(publication.records["status"].value_counts().iter_rows())
    return {status: counts.get(status, 0) for status in ("confirmed", "review", "unmatched")}
