"""Fictitious townships and villages; village names repeat between townships, as they do in life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from fpm.sample.dice import Texts, series, stream, texts

COUNTY: Final = "样例县"

_TOWN_STEMS: Final = (
    "云溪", "青石", "白桦", "柳河", "松泉", "金沟", "凤鸣", "长岭口",
    "红叶", "双榆", "石桥子", "杏花", "清泉", "黑松", "望江", "北屏",
    "南屏", "月亮湾", "鹿鸣", "三岔", "大榆树", "桦甸沟", "春水", "宝塔",
    "榆林", "古城子", "沙岭", "水曲", "龙湾", "太阳沟", "雁鸣", "银杏",
    "荷塘", "槐荫", "东屏", "西屏", "九台子", "安平", "岭下", "梨园",
)  # fmt: skip
_POPULAR: Final = (
    "新立",
    "永丰",
    "北沟",
    "胜利",
    "红旗",
    "向阳",
    "太平",
    "东升",
    "团结",
    "前进",
    "兴隆",
    "光明",
)
_STEMS: Final = (
    "河", "沟", "岭", "甸子", "崴子", "顶子", "泡子", "榆树",
    "杨树", "柳树", "椴树", "桦树", "杏山", "石砬", "土山", "围子",
    "窝棚", "家岗", "店", "营", "屯", "桥", "井", "塘",
    "湾", "坡", "台", "川", "阳", "安",
)  # fmt: skip
_FRONTS: Final = (
    "东", "西", "南", "北", "上", "下", "前", "后",
    "大", "小", "头道", "二道", "三道", "四道", "新", "老",
    "高", "长", "双", "宝", "福", "靠山", "王家", "李家",
    "刘家", "孙家", "赵家", "马家",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """``villages``: one row a village: township, village, code (12 digits), korean, weight."""

    villages: pl.DataFrame
    townships: tuple[str, ...]


def make_places(seed: int, persons: int) -> Places:
    """Townships and villages for a county of about ``persons`` people."""
    rng = stream(seed, "places")
    a_village = float(np.interp(persons, [3_000, 50_000], [230, 900]))
    villages = max(6, round(persons / a_village))
    count = int(np.clip(round(villages**0.5 * 1.15), 3, len(_TOWN_STEMS)))
    townships = _township_names(rng, count)
    home = np.sort(np.concatenate([np.arange(count), rng.integers(0, count, villages - count)]))
    names = _village_names(rng, home)
    place = np.arange(villages) - np.searchsorted(home, home)
    frame = pl.DataFrame(
        {
            "township": series(texts(townships)[home]),
            "village": series(names),
            "code": [f"999901{100 + t:03d}{200 + p:03d}" for t, p in zip(home, place, strict=True)],
            "korean": [townships[t].endswith("朝鲜族乡") for t in home],
            "weight": rng.lognormal(0, 0.45, villages),
        }
    )
    return Places(frame, tuple(townships))


def _township_names(rng: np.random.Generator, count: int) -> list[str]:
    stems = [_TOWN_STEMS[i] for i in rng.permutation(len(_TOWN_STEMS))[:count]]
    kinds = ["街道", "镇", "朝鲜族乡", *(["镇", "乡", "镇"] * count)][:count]
    return [stem + kind for stem, kind in zip(stems, kinds, strict=True)]


def _village_names(rng: np.random.Generator, home: np.ndarray) -> Texts:
    """Names unique within a township; popular ones come back in many townships."""
    rare = [front + stem for front in _FRONTS for stem in _STEMS]
    names: list[str] = []
    for township in range(int(home.max()) + 1):
        size = int((home == township).sum())
        popular = [_POPULAR[i] for i in rng.permutation(len(_POPULAR))][: max(1, size // 3)]
        popular[0] = _POPULAR[township // 2 % len(_POPULAR)]
        others = [rare[i] for i in rng.permutation(len(rare))[:size]]
        chosen = list(dict.fromkeys([*popular, *others]))[:size]
        names += [name + "村" for name in chosen]
    return texts(names)
