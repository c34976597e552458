"""Village-keyed extracts: township and village read by the roster's gazetteer.

A name that is only like one of the roster (西大河 for 大河, 下河 for 上河) is as likely another
village: what is not the same name, or one that sounds or looks the same, is left to people.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.identity.name_levels import SHAPE, name_levels
from fpm.identity.names import name_table, simplify
from fpm.identity.places import UNKNOWN, Gazetteer, learn_gazetteer, locate, village_stem

_VERDICTS: Final = {
    "none": ("unmatched", 0.0),
    "several": ("review", 0.5),
    "same": ("confirmed", 0.999),
    "alike": ("confirmed", 0.98),
    "only": ("confirmed", 0.999),
    "elsewhere": ("review", 0.5),
    "near": ("review", 0.5),
}
"""What is made of a place, and its chance: set by hand, a county has too few villages to learn."""
_HIGHER_PLACE: Final = r"(?:省|市|县|区|旗|州|盟|镇|乡|街道|办事处|管委会)$"
_TEXTS: Final = ("township", "village")


def match_villages(roster: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Each record's township and village as the roster writes them.

    Args:
        roster: with role columns.
        records: with role columns.

    Returns:
        One row a record, in order: ``status``, ``probability``, ``method``, ``reason``,
        ``township``, ``village``.
    """
    homes = _simple(roster.select(_TEXTS)).group_by(_TEXTS).agg(people=pl.len())
    written = roster.select(_TEXTS).unique().sort(_TEXTS)
    as_written = written.rename(lambda name: f"written_{name}").hstack(_simple(written))
    gazetteer = learn_gazetteer(homes.sort(_TEXTS))
    asked = records.select(_TEXTS).unique().sort(_TEXTS)
    read = asked.rename(lambda name: f"asked_{name}").hstack(_simple(asked))
    read = read.hstack(locate(read.select(_TEXTS), gazetteer).select("t", "v"))
    judged = _judge(_choices(read, gazetteer)).join(
        as_written.rename({"township": "home_town", "village": "home"}).unique(
            ["home_town", "home"], keep="first", maintain_order=True
        ),
        on=["home_town", "home"],
        how="left",
        maintain_order="left",
    )
    sure = pl.col("status") == "confirmed"
    told = judged.select(
        township="asked_township",
        village="asked_village",
        status="status",
        probability="probability",
        method=pl.when(pl.col("status") == "unmatched")
        .then(pl.lit("none"))
        .otherwise(pl.lit("place")),
        reason="reason",
        home_town=pl.when(sure).then("written_township"),
        home=pl.when(sure).then("written_village"),
    )
    return (
        records.select(_TEXTS)
        .join(told, on=_TEXTS, how="left", nulls_equal=True, maintain_order="left")
        .select(
            *("status", "probability", "method", "reason"), township="home_town", village="home"
        )
    )


def _simple(places: pl.DataFrame) -> pl.DataFrame:
    """Both texts in simplified characters, blanks as null."""
    texts = [places[name].fill_null("").str.replace_all(r"\s", "") for name in _TEXTS]
    simple = [simplify(text) if (text != "").any() else text for text in texts]
    return places.select(pl.when(text != "").then(text).alias(text.name) for text in simple)


