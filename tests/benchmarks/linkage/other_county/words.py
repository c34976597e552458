"""Names of people and places, from public facts about how common they are.

Surnames follow the order of the national report on names (the first five hold three tenths of all
people); given names are put together from characters that were in fashion when the person was
born; some villages' men share the first character of their generation.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.random import Generator

T = TypeVar("T")

SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
SCARCE: Final = (
    "欧阳",
    "上官",
    "司马",
    "令狐",
    "诸葛",
    "逄",
    "亓",
    "仝",
    "佟",
    "朴",
    "仉",
    "乜",
    "种",
    "单",
    "曲",
    "翟",
)
FASHION: Final = {
    (
        "男",
        0,
    ): "国福德明贵文生玉清云金荣有才永富万春林发长海成山忠义财礼昌兴祥树全占田庆宝和根喜元友占",
    (
        "男",
        1,
    ): "建国军平志华明文强海东忠林永春庆伟立新民成刚红卫生勇学兵利宏玉德彦斌祥胜金发义峰良河占",
    ("男", 2): "伟强磊超鹏涛杰军勇斌波刚辉飞龙亮建峰鑫洋浩宇明晓志文健宁凯旭东阳雷俊海坤帅博庆振",
    ("男", 3): "宇浩轩子泽涵博文俊豪梓睿晨天佳明杰瑞皓一辰逸嘉铭家俊熙鑫奕航昊然凯恩诺铄骏煜沐",
    ("女", 0): "秀英桂兰玉珍凤芝淑华素梅荣香云清芳莲金花琴翠春霞娥贵月红巧仙彩珠爱喜存连",
    ("女", 1): "丽芳华玉红秀梅英春霞桂艳敏淑燕凤萍兰云琴娟平莉荣杰静娜君香彩青晶玲小亚雪洪",
    ("女", 2): "丽静敏娜婷艳芳燕雪娟莉晓玲丹丽霞慧晶颖佳红梅倩琳洋楠欣微蕾萌媛莹璐双双冬茜岩",
    ("女", 3): "欣怡涵梓雨佳诗琪子萱思语婷嘉可馨一诺奕晨瑶若彤悦妍钰菲雅宁紫依心婉芮苒沐汐",
}
UNCOMMON: Final = "堃垚喆祎旻玥璟犇淼焱昱晟翀珺赟彧頔颋婳嫚姮妤翯燊玘翾"
DOTTED_FIRST: Final = (
    "阿依古丽",
    "买买提",
    "古丽娜尔",
    "热合曼",
    "阿不都",
    "木合塔尔",
    "帕提古丽",
    "艾山",
    "沙吾提",
    "吐尔逊",
)
DOTTED_LAST: Final = (
    "吐尔地",
    "依明",
    "卡德尔",
    "玉素甫",
    "阿布来提",
    "赛买提",
    "哈斯木",
    "尼亚孜",
)
TOWNSHIPS: Final = (
    "河湾镇",
    "青岭镇",
    "大榆乡",
    "双桥镇",
    "石门乡",
    "柳泉镇",
    "北山乡",
    "新城街道",
    "松江镇",
    "平川乡",
    "白塔镇",
    "东甸乡",
)
VILLAGE_HEADS: Final = "东西南北上下前后大小新老"
VILLAGE_STEMS: Final = (
    "河",
    "沟",
    "岭",
    "屯",
    "山",
    "泉",
    "窝堡",
    "甸子",
    "榆树",
    "柳树",
    "李家",
    "王家",
    "杨木",
    "石桥",
    "太平",
    "永兴",
    "红旗",
    "团结",
)


@functools.cache
def _falling(size: int, power: float) -> np.ndarray:
    weights = 1.0 / (1.5 + np.arange(size)) ** power
    return weights / weights.sum()


def one_of(dice: Generator, words: str | tuple[str, ...], power: float = 0.75) -> str:
    """Draw a word; earlier ones are more common."""
    return str(words[dice.choice(len(words), p=_falling(len(words), power))])


def any_of(dice: Generator, things: Sequence[T]) -> T:
    """Draw one of equally likely things."""
    return things[int(dice.integers(len(things)))]


def surname(dice: Generator) -> str:
    """Draw a family name."""
    return one_of(dice, SCARCE, 0.1) if dice.random() < 0.015 else one_of(dice, SURNAMES)


def given(dice: Generator, sex: str, born: int, first: str = "") -> str:
    """Draw a given name of that year's fashion, with this first character if there is one."""
    letters = FASHION[sex, int(born >= 1962) + int(born >= 1980) + int(born >= 2000)]
    pick = one_of(dice, UNCOMMON, 0.2) if dice.random() < 0.015 else one_of(dice, letters, 0.95)
    if first:
        return first + pick
    if dice.random() < 0.2:
        return pick
    return one_of(dice, letters, 0.95) + pick


def villages(dice: Generator, many: int) -> list[tuple[str, str]]:
    """Give townships their villages; a fifth bear the name of another township's."""
    places: list[tuple[str, str]] = []
    used: list[str] = []
    for number in range(many):
        township = TOWNSHIPS[number % len(TOWNSHIPS)]
        while True:
            name = (
                VILLAGE_HEADS[dice.integers(12)]
                + VILLAGE_STEMS[dice.integers(len(VILLAGE_STEMS))]
                + "村"
            )
            if used and dice.random() < 0.2:
                name = used[dice.integers(len(used))]
            if many > 200 and dice.random() < 0.8:
                name = VILLAGE_STEMS[dice.integers(len(VILLAGE_STEMS))][:1] + name
            if (township, name) not in places:
                break
        used.append(name)
        places.append((township, name))
    return places
