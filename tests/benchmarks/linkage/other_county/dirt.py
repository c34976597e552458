"""What happens to names on their way into a list, with the name of each mishap.

Homophones come from pypinyin over the commoner half of GB 2312, traditional forms from OpenCC;
characters alike in shape are pairs such as proofreaders warn of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

import opencc
import pypinyin
from numpy.random import Generator

from . import words
from .people import Person
from .words import any_of

ALIKE: Final = (
    "己已巳 末未 土士 日曰 天夭 干千于 田由甲申 人入八 刀力 大太犬 王玉 治冶 晴睛",
    "亨享 戊戌戍 免兔 鸟乌 师帅 住往 侯候 宇字 拴栓 折拆 竞竟 崇祟 壁璧 梁粱",
    "徽微 杨扬 锋峰蜂 清请情 静净 刚钢 娟捐涓 秀季 凤风 芳芬 荣莱 明朋 玲铃 婷停",
    "林森 华毕 云去 贵责 香番 花化 春舂 金全 珍诊 淑椒 芝芷 兰三 桂挂佳 英央",
    "梅海 霞震 红江 艳绝 敏繁 萍苹 莉利 雪雷 丹舟 晶品 颖颍 倩情 琳淋 楠南 欣欧",
    "蕾雷 媛缓 莹萤 璐露 涵函 梓辛 怡治 思恩 语浯 嘉喜 馨声 瑶摇 若苦 悦锐 妍研",
    "菲韭 伟玮 强弹 磊垒 超赵 鹏鹤 涛寿 杰木 军车 勇湧 斌武 波坡 辉挥 飞气 龙尤",
    "亮高 建健 洋详 浩洁 晓烧 志忘 宁丁 凯剀 旭旮 阳阴 俊骏 坤坤坦 博搏 庆厌",
    "振震 国囯固 福富 德得 文又 生牛 有友 才寸 永水 万方 发友 长张 成戌 山出",
    "忠患 义又 礼札 昌冒 兴兵 祥详 树材 宝玉 和知 根很 喜嘉 元无 平半 东车 立位",
    "新析 民氏 卫节 学字 兵乒 利刘 宏宠 彦产 胜肚 河何 良艮 轩轧 泽择 睿壑 晨辰",
    "瑞端 皓浩 逸免 铭名 熙照 奕亦 航杭 昊吴 然燃 李季 刘列 陈阵 黄寅 赵起 周同",
    "徐除 孙孔 马与 朱未 胡湖 郭敦 何向 高离 郑邓 谢射 宋采 唐塘 许忤 韩朝 冯马",
    "曹遭 彭澎 曾会 肖背 袁衰 潘番 蒋桨 蔡察 余佘 杜社 叶计 程裎 苏办",
)
FOLD: Final = opencc.OpenCC("s2t")
NOTES: Final = ("(户主)", "（已故）", "（女）", "(大)", "（代领）", "*", "（补）", "-2", "（五保）")


def _sound(letter: str) -> str:
    return str(pypinyin.lazy_pinyin(letter)[0])


@functools.cache
def _same_sound() -> dict[str, str]:
    groups: dict[str, str] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            letter = bytes((high, low)).decode("gb2312", "ignore")
            if letter:
                groups[_sound(letter)] = groups.get(_sound(letter), "") + letter
    return groups


@functools.cache
def _same_shape() -> dict[str, str]:
    return {
        letter: group.replace(letter, "")
        for line in ALIKE
        for group in line.split()
        for letter in group
        if group.replace(letter, "")
    }


def _instead(name: str, dice: Generator, table: Callable[[str], str]) -> str:
    """The name with one character replaced, the surname's seldom; itself if no table helps."""
    order = [place for place in range(1, len(name)) if table(name[place])] * 3
    order += [0] if table(name[0]) else []
    if not order:
        return name
    place = any_of(dice, order)
    others = table(name[place])
    return name[:place] + any_of(dice, others) + name[place + 1 :]


def homophone(person: Person, dice: Generator) -> str:
    """One character replaced by another of the same sound."""
    return _instead(
        person.name, dice, lambda letter: _same_sound().get(_sound(letter), "").replace(letter, "")
    )


def shape(person: Person, dice: Generator) -> str:
    """One character replaced by one that looks like it."""
    return _instead(person.name, dice, lambda letter: _same_shape().get(letter, ""))


def lost(person: Person, dice: Generator) -> str:
    """One character the old system had no code for."""
    scarce = [place for place, letter in enumerate(person.name) if not _in_gb2312(letter)]
    place = scarce[0] if scarce else int(dice.integers(1, len(person.name)))
    return person.name[:place] + any_of(dice, "?？*") + person.name[place + 1 :]


def _in_gb2312(letter: str) -> bool:
    return bool(letter.encode("gb2312", "ignore"))


def other_letter(person: Person, dice: Generator) -> str:
    """One character of the given name replaced by any other."""
    place = int(dice.integers(1, len(person.name)))
    return (
        person.name[:place]
        + words.given(dice, person.sex, person.born.year)[-1]
        + person.name[place + 1 :]
    )


def swapped(person: Person, dice: Generator) -> str:
    """The last two characters in the wrong order."""
    del dice
    return (
        person.name[:-2] + person.name[-1] + person.name[-2]
        if len(person.name) > 2
        else person.name
    )


def shortened(person: Person, dice: Generator) -> str:
    """A character left out; of a long name with a dot, one part."""
    if "·" in person.name:
        return person.name.split("·")[0]
    place = int(dice.integers(1, len(person.name))) if len(person.name) > 2 else 2
    return person.name[:place] + person.name[place + 1 :]


def note(person: Person, dice: Generator) -> str:
    """A remark in the same cell."""
    return person.name + any_of(dice, NOTES)


def spaced(person: Person, dice: Generator) -> str:
    """Blanks to fill the column, or another dot."""
    if "·" in person.name:
        return person.name.replace("·", any_of(dice, (".", "•", "", "・", " ")))
    return (
        (" " if dice.random() < 0.5 else "　").join(person.name)
        if len(person.name) == 2
        else person.name + " "
    )


def former(person: Person, dice: Generator) -> str:
    """The name borne before, of those who changed it."""
    return person.former or person.name[0] + words.given(dice, person.sex, person.born.year)


NAMES: Final[dict[str, tuple[float, Callable[[Person, Generator], str]]]] = {
    "homophone": (1.3, homophone),
    "shape": (0.9, shape),
    "traditional": (0.8, lambda person, _: FOLD.convert(person.name)),
    "lost letter": (0.5, lost),
    "other letter": (0.3, other_letter),
    "swapped": (0.3, swapped),
    "shortened": (0.3, shortened),
    "note": (0.8, note),
    "spaced": (1.0, spaced),
    "former name": (0.25, former),
    "latin": (0.1, lambda person, _: " ".join(pypinyin.lazy_pinyin(person.name)).title()),
    "no name": (0.05, lambda *_: ""),
}
"""How often of all mishaps to names, and what each does."""


def draw(kinds: dict[str, tuple[float, Callable[..., str]]], dice: Generator) -> str:
    """Choose a mishap by how often it happens."""
    weights = [often for often, _ in kinds.values()]
    return list(kinds)[
        int(dice.choice(len(kinds), p=[weight / sum(weights) for weight in weights]))
    ]
