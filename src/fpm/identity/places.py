"""Townships and villages: a gazetteer learned from the roster, and how other texts are read by it.

Village names repeat between townships, so a place is a pair: number of the township, number of the
village's stem (石门村 → 石门). Only distinct texts are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

UNKNOWN: Final = -1
"""Number of a place that is not given or not in the gazetteer."""

ELSEWHERE: Final = -2
"""Number of the township of a place that is known not to be of the gazetteer's."""

_PEOPLES = (
    "阿昌|白|保安|布朗|布依|朝鲜|达斡尔|傣|德昂|东乡|侗|独龙|俄罗斯|鄂伦春|鄂温克|高山|仡佬|哈尼|哈萨克|"
    "赫哲|回|基诺|京|景颇|柯尔克孜|拉祜|黎|傈僳|珞巴|满|毛南|门巴|蒙古|苗|仫佬|纳西|怒|普米|羌|撒拉|畲|水|"
    "塔吉克|塔塔尔|土家|土|佤|维吾尔|乌孜别克|锡伯|瑶|彝|裕固|藏|壮"
)
"""Peoples of GB/T 3304, after whom townships are named (槐荫朝鲜族乡, in short 槐荫乡)."""
_TOWN_TAIL = rf"(?:街道办事处|街道|办事处|(?:(?:{_PEOPLES})族)+乡|民族乡|镇|乡|国营农场|国营林场)$"
_VILLAGE_TAIL = (
    r"(?:(?:村|社区)?(?:村民委员会|村委会|居民委员会|居委会)|行政村|村民小组|社区|嘎查|村|寨|屯)$"
)
_GROUP = r"(?:第?[0-9一二三四五六七八九十○〇]+(?:村民)?(?:小)?[组队社号].*)$"
_RARE = 3
"""A village spelt one way by fewer people than this is read as a slip when another fits."""
_MANY = 200
_LONGEST_LIST = 400
"""Without a township, villages one letter apart are looked for in short gazetteers only."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places of the roster.

    Attributes:
        towns: ``t`` (Int32), ``town`` (as most people of the roster write it), ``town_stem``.
        villages: ``t``, ``v`` (Int32, number of the stem over all townships), ``village`` (as most
            write it), ``village_stem``.
    """

    towns: pl.DataFrame
    villages: pl.DataFrame


def _clean(text: pl.Expr) -> pl.Expr:
    return (
        text.str.normalize("NFKC")
        .str.replace_all(r"[\s\p{Cf}\p{Cc}()\[\]·.,，。、\-_]", "")
        .str.to_uppercase()
    )


def _stem(text: pl.Expr, tail: str) -> pl.Expr:
    """``text`` without its administrative ending, unless fewer than two characters would stay."""
    short = text.str.replace(tail, "")
    return pl.when(short.str.len_chars() >= 2).then(short).otherwise(text)


def town_stem(text: pl.Expr) -> pl.Expr:
    """石门镇 → 石门; null and blank stay null."""
    stem = _stem(_clean(text), _TOWN_TAIL)
    return pl.when(stem != "").then(stem)


def village_stem(text: pl.Expr) -> pl.Expr:
    """大河村民委员会3组 → 大河; null and blank stay null."""
    stem = _stem(_clean(text).str.replace(_GROUP, ""), _VILLAGE_TAIL)
    return pl.when(stem != "").then(stem)


def _most_written(frame: pl.DataFrame, by: list[str], text: str) -> pl.DataFrame:
    return (
        frame.group_by(*by, text)
        .agg(people=pl.col("people").sum())
        .sort("people", text, descending=[True, False])
        .group_by(by, maintain_order=True)
        .agg(pl.first(text), people_all=pl.col("people").sum())
        .sort(by)
    )


