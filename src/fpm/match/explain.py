"""One Chinese line for every record: what agreed, what did not, the runner-up and why it lost."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from fpm.identity.id_relation import RELATION_TITLES
from fpm.identity.name_levels import (
    DIFFERENT,
    EMPTY,
    LEVEL_TITLES,
    ONE_OTHER,
    PART,
    SURNAME,
)
from fpm.match.beside import NEIGHBOURS
from fpm.match.decisions import CONTRADICTED
from fpm.match.keys import NO_NAME
from fpm.match.levels import (
    BESIDE_TITLES,
    BIRTH_TITLES,
    HEAD_TITLES,
    HOME_BESIDE_TITLES,
    HOUSE_TITLES,
    OWNER_TITLES,
    PERSON_TITLES,
    PHONE_TITLES,
    PLACE_TITLES,
    SEX_TITLES,
)

_TITLES: Final[dict[str, tuple[str, ...]]] = {
    "owner": OWNER_TITLES,
    "id": ("", *RELATION_TITLES[1:]),
    "name": LEVEL_TITLES,
    "birth": BIRTH_TITLES,
    "place": PLACE_TITLES,
    "sex": SEX_TITLES,
    "head": HEAD_TITLES,
    "phone": PHONE_TITLES,
    "house": HOUSE_TITLES,
    "person": PERSON_TITLES,
    "beside": BESIDE_TITLES,
    "home_beside": HOME_BESIDE_TITLES,
}
"""What each level says, in the order of the sentence; empty levels say nothing."""

_LEVELS: Final = 32
"""More than a kind of evidence has levels; twelve kinds fill 60 bits."""

_RIVAL: Final = 0.5
"""A rival of the same evidence who is at least this share as likely cannot be told apart."""

_OUTSIDE: Final = 0.05
"""An outsider who is less likely meant is not spoken of."""

_HELD_BACK: Final = "%，但本名单这样的行多，都采用预计误配会超限）："
"""Sure enough alone, but not in a list that cannot tell its people apart (``wrong_share``)."""

_NUMBER: Final[dict[str, str]] = {
    "valid": "证件号在花名册中没有",
    "disability": "证件号在花名册中没有",
    "old15": "15位旧证件号升为18位后，花名册中没有",
    "check": "证件号校验码不符",
    "date": "证件号中的出生日期不存在",
    "rounded": "证件号尾数被表格软件改写，仅前15位可信",
    "x_lost": "证件号只有17位，缺末位X",
    "digit_lost": "证件号只有17位，少一位",
    "digit_extra": "证件号有19位，多一位",
    "scientific": "证件号成了科学计数法，仅保留前几位",
    "masked": "证件号部分数字被遮盖",
    "part": "证件号位数不对，只能部分比对",
    "other": "所填不是居民身份证号，花名册中没有这个号码",
    "missing": "未填身份证号",
}
"""What is said of the number of a record that nobody was found for, by its quality."""

_SETTLED: Final = "证件号一致、姓名相同"
_TWICE: Final = "；此人在花名册中不止一行（证件号、姓名都相同），按一人计"
_ANOTHERS: Final = "证件号属花名册中的另一人，姓名不符"
_SLIPPED: Final = "证件号属相邻行的人，疑似证件号错行"

_AGAINST: Final[dict[str, tuple[int, ...]]] = {
    "owner": (4,),
    "id": (12, 13, 14, 15, 17),
    "name": (ONE_OTHER, PART, EMPTY, SURNAME, DIFFERENT),
    "birth": (3, 4),
    "place": (4, 5, 6, 8),
    "sex": (2,),
    "head": (3, 4),
    "phone": (2,),
    "house": (2,),
    "person": (2,),
    "beside": (1, 2, 4),
    "home_beside": (),
}
"""Levels that speak against a candidate."""


def _level_title(kind: str) -> pl.Expr:
    titles = dict(enumerate(_TITLES[kind]))
    text = pl.col(kind).replace_strict(titles, default="", return_dtype=pl.String)
    if kind == "name":
        former = text.str.replace("姓名", "曾用名", literal=True)
        text = pl.when("by_former").then(former).otherwise(text)
    return pl.when(text != "").then(text)


def _sentence(*, against: bool) -> pl.Expr:
    """Titles of the levels that speak for (or against), joined by 、."""
    parts = [
        pl.when(pl.col(kind).is_in(_AGAINST[kind]) == against).then(_level_title(kind))
        for kind in _TITLES
    ]
    return pl.concat_str(parts, separator="、", ignore_nulls=True)


def describe(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs with ``says``: for and against, e.g. ``姓名相同、村一致；但出生日期不同``; and ``bad``.

    Few combinations of levels occur: each is put into words once.
    """
    code = pl.sum_horizontal(
        pl.col(kind).cast(pl.UInt64) * _LEVELS**place for place, kind in enumerate(_TITLES)
    )
    coded = pairs.select(*_TITLES, "by_former", code=code * 2 + pl.col("by_former"))
    worded = (
        coded.unique("code")
        .with_columns(good=_sentence(against=False), bad=_sentence(against=True))
        .select(
            "code",
            "bad",
            says=pl.when((pl.col("good") != "") & (pl.col("bad") != ""))
            .then(pl.concat_str("good", pl.lit("；但"), "bad"))
            .when(pl.col("bad") != "")
            .then("bad")
            .otherwise("good"),
        )
    )
    found = coded.select("code").join(worded, on="code", how="left", maintain_order="left")
    return pairs.hstack(found.drop("code"))


