"""Characters that get mistaken for each other, for writing wrong names.

Homophones come from pypinyin's readings at generation time; traditional and look-alike characters
from small lists of our own. Nothing here is shared with the matcher, so that it is never tested
against its own tables.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

from pypinyin import Style, lazy_pinyin

from fpm.sample.names import name_characters

_PAIRS_TRADITIONAL: Final = (
    "张張刘劉陈陳杨楊赵趙黄黃吴吳孙孫马馬罗羅郑鄭谢謝韩韓冯馮于於许許邓鄧吕呂苏蘇卢盧蒋蔣贾賈叶葉"
    "阎閻余餘钟鍾谭譚邹鄒陆陸龙龍万萬钱錢汤湯黎黎贺賀赖賴龚龔庞龐兰蘭颜顏严嚴芦蘆鲁魯韦韋"
    "国國华華军軍东東凤鳳兴興荣榮红紅兰蘭贵貴云雲宝寶刚剛伟偉强強龙龍辉輝丽麗艳豔静靜娟娟"
    "庆慶义義广廣连連学學树樹财財发發鹏鵬飞飛杰傑泽澤轩軒俊俊铭銘逸逸锦錦齐齊颖穎莹瑩萧蕭爱愛银銀霞霞"
)
_PAIRS_SHAPE: Final = (
    "王玉玉王李季季李刘对陈阵张弘杨扬扬杨吴昊昊天土士士土未末末未日曰己已由田田由于干干于"
    "兰三英央秀季芬芳芳芬明朋朋明林材村林大太太大清请晴睛静净建健健建军车华毕平乎生主广厂"
    "风凤凤风贵责宝室春舂志忘文丈伟纬强张永水子孑宇字字宇轩轲浩洁洁浩桂佳佳桂珍玲玲珍红江江红"
    "欣欢怡恰涵函雨两思恩萱宣佟佟周同孙孔徐除朱未高亭何河郭部马鸟梁粱宋宗"
)


@cache
def homophones() -> tuple[dict[str, str], dict[str, str]]:
    """Two tables: character → another character with the same toneless reading."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    pool = dict.fromkeys(name_characters() + _common_characters())
    for character, sound in zip(pool, lazy_pinyin("".join(pool), style=Style.NORMAL), strict=True):
        by_sound[sound].append(character)
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    for group in by_sound.values():
        for place, character in enumerate(group[:12]):
            if len(group) > 1:
                first[character] = group[(place + 1) % len(group[:12])]
                second[character] = group[(place - 1) % len(group[:12])]
    return first, second


@cache
def traditional() -> dict[str, str]:
    """Simplified → traditional, for characters common in names."""
    return _pairs(_PAIRS_TRADITIONAL)


@cache
def look_alikes() -> dict[str, str]:
    """Character → one that looks like it."""
    return _pairs(_PAIRS_SHAPE)


def _pairs(text: str) -> dict[str, str]:
    return {text[i]: text[i + 1] for i in range(0, len(text) - 1, 2) if text[i] != text[i + 1]}


def _common_characters() -> str:
    """The 3,755 characters of the first level of GB 2312 (rows 16 to 55), ordered by sound."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return b"".join(cells).decode("gb2312", errors="ignore")
