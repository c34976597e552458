"""How people live: health, ability to work, insurance; household type, income, allowances.

Shares are invented, only their order of magnitude is meant to be like a county of the north-east
(about a tenth of households lifted out of poverty, few monitored, a few per cent on allowances).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from fpm.sample.dice import Flags, Texts, choose, only, series, stream, texts

_RISKS: Final = {
    "因病": 40, "因残": 16, "缺劳动力": 12, "因务工就业不稳": 10, "因学": 7, "因意外事故": 5,
    "因自然灾害": 3, "因产业项目失败": 3, "因安全住房": 2, "因安全饮水": 1,
}  # fmt: skip
_AREAS: Final = {"乡镇内": 40, "乡外县内": 25, "县外省内": 20, "省外": 15}
_TRACKS: Final = {"普高": 66, "中职": 28, "out": 6}
_COLLEGES: Final = {"本科": 35, "高职高专": 25, "out": 40}


def make_living(people: pl.DataFrame, seed: int, today: dt.date) -> pl.DataFrame:
    """Add what the roster says of people and households, and the truth behind department lists.

    Args:
        people: from ``make_people``.
        seed: of the county.
        today: last day of the last period.

    Returns:
        ``people`` with roster columns (``health`` … ``receives_tekun``) and the private columns
        ``track college dibao_grade dibao_amount tekun_kind edge insurance died_on moved_in_on
        moved_out_on``.
    """
    return (
        people.pipe(_health, seed)
        .pipe(_education, seed)
        .pipe(_labour, seed)
        .pipe(_household_type, seed, today)
        .pipe(_causes)
        .pipe(_allowances, seed)
        .pipe(_income, seed)
        .pipe(_insurance, seed)
        .pipe(_conditions, seed)
        .pipe(_moves, seed, today)
    )


def _draw(rng: np.random.Generator, people: pl.DataFrame) -> np.ndarray:
    """One uniform number a household, repeated for its members."""
    return np.asarray(rng.random(people["family"].n_unique())[people["family"].to_numpy()])


def _health(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "health")
    age = people["age"].to_numpy()
    dice = rng.random(people.height)
    disabled = rng.random(people.height) < np.interp(age, [0, 20, 60, 90], [0.008, 0.02, 0.05, 0.1])
    chronic = dice < np.interp(age, [0, 30, 60, 90], [0.003, 0.02, 0.25, 0.45])
    serious = dice > 1 - np.interp(age, [0, 60, 90], [0.002, 0.02, 0.03])
    parts = [
        np.where(disabled, "残疾", ""),
        np.where(chronic, "长期慢性病", ""),
        np.where(serious, "患有大病", ""),
    ]
    frame = pl.DataFrame({str(i): series(part) for i, part in enumerate(parts)})
    joined = pl.concat_list(
        pl.when(pl.col(name) != "").then(name) for name in frame.columns
    ).list.drop_nulls()
    health = frame.select(
        pl.when(joined.list.len() > 0).then(joined.list.join(",")).otherwise(pl.lit("健康"))
    ).to_series()
    certificate = disabled & (rng.random(people.height) < 0.35)
    digits = np.array(
        [f"{kind}{grade}" for kind, grade in rng.integers((1, 1), (8, 5), (people.height, 2))],
        dtype=object,
    )
    return people.with_columns(
        health=health,
        id_type=series(np.where(certificate, "残疾人证", "居民身份证")),
        certificate=only(disabled, digits),
    )


def _labour(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "labour")
    dice = rng.random(people.height)
    age = people["age"].to_numpy()
    weak = (people["health"] != "健康").to_numpy()
    studies = people.select(
        pl.when(pl.col("track") == "out").then(16)
        .when((pl.col("track") == "普高") & (pl.col("college") != "out")).then(22)
        .otherwise(19)
    ).to_series().to_numpy()  # fmt: skip
    labour: Texts = np.where(dice < 0.12, "技能劳动力", "普通劳动力").astype(object)
    labour[weak & (age < 60)] = "弱劳动力或半劳动力"
    labour[weak & (age < 60) & (dice < 0.2)] = "丧失劳动力"
    labour[age >= 60] = "弱劳动力或半劳动力"
    labour[(age >= 80) | ((age >= 60) & (weak | (dice < 0.05)))] = "无劳动力"
    labour[age < studies] = "无劳动力"
    able = np.isin(labour, ["普通劳动力", "技能劳动力"])
    works = able & (rng.random(people.height) < 0.55)
    months = rng.integers(3, 13, people.height)
    return people.with_columns(
        labour=series(labour),
        able=pl.Series(labour != "无劳动力") & pl.Series(labour != "丧失劳动力"),
        work_months=pl.Series(np.where(works, months, 0)),
        work_area=only(works, choose(rng, _AREAS, people.height)),
    )


def _education(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "education")
    count = people.height
    age = people["age"].to_numpy()
    old = choose(rng, {"文盲或半文盲": 12, "小学": 58, "初中": 26, "高中": 4}, count)
    middle = choose(rng, {"小学": 22, "初中": 60, "高中": 13, "大专": 5}, count)
    young = choose(rng, {"初中": 45, "高中": 25, "大专": 18, "本科及以上": 12}, count)
    finished = np.where(age >= 60, old, np.where(age >= 35, middle, young))
    return people.with_columns(
        finished=series(finished),
        track=series(choose(rng, _TRACKS, count)),
        college=series(choose(rng, _COLLEGES, count)),
        student_status=pl.lit(None, dtype=pl.String),
        education=pl.lit(None, dtype=pl.String),
        not_in_school_reason=pl.lit(None, dtype=pl.String),
    )


def _household_type(people: pl.DataFrame, seed: int, today: dt.date) -> pl.DataFrame:
    rng = stream(seed, "household_type")
    lifted = _draw(rng, people) < 0.11
    monitored = _draw(rng, people) < np.where(lifted, 0.09, 0.012)
    sudden = _draw(rng, people) < 0.25
    cleared = monitored & (_draw(rng, people) < 0.55)
    kind = np.where(lifted, "脱贫不稳定户", np.where(sudden, "突发严重困难户", "边缘易致贫户"))
    months = np.floor(_draw(rng, people) * 40).astype(np.int64) + 6
    held = np.floor(_draw(rng, people) * 20).astype(np.int64) + 6
    start = today.year * 12 + today.month - 1 - months
    end = np.minimum(start + held, today.year * 12 + today.month - 5)
    families = people["family"].n_unique()
    first, second = (choose(rng, _RISKS, families) for _ in range(2))
    both = np.where((rng.random(families) < 0.35) & (first != second), first + "," + second, first)
    return people.with_columns(
        household_type=series(np.where(lifted, "脱贫户", "一般农户")),
        monitor_type=only(monitored, kind),
        risk_cleared=only(monitored, np.where(cleared, "是", "否")),
        identified_on=only(monitored, _months(start)),
        cleared_on=only(cleared, _months(end)),
        risks=only(monitored, both[people["family"].to_numpy()]),
    )


def _causes(people: pl.DataFrame) -> pl.DataFrame:
    """The head of a household monitored for illness or disability is ill or disabled."""
    head = pl.col("relation") == "户主"
    ill = pl.col("risks").str.contains("因病").fill_null(value=False)
    disabled = pl.col("risks").str.contains("因残").fill_null(value=False)
    health = (
        pl.when(ill & disabled).then(pl.lit("残疾,长期慢性病"))
        .when(ill).then(pl.lit("长期慢性病"))
        .when(disabled).then(pl.lit("残疾"))
    )  # fmt: skip
    weak = pl.col("labour").is_in(["普通劳动力", "技能劳动力"])
    return people.with_columns(
        health=pl.when(head & (ill | disabled)).then(health).otherwise("health"),
        labour=pl.when(head & (ill | disabled) & weak)
        .then(pl.lit("弱劳动力或半劳动力"))
        .otherwise("labour"),
    )


def _months(index: np.ndarray) -> Texts:
    """``202405`` from year × 12 + month − 1."""
    return texts([f"{value // 12}{value % 12 + 1:02d}" for value in index])


def _allowances(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "allowances")
    family = people["family"].to_numpy()
    lifted = (people["household_type"] == "脱贫户").to_numpy()
    idle = ~people.select(pl.col("able").any().over("family")).to_series().to_numpy()
    disabled = (
        people.select(pl.col("health").str.contains("残疾").any().over("family"))
        .to_series()
        .to_numpy()
    )
    alone = (people["template"] == "elder_alone").to_numpy() & idle
    tekun = alone & (_draw(rng, people) < 0.35)
    key = lifted | people["monitor_type"].is_not_null().to_numpy()
    dibao = (_draw(rng, people) < np.where(lifted, 0.12, 0.012)) | (idle & key)
    dibao |= idle & disabled & (_draw(rng, people) < 0.8)
    dibao &= ~tekun
    ill = people["health"].str.contains("大病|残疾").to_numpy()
    single = ill & (rng.random(people.height) < 0.02) & ~tekun
    edge = (_draw(rng, people) < 0.008) & ~dibao & ~tekun & ~single
    grade = choose(rng, {"A": 20, "B": 45, "C": 35}, people["family"].n_unique())[family]
    amount = np.where(grade == "A", 486, np.where(grade == "B", 395, 310))
    on = dibao | single
    return people.with_columns(
        dibao_grade=only(on, grade),
        dibao_amount=pl.Series(np.where(on, amount, 0)),
        tekun_kind=only(tekun, np.where(_draw(rng, people) < 0.3, "集中供养", "分散供养")),
        edge=pl.Series(edge),
        receives_dibao=series(np.where(_mostly(rng, on), "农村低保", "未享受")),
        receives_tekun=series(np.where(tekun, "农村特困", "未享受")),
    ).with_columns(
        whole_household_no_labour=pl.when(
            pl.col("monitor_type").is_not_null()
        ).then(pl.when(pl.col("able").any().over("family")).then(pl.lit("否")).otherwise(pl.lit("是")))
    )  # fmt: skip


def _mostly(rng: np.random.Generator, truth: Flags) -> Flags:
    """What the roster says: right but for two in a hundred who receive."""
    return truth & (rng.random(len(truth)) >= 0.02)


def _income(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "income")
    families = people["family"].n_unique()
    shape = np.exp(rng.normal(0, 0.38, families))[people["family"].to_numpy()]
    lifted = (people["household_type"] == "脱贫户").to_numpy()
    open_case = (people["risk_cleared"] == "否").fill_null(value=False).to_numpy()
    known = people["monitor_type"].is_not_null().to_numpy()
    centre = np.where(open_case, 8_900, np.where(known, 12_600, np.where(lifted, 15_200, 19_800)))
    floor = np.where(open_case, 6_900, 11_800)
    income = np.maximum(centre * shape, floor + shape * 700)
    income = np.where(known, np.minimum(income, 17_000 + shape * 900), income)
    return people.with_columns(net_income_per_person=pl.Series(np.round(income, 2)))


def _insurance(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "insurance")
    adult = (people["age"] >= 20).to_numpy()
    employee = adult & (people["age"] < 60).to_numpy() & (rng.random(people.height) < 0.045)
    away = adult & (rng.random(people.height) < 0.008)
    kind = np.where(employee, "本地职工(在职)", np.where(away, "异地居民", "本地居民"))
    pension = adult & (people["age"] < 60).to_numpy() & (rng.random(people.height) < 0.88)
    return people.with_columns(
        insurance=series(kind),
        resident_medical=series(np.where(employee, "否", "是")),
        employee_medical=series(np.where(employee, "是", "否")),
        serious_illness_insurance=series(np.where(employee, "否", "是")),
        resident_pension=only(adult, np.where(pension, "是", "否")),
    )


def _conditions(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = stream(seed, "conditions")
    grade = choose(rng, {"A": 88, "B": 12}, people["family"].n_unique())
    built = rng.integers(1986, 2022, people["family"].n_unique())
    family = people["family"].to_numpy()
    return people.with_columns(
        unsafe_house=pl.lit("否"),
        safe_water=pl.lit("是"),
        house_grade=series(grade[family]),
        house_built=pl.Series(built[family]),
        household_size=pl.len().over("family").cast(pl.Int64),
    )


def _moves(people: pl.DataFrame, seed: int, today: dt.date) -> pl.DataFrame:
    """Deaths among the old and families that left or came in the last three months."""
    rng = stream(seed, "moves")
    day = pl.Series([today] * people.height) - pl.Series(
        [dt.timedelta(days=int(back)) for back in rng.integers(8, 85, people.height)]
    )
    age = people["age"].to_numpy()
    died = rng.random(people.height) < np.interp(age, [55, 70, 90], [0.0, 0.004, 0.03])
    left = _draw(rng, people) < 0.002
    came = (_draw(rng, people) < 0.003) & ~left
    return people.with_columns(
        died_on=pl.when(pl.Series(died)).then(day),
        moved_out_on=pl.when(pl.Series(left)).then(day.first()),
        moved_in_on=pl.when(pl.Series(came)).then(day.first()),
    )