def _why_lost() -> pl.Expr:
    """The runner-up's own disagreements, else that it agrees in less."""
    return (
        pl.when(pl.col("second_bad") != "")
        .then(pl.concat_str(pl.lit("因"), "second_bad", pl.lit("而不取")))
        .when(
            (pl.col("second_says") == pl.col("says"))
            & (pl.col("second_chance") >= _RIVAL * pl.col("probability"))
        )
        .then(pl.lit("证据相同，无法区分"))
        .when(pl.col("second_says") == pl.col("says"))
        .then(pl.lit("证据相同，但从年龄、是否户主、是否已列入看不像本名单的人"))
        .otherwise(pl.concat_str(pl.lit("只有"), "second_says", pl.lit("，证据较弱")))
    )


def reasons(
    decided: pl.DataFrame, ranked: pl.DataFrame, classed: pl.DataFrame, people: pl.DataFrame
) -> pl.Series:
    """``reason`` of every query, in the order of ``decided``.

    Args:
        decided: one row a query, with ``held_back`` (kept from being confirmed by its list) and
            ``likeliest_outsiders``.
        ranked: pairs with levels and rank, described.
        classed: queries (for what the record's own number looks like), in the same order.
        people: roster, for the runner-up's name and place.
    """
    settled = (pl.col("cls") == "A") & (pl.col("method") != "decision") & ~pl.col("contradicted")
    plain = decided.select(settled).to_series()
    first, second = _best_two(ranked, people)
    facts = (
        decided.filter(~plain)
        .hstack(classed.filter(~plain).select(_about_number()))
        .join(first, on="q", how="left", maintain_order="left")
        .join(second, on="q", how="left", maintain_order="left")
    )
    runner_up = (
        pl.when(_is_outsiders(pl.max_horizontal("second_chance", pl.lit(_OUTSIDE))))
        .then(pl.concat_str(pl.lit("；也可能是"), _outsider()))
        .when(pl.col("second_who").is_not_null())
        .then(pl.concat_str(pl.lit("；另有"), "second_who", pl.lit("，"), _why_lost()))
        .otherwise(pl.lit(""))
    )
    percent = (pl.col("probability") * 100).round(1).cast(pl.String)
    said = facts.select(reason=_whole(runner_up, percent)).to_series()
    place = np.full(decided.height, facts.height)
    place[~plain.to_numpy()] = np.arange(facts.height)
    said = pl.concat([said, pl.Series([_SETTLED])]).gather(place)
    twice = people["twice"].gather(decided["ra"]).fill_null(value=False)
    return said.to_frame().select(
        pl.when(twice).then(pl.col("reason") + _TWICE).otherwise("reason")
    )["reason"]