def _choices(read: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """One row a place asked for: how many of the roster fit (``found``), and the first of them."""
    homes = gazetteer.villages.join(
        gazetteer.towns.select("t", "town", "town_stem"), on="t", how="left", maintain_order="left"
    ).select("v", "village_stem", "town_stem", home_t="t", home="village", home_town="town")
    fitting = read.join(homes, on="v", how="left").filter(
        pl.col("v").ne(UNKNOWN)
        & ((pl.col("t") == UNKNOWN) | (pl.col("t") == pl.col("home_t")))
        & pl.col("home").is_not_null()
    )
    first = (
        fitting.sort("home_town", "home", nulls_last=True)
        .group_by("asked_township", "asked_village", maintain_order=True)
        .agg(
            pl.col("home", "home_town", "village_stem", "town_stem").first(),
            found=pl.len(),
            all_towns=pl.col("home_town").drop_nulls().unique().sort().str.join("、"),
        )
    )
    keys = ["asked_township", "asked_village"]
    return read.join(first, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _judge(choices: pl.DataFrame) -> pl.DataFrame:
    """Add ``status``, ``probability`` and ``reason``."""
    no_town, odd_town = pl.col("township").is_null(), pl.col("t") == UNKNOWN
    verdict = (
        pl.when(pl.col("found").is_null())
        .then(pl.lit("none"))
        .when(pl.col("found") > 1)
        .then(pl.lit("several"))
        .when(~odd_town & pl.col("same"))
        .then(pl.lit("same"))
        .when(~odd_town & pl.col("alike"))
        .then(pl.lit("alike"))
        .when(no_town & pl.col("same"))
        .then(pl.lit("only"))
        .when(pl.col("same"))
        .then(pl.lit("elsewhere"))
        .otherwise(pl.lit("near"))
    )
    # planned, so that each name is put into normal form once
    compared = choices.lazy().with_columns(same=_same_name()).collect()
    judged = compared.with_columns(alike=_alike(compared)).with_columns(verdict=verdict)
    share = pl.when(pl.col("verdict") == "several").then(1 / pl.col("found"))
    statuses = {name: status for name, (status, _) in _VERDICTS.items()}
    chances = {name: chance for name, (_, chance) in _VERDICTS.items()}
    return judged.with_columns(
        status=pl.col("verdict").replace_strict(statuses, return_dtype=pl.String),
        probability=pl.coalesce(
            share, pl.col("verdict").replace_strict(chances, return_dtype=pl.Float64)
        ),
        reason=_reason(no_town),
    )


def _reason(no_town: pl.Expr) -> pl.Expr:
    home = pl.concat_str(pl.col("home_town").fill_null(""), "home")
    given = pl.concat_str(
        pl.lit("“"),
        pl.col("asked_township").fill_null(""),
        pl.col("asked_village").fill_null(""),
        pl.lit("”"),
    )
    nowhere = pl.concat_str(pl.lit("花名册中没有乡镇“"), "asked_township", pl.lit("”，"))
    unclear = pl.when(no_town).then(pl.lit("未写明乡镇，")).otherwise(nowhere)
    said = {
        "none": [pl.lit("花名册中没有此乡镇和村")],
        "several": [pl.lit("需人工核对："), unclear, pl.col("all_towns"), pl.lit("都有此村")],
        "same": [pl.lit("乡镇和村名与花名册相符："), home],
        "alike": [pl.lit("名单写"), given, pl.lit("，村名同音或形近："), home],
        "only": [pl.lit("未写乡镇，花名册中只有"), home, pl.lit("一个村叫此名")],
        "elsewhere": [pl.lit("需人工核对："), nowhere, pl.lit("叫此名的村只有"), home],
        "near": [pl.lit("需人工核对：名单写"), given, pl.lit("，相近的只有"), home],
    }
    return pl.coalesce(
        pl.when(pl.col("verdict") == name).then(pl.concat_str(parts))
        for name, parts in said.items()
    )


def _same_name() -> pl.Expr:
    """The stem itself, alone or behind the names of higher places."""
    written, stem = village_stem(pl.col("village")), pl.col("village_stem")
    before = written.str.strip_suffix(stem)
    higher = before.str.contains(_HIGHER_PLACE) | (before == pl.col("town_stem"))
    return ((written == stem) | (written.str.ends_with(stem) & higher)).fill_null(value=False)


def _alike(compared: pl.DataFrame) -> pl.Series:
    """Whether the stem written sounds or looks like that of the village found.

    Asked only where it is not the same: to load what is known of characters takes long.
    """
    asked = compared["found"].is_not_null() & ~compared["same"]
    if not asked.any():
        return asked
    stems = compared.filter(asked).select(
        village_stem(pl.col("village")).alias("asked"), stem="village_stem"
    )
    table = name_table(pl.concat([stems["asked"], stems["stem"]]))
    numbers = table.names.select("name", u=pl.col("u").cast(pl.Int64))
    sides = [
        stems.select(name=side)
        .join(numbers, on="name", how="left", maintain_order="left")["u"]
        .fill_null(-1)
        .to_numpy()
        for side in ("asked", "stem")
    ]
    return asked.scatter(asked.arg_true(), pl.Series(name_levels(table, *sides) <= SHAPE))
