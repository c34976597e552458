"""A hard county with known truth: roster and people outside it.

Independent of ``fpm.sample`` and of the matcher: surname shares, characters, confusions and damage
are this file's and ``damage.py``'s own. IDs carry the fictitious region codes 9999xx.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

RNG = np.random.Generator

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
SHARES = 1.0 / (np.arange(len(SURNAMES)) + 2.5)
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "令狐", "东方")
GIVEN = {
    (
        1,
        0,
    ): "国建军华明志文德福贵生有光荣永成富长金水树海山林东平清春玉忠义祥兴发才元庆宝仁家守正学振云龙",
    (2, 0): "秀英兰珍梅桂玉芳凤淑琴香莲翠菊荷花华素芬英美珠月仙惠云霞春容巧贤金银彩娥群琼先碧",
    (1, 1): "伟强磊军勇杰涛明超刚平辉鹏飞斌波健峰亮俊海林龙江松华志建国鑫浩洋凯旭东宏文武涛晓小",
    (2, 1): "丽敏静艳娟霞燕芳玲红梅萍英莉娜洁婷雪琳慧倩颖春秀玉华晓小海云莲琴美桂凤兰小雅",
    (1, 2): "浩宇轩子涵睿博文俊杰梓豪泽铭一鸣天佑家乐嘉诚皓晨思远奕辰明哲景沐阳瑞霖昊然承志俊熙",
    (2, 2): "梓涵欣怡诗雨桐可馨思琪雅静佳悦紫萱若曦语嫣梦瑶心妍艺子晗芷晴依诺一诺婉清舒朵朵美琳",
}
MINORITY = (
    "阿依",
    "古丽",
    "买买提",
    "吐尔逊",
    "艾力",
    "阿不都",
    "热合曼",
    "努尔",
    "迪丽",
    "帕提古丽",
    "卡德尔",
    "萨迪克",
)
TOWNS = "青石龙山白水金河新安长丰大坪双桥高岭平原东升西沟南庄北滩红旗柳树松林桃源竹溪梅园兴隆太和永乐福田"
VILLAGES = (
    "上下大小东西南北前后中新老高石沙王李张刘陈杨黄赵周吴马胡郭何林罗柳松竹梅桃杏枣槐榆桑茶梨"
)
VILLAGE_TAILS = "河沟坝湾坪岭塘桥庄岗坡坎崖泉井口嘴头垭冲"
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])


@dataclass(frozen=True)
class County:
    """``people``: everybody with true values and ``inside`` (in the roster or not); ``roster``."""

    people: pl.DataFrame
    roster: pl.DataFrame


def check_characters(bodies: list[str]) -> list[str]:
    """The eighteenth character of each seventeen-digit body."""
    if not bodies:
        return []
    digits = np.frombuffer("".join(bodies).encode(), dtype=np.uint8).reshape(-1, 17) - 48
    return ["10X98765432"[i] for i in (digits.astype(int) @ WEIGHTS) % 11]


def with_check(bodies: list[str]) -> list[str]:
    """Eighteen characters of each body."""
    return [b + c for b, c in zip(bodies, check_characters(bodies), strict=True)]


def make_county(persons: int, seed: int) -> County:
    """About ``persons`` people in the roster and a third as many outside."""
    rng = np.random.default_rng(seed)
    homes = _places(rng, persons)
    people = _people(rng, persons, homes)
    outside = _outsiders(rng, people, homes, persons // 3)
    everybody = pl.concat([people, outside], how="diagonal").with_row_index("n")
    return County(everybody, _roster(rng, people))


def _places(rng: RNG, persons: int) -> pl.DataFrame:
    towns = int(np.clip(persons // 12_000, 6, 30))
    names = [
        TOWNS[2 * i % len(TOWNS) :][:2] + ("街道" if i == 0 else "乡" if i % 4 == 3 else "镇")
        for i in range(towns)
    ]
    names = list(dict.fromkeys(names))
    count = max(persons // 1300, 3 * len(names))
    all_names = [a + b for a in VILLAGES for b in VILLAGE_TAILS] + [
        a + c + b for a in VILLAGES[:12] for c in VILLAGES[16:30] for b in VILLAGE_TAILS
    ]
    town = rng.integers(0, len(names), count)
    village = rng.choice(len(all_names), count, replace=count > len(all_names))
    size = rng.lognormal(0, 0.5, count)
    frame = pl.DataFrame(
        {
            "township": [names[i] for i in town],
            "village": [all_names[i] + "村" for i in village],
            "share": size / size.sum(),
        }
    ).unique(["township", "village"], keep="first", maintain_order=True)
    return frame.with_columns(pl.col("share") / pl.col("share").sum())


def _surnames(rng: RNG, n: int) -> np.ndarray:
    names = np.array(list(SURNAMES) + list(COMPOUND))
    shares = np.concatenate(
        [SHARES / SHARES.sum() * 0.995, np.full(len(COMPOUND), 0.005 / len(COMPOUND))]
    )
    return rng.choice(names, n, p=shares)


def _given(
    rng: RNG, sex: np.ndarray, birth_year: np.ndarray, generation: np.ndarray | None = None
) -> list[str]:
    era = np.where(birth_year < 1968, 0, np.where(birth_year < 1998, 1, 2))
    single = rng.random(len(sex)) < np.where(era == 1, 0.35, 0.12)
    first = np.empty(len(sex), dtype=object)
    second = np.empty(len(sex), dtype=object)
    for key, pool in GIVEN.items():
        rows = np.flatnonzero((sex == key[0]) & (era == key[1]))
        characters = np.array(list(pool))
        zipf = 1.0 / (np.arange(len(characters)) + 4)
        first[rows] = rng.choice(characters, len(rows), p=zipf / zipf.sum())
        second[rows] = rng.choice(characters, len(rows), p=zipf / zipf.sum())
    if generation is not None:
        use = generation != ""
        first[use] = generation[use]
    return [a if s else a + b for a, b, s in zip(first, second, single, strict=True)]


def _people(rng: RNG, persons: int, homes: pl.DataFrame) -> pl.DataFrame:
    households = int(persons / 3.55)
    village = rng.choice(homes.height, households, p=homes["share"].to_numpy())
    clans = np.array([_surnames(rng, 3) for _ in range(homes.height)])
    clan = rng.random(households) < 0.55
    surname = np.where(
        clan, clans[village, rng.integers(0, 3, households)], _surnames(rng, households)
    )
    age = rng.integers(26, 82, households)
    rows: list[tuple[np.ndarray, ...]] = []

    def add(
        who: np.ndarray, relation: str, ages: np.ndarray, sex: np.ndarray, same_surname: np.ndarray
    ) -> None:
        rows.append((who, np.full(len(who), relation), ages, sex, same_surname))

    everyone = np.arange(households)
    head_sex = np.where(rng.random(households) < 0.82, 1, 2)
    add(everyone, "户主", age, head_sex, np.ones(households, bool))
    married = everyone[rng.random(households) < 0.72]
    add(
        married,
        "配偶",
        age[married] + rng.integers(-5, 4, len(married)),
        3 - head_sex[married],
        np.zeros(len(married), bool),
    )
    for chance in (0.75, 0.5, 0.15):
        with_child = everyone[(rng.random(households) < chance) & (age < 75)]
        child_age = np.maximum(age[with_child] - rng.integers(21, 36, len(with_child)), 0)
        sex = rng.integers(1, 3, len(with_child))
        add(with_child, "子女", child_age, sex, np.ones(len(with_child), bool))
    parent = everyone[(rng.random(households) < 0.22) & (age < 62)]
    add(
        parent,
        "父母",
        age[parent] + rng.integers(21, 31, len(parent)),
        rng.integers(1, 3, len(parent)),
        rng.random(len(parent)) < 0.5,
    )
    grand = everyone[(rng.random(households) < 0.35) & (age > 52)]
    add(
        grand,
        "孙辈",
        np.maximum(age[grand] - rng.integers(46, 60, len(grand)), 0),
        rng.integers(1, 3, len(grand)),
        rng.random(len(grand)) < 0.8,
    )
    home = np.concatenate([row[0] for row in rows])
    relation = np.concatenate([row[1] for row in rows])
    ages = np.clip(np.concatenate([row[2] for row in rows]), 0, 99)
    sex = np.concatenate([row[3] for row in rows])
    own = np.concatenate([row[4] for row in rows])
    birth = np.datetime64("2026-09-30") - (ages * 365.25 + rng.integers(0, 365, len(ages))).astype(
        "timedelta64[D]"
    )
    twins = np.flatnonzero((relation == "子女") & (rng.random(len(home)) < 0.008))
    home, relation, own = (
        np.concatenate([column, column[twins]]) for column in (home, relation, own)
    )
    birth = np.concatenate([birth, birth[twins]])
    sex = np.concatenate([sex, np.where(rng.random(len(twins)) < 0.7, sex[twins], 3 - sex[twins])])
    order = np.argsort(home, kind="stable")
    home, relation, own, birth, sex = (
        home[order],
        relation[order],
        own[order],
        birth[order],
        sex[order],
    )
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    pool = np.array(list(GIVEN[1, 1]))
    shared = np.where(rng.random(households) < 0.3, rng.choice(pool, households), "")
    given = _given(rng, sex, year, np.where(relation == "子女", shared[home], ""))
    family = np.where(own, surname[home], _surnames(rng, len(home)))
    names = np.array([f + g for f, g in zip(family, given, strict=True)], dtype=object)
    minority = np.flatnonzero(rng.random(len(names)) < 0.01)
    names[minority] = ["·".join(rng.choice(MINORITY, 2, replace=False)) for _ in minority]
    region = np.where(
        rng.random(len(home)) < 0.88,
        "999901",
        rng.choice(["999902", "999903", "999915", "999921"], len(home)),
    )
    places = homes[village[home].tolist()]
    frame = pl.DataFrame(
        {
            "person_id": [f"P{i:08d}" for i in range(len(home))],
            "household_id": [f"H{i:07d}" for i in home.tolist()],
            "name": names.astype(str),
            "sex": np.where(sex == 1, "男", "女"),
            "birth_date": birth.astype("datetime64[D]"),
            "relation": relation,
            "township": places["township"],
            "village": places["village"],
            "kind": "inside",
        }
    )
    return frame.with_columns(id_number=pl.Series(_ids(rng, region, frame))).with_columns(
        inside=pl.lit(value=True)
    )


def _ids(rng: RNG, region: np.ndarray, frame: pl.DataFrame) -> list[str]:
    """Distinct valid numbers; twins get neighbouring sequence numbers."""
    odd = (frame["sex"] == "男").to_numpy().astype(int)
    day = frame["birth_date"].dt.to_string("%Y%m%d").to_list()
    sequence = (rng.integers(0, 450, frame.height) * 2 + odd + 1 - (odd == 1)).clip(1, 999)
    sequence = np.where(odd == 1, sequence | 1, sequence & ~1).clip(1, 999)
    taken: set[str] = set()
    bodies = []
    for place, birth, first in zip(region, day, sequence.tolist(), strict=True):
        number = first
        body = f"{place}{birth}{number:03d}"
        while body in taken:
            number = number + 2 if number < 990 else 11 + number % 2
            body = f"{place}{birth}{number:03d}"
        taken.add(body)
        bodies.append(body)
    return with_check(bodies)


def _outsiders(rng: RNG, people: pl.DataFrame, homes: pl.DataFrame, n: int) -> pl.DataFrame:
    """Strangers, twins, siblings, near IDs and namesakes of roster people, none in the roster."""
    kinds = rng.choice(
        ["stranger", "twin", "sibling", "near_id", "namesake", "same_name_birth"],
        n,
        p=[0.62, 0.07, 0.1, 0.06, 0.1, 0.05],
    )
    model = people[rng.integers(0, people.height, n).tolist()]
    home = homes[rng.choice(homes.height, n, p=homes["share"].to_numpy()).tolist()]
    sex = np.where(model["sex"] == "男", 1, 2)
    birth = model["birth_date"].to_numpy().astype("datetime64[D]").copy()
    moved = np.isin(kinds, ["stranger", "namesake", "sibling"])
    shift = np.where(
        np.isin(kinds, ["sibling"]), rng.integers(400, 3000, n), rng.integers(-9000, 9000, n)
    )
    birth = np.where(moved, birth + shift.astype("timedelta64[D]"), birth)
    spread = rng.integers(0, 25_000, n).astype("timedelta64[D]")
    last = np.datetime64("2026-09-30")
    birth = np.where(birth > last, last - spread, birth)
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    given = np.array(_given(rng, sex, year), dtype=object)
    family = np.array([name[:1] for name in model["name"]], dtype=object)
    stranger_family = _surnames(rng, n)
    family = np.where(kinds == "stranger", stranger_family, family)
    name = np.array([f + g for f, g in zip(family, given, strict=True)], dtype=object)
    keeps = np.isin(kinds, ["namesake", "same_name_birth"])
    name = np.where(keeps, model["name"].to_numpy(), name)
    near_home = np.isin(kinds, ["twin", "sibling", "near_id"]) | (rng.random(n) < 0.3)
    frame = pl.DataFrame(
        {
            "person_id": [f"X{i:08d}" for i in range(n)],
            "household_id": pl.Series([None] * n, dtype=pl.String),
            "name": name.astype(str),
            "sex": model["sex"],
            "birth_date": birth,
            "relation": model["relation"],
            "township": np.where(near_home, model["township"], home["township"]),
            "village": np.where(near_home, model["village"], home["village"]),
            "kind": kinds,
        }
    )
    region = np.where(rng.random(n) < 0.5, "999901", rng.choice(["999902", "999931", "999944"], n))
    region = np.where(
        np.isin(kinds, ["twin", "sibling", "near_id"]), [x[:6] for x in model["id_number"]], region
    )
    ids = np.array(_ids(rng, region, frame), dtype=object)
    taken = set(people["id_number"])
    for i in np.flatnonzero(kinds == "twin"):
        ids[i] = _free(model["id_number"][int(i)], 2, taken)
    for i in np.flatnonzero(kinds == "near_id"):
        ids[i] = _free(model["id_number"][int(i)], 10 if rng.random() < 0.5 else 100, taken)
    for i in np.flatnonzero([x in taken for x in ids]):
        ids[i] = _free(ids[int(i)], 2, taken)
    return frame.with_columns(id_number=pl.Series(ids.astype(str)), inside=pl.lit(value=False))


def _free(number: str, step: int, taken: set[str]) -> str:
    sequence = int(number[14:17])
    for _ in range(400):
        sequence = (sequence + step) % 1000
        made = with_check([f"{number[:14]}{sequence:03d}"])[0]
        if made not in taken:
            taken.add(made)
            return made
    raise ValueError("no free sequence number")


def _roster(rng: RNG, people: pl.DataFrame) -> pl.DataFrame:
    """What the office holds: a few numbers missing, wrong or shared; a few spellings off."""
    from damage import damage_number, respell  # noqa: PLC0415

    ids = people["id_number"].to_list()
    names = people["name"].to_list()
    fate = rng.random(people.height)
    for i in np.flatnonzero(fate < 0.006).tolist():
        ids[i] = (
            ""
            if fate[i] < 0.002
            else damage_number(rng, ids[i], ("digit", "swap", "lost", "float"))
        )
    for i in np.flatnonzero((fate >= 0.006) & (fate < 0.0065)).tolist():
        ids[i] = ids[i - 1]
    for i in np.flatnonzero(fate > 0.994).tolist():
        names[i] = respell(rng, names[i])
    return people.select(
        "person_id",
        "household_id",
        pl.Series("name", names),
        pl.Series("id_number", ids),
        "sex",
        "birth_date",
        "relation",
        "township",
        "village",
    )