def _best_two(ranked: pl.DataFrame, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is said of the best candidate of each query, and of the second and who that is."""
    told = ranked.select(
        *("q", "ra", "says", "bad", "chance", "rank", "like_rows"), alike=pl.col("name") < SURNAME
    )
    first = told.filter(pl.col("rank") == 1).select("q", "says", "bad", "like_rows", "alike")
    second = told.filter(pl.col("rank") == 2)
    who = people.select(who="name", home="village").select(pl.all().gather(second["ra"]))
    return first, second.hstack(who).select(
        "q",
        second_says="says",
        second_bad="bad",
        second_who=pl.concat_str(
            pl.col("who").fill_null("无名"),
            pl.concat_str(pl.lit("（"), "home", pl.lit("）")).fill_null(""),
        ),
        second_chance="chance",
    )


def _about_number() -> pl.Expr:
    """``quality_says``: what is to be said of a query's number that settles nothing."""
    quality = pl.col("quality").replace_strict(_NUMBER, default="", return_dtype=pl.String)
    bearer = pl.col("owner_u")
    beside = pl.any_horizontal(
        (pl.col(column) == bearer) & (bearer != NO_NAME) for column in NEIGHBOURS
    )
    return (
        pl.when(pl.col("cls") != "B")
        .then(quality)
        .when(beside.fill_null(value=False))
        .then(pl.lit(_SLIPPED))
        .otherwise(pl.lit(_ANOTHERS))
        .alias("quality_says")
    )


def _is_outsiders(least: pl.Expr) -> pl.Expr:
    """Is the likeliest known outsider meant with at least this chance?"""
    return (pl.col("outsider_chance") >= least).fill_null(value=False)


def _outsider() -> pl.Expr:
    return pl.concat_str(
        pl.lit("花名册外的"),
        pl.col("outsider").fill_null("某人"),
        pl.lit("（他行写有其证件号，花名册中没有）"),
    )


def _like_rows() -> pl.Expr:
    """That rows say the same, where not all of them can mean one person."""
    told = pl.concat_str(
        pl.lit("；名单中这样的行有"), "like_rows", pl.lit("行，其中可能有同名的另一人")
    )
    return pl.when(pl.col("like_rows") > 1).then(told).otherwise(pl.lit(""))


def _whole(runner_up: pl.Expr, percent: pl.Expr) -> pl.Expr:
    nobody = (
        pl.when(pl.col("cls") == "C")
        .then(pl.lit("证件号有效，但花名册中没有此号，也没有证件存疑而情况相符的人"))
        .when(_is_outsiders(pl.lit(_RIVAL)))
        .then(pl.concat_str("quality_says", pl.lit("；更像"), _outsider()))
        .when(~pl.col("alike").fill_null(value=False))
        .then(pl.concat_str("quality_says", pl.lit("；按姓名、住址、出生日期也没有找到相符的人")))
        .otherwise(
            pl.concat_str("quality_says", pl.lit("；最接近的人"), "says", pl.lit("，把握不足"))
        )
    )
    return (
        pl.when("contradicted")
        .then(pl.lit(CONTRADICTED))
        .when(pl.col("method") == "decision")
        .then(
            pl.when(pl.col("ra").is_null())
            .then(pl.lit("此前已由人工认定：不是花名册中的人"))
            .otherwise(pl.lit("此前已由人工认定为此人"))
        )
        .when(pl.col("status") == "unmatched")
        .then(nobody)
        .when(pl.col("status") == "review")
        .then(
            pl.concat_str(
                pl.lit("需人工核对（把握"),
                percent,
                pl.when("held_back").then(pl.lit(_HELD_BACK)).otherwise(pl.lit("%）：")),
                "says",
                _like_rows(),
                runner_up,
            )
        )
        .otherwise(pl.concat_str("says", runner_up))
    )