def present_places(places: pl.DataFrame, former: Mapping[str, str]) -> pl.DataFrame:
    """Put the names that places bear today for those they bore before a renaming or a merger.

    Args:
        places: ``township``, ``village`` (String, nulls allowed) and other columns.
        former: former name → present name, of townships (``红旗乡``) or of villages with the
            present name of their township before then (``石门镇/东风村``).

    Returns:
        ``places``; names are compared without their administrative endings.
    """
    if not former:
        return places
    old, new = (
        pl.Series(names, dtype=pl.String).str.splitn("/", 2).struct.unnest()
        for names in (list(former), list(former.values()))
    )
    table = pl.DataFrame(
        {
            "town": old.select(town_stem(pl.first())).to_series(),
            "village": old.select(village_stem(pl.last())).to_series(),
            "new_town": new.to_series(0),
            "new_village": new.to_series(1),
        }
    ).unique(["town", "village"], keep="first", maintain_order=True)
    towns = table.filter(pl.col("village").is_null())
    moved = places.with_columns(
        township=town_stem(pl.col("township")).replace_strict(
            towns["town"], towns["new_town"], default=pl.col("township")
        )
    )
    villages = table.filter(pl.col("village").is_not_null())
    return (
        moved.with_columns(town=town_stem(pl.col("township")), stem=village_stem(pl.col("village")))
        .join(
            villages.select("town", "new_town", "new_village", stem="village"),
            on=["town", "stem"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            township=pl.coalesce("new_town", "township"),
            village=pl.coalesce("new_village", "village"),
        )
        .select(places.columns)
    )


def learn_gazetteer(places: pl.DataFrame) -> Gazetteer:
    """The gazetteer of a roster.

    Args:
        places: distinct ``township``, ``village`` (String) and ``people`` (how many write so).
    """
    stems = _with_stems(places)
    towns = _most_written(
        stems.filter(pl.col("town_stem").is_not_null()), ["town_stem"], "township"
    )
    towns = towns.with_row_index("t").select(
        pl.col("t").cast(pl.Int32), town="township", town_stem="town_stem"
    )
    known = stems.filter(pl.col("village_stem").is_not_null()).join(
        towns.select("t", "town_stem"), on="town_stem", how="left"
    )
    known = known.with_columns(pl.col("t").fill_null(UNKNOWN))
    villages = _most_written(known, ["t", "village_stem"], "village")
    total = int(places["people"].sum() or 0)
    villages = villages.filter((pl.col("people_all") >= _RARE) | (total < _MANY))
    numbers = villages.select(pl.col("village_stem").unique().sort()).with_row_index("v")
    villages = villages.join(numbers, on="village_stem", maintain_order="left").select(
        "t", pl.col("v").cast(pl.Int32), "village", "village_stem"
    )
    return Gazetteer(towns, villages)


def _with_stems(places: pl.DataFrame) -> pl.DataFrame:
    """Add ``town_stem`` and ``village_stem``; planned, so that each text is cleaned once."""
    stems = {
        "town_stem": town_stem(pl.col("township")),
        "village_stem": village_stem(pl.col("village")),
    }
    return places.lazy().with_columns(**stems).collect()


def locate(places: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Read distinct pairs of texts by the gazetteer.

    Exact stem first; then a township or village contained in a longer text (an address, or the
    township written into the village column); then a village of the township one letter apart.

    Args:
        places: ``township``, ``village`` (String, nulls allowed), distinct.
        gazetteer: of the roster.

    Returns:
        ``places`` in order with ``t`` and ``v`` (Int32, ``UNKNOWN`` where nothing fits).
    """
    frame = _with_stems(places.with_row_index("n"))
    frame = _locate_town(frame, gazetteer)
    frame = _locate_village(frame, gazetteer)
    return frame.sort("n").select(*places.columns, "t", "v")


def _locate_town(frame: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    towns = gazetteer.towns
    frame = frame.join(towns.select("t", "town_stem"), on="town_stem", how="left")
    stems = towns["town_stem"].to_list()
    if not stems:
        return frame.with_columns(t=pl.lit(UNKNOWN, pl.Int32))
    address = pl.concat_str(
        _clean(pl.col("township")), _clean(pl.col("village")), ignore_nulls=True
    )
    missing = frame.filter(pl.col("t").is_null()).drop("t")
    inside = missing.with_columns(
        found=address.str.extract_many(stems, leftmost=True).list.first()
    ).join(towns.select("t", found="town_stem"), on="found", how="left")
    given = frame.filter(pl.col("t").is_not_null())
    return pl.concat([given, inside.select(given.columns)]).with_columns(
        pl.col("t").fill_null(UNKNOWN)
    )


def _locate_village(frame: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Number the village; in a known township only its own villages and then any other's."""
    villages = gazetteer.villages
    numbers = villages.select("village_stem", "v").unique().sort("v")
    frame = frame.join(numbers, on="village_stem", how="left", maintain_order="left")
    open_rows = frame.filter(pl.col("v").is_null() & pl.col("village_stem").is_not_null())
    frame = frame.filter(~(pl.col("v").is_null() & pl.col("village_stem").is_not_null()))
    if open_rows.height and villages.height:
        open_rows = _contained_village(open_rows, gazetteer)
        open_rows = _similar_village(open_rows, gazetteer)
    return pl.concat([frame, open_rows.select(frame.columns)]).with_columns(
        pl.col("v").fill_null(UNKNOWN)
    )


def _contained_village(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """The longest village stem of the right township inside the text, its township's name apart."""
    stems = gazetteer.villages["village_stem"].unique().sort().to_list()
    without_town = rows.join(
        gazetteer.towns.select("t", stem_of_town="town_stem"),
        on="t",
        how="left",
        maintain_order="left",
    ).with_columns(
        rest=pl.when(
            pl.col("stem_of_town").is_not_null()
            & pl.col("village_stem").str.contains(pl.col("stem_of_town"), literal=True)
        )
        .then(pl.col("village_stem").str.split(pl.col("stem_of_town")).list.last())
        .otherwise("village_stem")
    )
    hits = (
        without_town.select(
            "n",
            "t",
            village_stem=pl.col("rest").str.extract_many(stems, overlapping=True),
        )
        .explode("village_stem", empty_as_null=False, keep_nulls=False)
        .join(gazetteer.villages, on="village_stem", suffix="_of_village")
        .filter((pl.col("t") == UNKNOWN) | (pl.col("t") == pl.col("t_of_village")))
        .sort("n", pl.col("village_stem").str.len_chars(), "v", descending=[False, True, False])
        .unique("n", keep="first", maintain_order=True)
    )
    return rows.drop("v").join(hits.select("n", "v"), on="n", how="left", maintain_order="left")


def _similar_village(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """The only village of the township one edit away (stems of two characters: same length)."""
    villages = gazetteer.villages.select("t", "v", other="village_stem")
    length = pl.col("village_stem").str.len_chars()
    longest = villages["other"].str.len_chars().max()
    left = rows.filter(pl.col("v").is_null() & (length <= pl.lit(longest) + 1))  # no address
    left = left.select("n", "t", "village_stem")
    pairs = left.join(villages, on="t")
    if villages["v"].n_unique() <= _LONGEST_LIST:
        anywhere = left.filter(pl.col("t") == UNKNOWN).join(
            villages.select("v", "other").unique(), how="cross"
        )
        pairs = pl.concat([pairs.drop("t"), anywhere.drop("t")]).unique()
    else:
        pairs = pairs.drop("t")
    if not pairs.height:
        return rows
    distance = cpdist(
        pairs["village_stem"].to_list(),
        pairs["other"].to_list(),
        scorer=Levenshtein.distance,
        dtype=np.uint8,
    )
    near = (
        pairs.with_columns(distance=pl.Series(distance))
        .filter(
            (pl.col("distance") == 1)
            & (pl.max_horizontal(pl.col("village_stem", "other").str.len_chars()) >= 2)
        )
        .group_by("n")
        .agg(pl.col("v").unique())
        .filter(pl.col("v").list.len() == 1)
        .select("n", found=pl.col("v").list.first())
    )
    return (
        rows.join(near, on="n", how="left", maintain_order="left")
        .with_columns(v=pl.coalesce("v", "found"))
        .drop("found")
    )
