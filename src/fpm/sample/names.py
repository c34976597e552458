"""Invented personal names: surname shares, given names by sex and generation, names with ``·``."""

from __future__ import annotations

from typing import Final

import numpy as np

from fpm.sample.dice import Flags, Texts, choose, choose_zipf, texts

# rough shares per thousand, from general knowledge: only the shape of the distribution matters
_COMMON: Final = {
    "王": 72,
    "李": 71,
    "张": 68,
    "刘": 54,
    "陈": 45,
    "杨": 31,
    "赵": 23,
    "黄": 22,
    "周": 19,
    "吴": 19,
    "徐": 15,
    "孙": 15,
    "胡": 13,
    "朱": 13,
    "高": 12,
    "林": 12,
    "何": 11,
    "郭": 11,
    "马": 11,
    "罗": 9,
    "梁": 8,
    "宋": 8,
    "郑": 8,
    "谢": 7,
    "韩": 7,
    "唐": 6,
    "冯": 6,
    "于": 6,
    "董": 6,
    "萧": 1,
    "程": 5,
    "曹": 5,
    "袁": 5,
    "邓": 5,
    "许": 5,
    "傅": 4,
    "沈": 4,
    "曾": 4,
    "彭": 4,
    "吕": 4,
    "苏": 4,
    "卢": 4,
    "蒋": 4,
    "蔡": 4,
    "贾": 4,
    "丁": 4,
    "魏": 4,
    "薛": 4,
    "叶": 4,
    "阎": 2,
    "余": 3,
    "潘": 3,
    "杜": 3,
    "戴": 3,
    "夏": 3,
    "钟": 3,
    "汪": 3,
    "田": 3,
    "任": 3,
    "姜": 3,
    "范": 3,
    "方": 3,
    "石": 3,
    "姚": 3,
    "谭": 3,
    "廖": 2,
    "邹": 2,
    "熊": 2,
    "金": 2,
    "陆": 2,
    "郝": 2,
    "孔": 2,
    "白": 2,
    "崔": 2,
    "康": 2,
    "毛": 2,
    "邱": 2,
    "秦": 2,
    "江": 2,
    "史": 2,
    "顾": 2,
    "侯": 2,
    "邵": 2,
    "孟": 2,
    "龙": 2,
    "万": 2,
    "段": 2,
    "雷": 2,
    "钱": 2,
    "汤": 2,
    "尹": 2,
    "黎": 2,
    "易": 1,
    "常": 2,
    "武": 2,
    "乔": 1,
    "贺": 2,
    "赖": 1,
    "龚": 1,
    "文": 1,
    "庞": 1,
    "樊": 1,
    "兰": 1,
    "殷": 1,
    "施": 1,
    "陶": 1,
    "洪": 1,
    "翟": 1,
    "安": 1,
    "颜": 1,
    "倪": 1,
    "严": 1,
    "牛": 1,
    "温": 1,
    "芦": 1,
    "季": 1,
    "俞": 1,
    "章": 1,
    "鲁": 1,
    "葛": 1,
    "伍": 1,
    "韦": 1,
    "申": 1,
    "尤": 1,
    "毕": 1,
    "聂": 1,
    "丛": 1,
    "焦": 1,
    "向": 1,
    "柳": 1,
    "邢": 1,
    "路": 1,
    "岳": 1,
    "齐": 1,
    "梅": 1,
    "莫": 1,
    "庄": 1,
    "辛": 1,
    "管": 1,
    "祝": 1,
    "左": 1,
    "涂": 1,
    "谷": 1,
    "祁": 1,
    "时": 1,
    "舒": 1,
    "耿": 1,
    "牟": 1,
    "卜": 1,
    "詹": 1,
    "关": 1,
    "苗": 1,
    "凌": 1,
    "费": 1,
    "纪": 1,
    "靳": 1,
    "盛": 1,
    "童": 1,
    "欧阳": 1,
    "上官": 0.3,
    "司马": 0.3,
    "诸葛": 0.2,
    "佟": 1,
    "那": 0.6,
    "仝": 0.3,
    "逄": 0.3,
}
_KOREAN: Final = {
    "金": 30,
    "朴": 22,
    "李": 18,
    "崔": 12,
    "郑": 6,
    "全": 4,
    "许": 4,
    "南": 3,
    "具": 1,
}

_MALE_OLD: Final = "国德福永长玉文志明金春宝振兴忠义贵生林山财发才有成清海云树学广连凤庆祥喜禄"
_MALE: Final = "建伟军勇强斌涛刚辉鹏飞杰峰磊波超龙洪江亮东立新利民平华光宏旭艳晓海志永春"
_MALE_YOUNG: Final = "子浩宇轩博文俊豪泽睿晨阳一鸣梓皓铭嘉翔天佑思远家乐瑞奕辰逸凡锦程煜祺"
_FEMALE_OLD: Final = "秀桂凤玉英兰珍芬淑云琴芝荣香莲花梅霞翠月娥素清贞春艳彩金银爱"
_FEMALE: Final = "丽艳敏静红娟霞燕玲芳萍晶莹洁颖雪梅琳慧娜丹婷晓春海立淑玉凤秋冬"
_FEMALE_YOUNG: Final = "欣怡梓涵诗雨萱可馨语桐佳琪思彤雅若曦依诺一诺梦瑶紫晗宇艺甜沐妍钰"
_RARE: Final = (
    "堃",
    "喆",
    "犇",
    "淼",
    "骉",
    "昇",
    "镕",
    "翀",
    "祎",
    "玥",
    "䶮",
    "㛃",
    "𬭼",
    "𬍡",
    "彧",
)

_DOTTED_MALE: Final = ("买买提", "艾力", "吐尔逊", "阿不都", "巴特尔", "孟和", "哈斯", "努尔兰")
_DOTTED_FEMALE: Final = (
    "阿依古丽",
    "热依汗",
    "古丽娜尔",
    "阿孜古丽",
    "乌云其木格",
    "萨仁",
    "帕提古丽",
)
_DOTTED_FATHER: Final = (
    "买买提明",
    "吐尔洪",
    "依明",
    "哈力克",
    "朝鲁",
    "巴雅尔",
    "木合塔尔",
    "卡德尔",
)


def surnames(rng: np.random.Generator, count: int, *, korean: bool = False) -> Texts:
    """Surnames with roughly their national shares."""
    return choose(rng, _KOREAN if korean else _COMMON, count)


def given_names(rng: np.random.Generator, female: Flags, ages: np.ndarray) -> Texts:
    """Given names of one or two characters in the fashion of the sex and generation."""
    count = len(female)
    first, second = (np.empty(count, dtype=object) for _ in range(2))
    generations = ((_MALE_OLD, _FEMALE_OLD), (_MALE, _FEMALE), (_MALE_YOUNG, _FEMALE_YOUNG))
    index = np.where(ages >= 58, 0, np.where(ages >= 22, 1, 2))
    for generation, pools in enumerate(generations):
        for is_female, pool in enumerate(pools):
            rows = (index == generation) & (female == bool(is_female))
            first[rows] = choose_zipf(rng, pool, int(rows.sum()))
            second[rows] = choose_zipf(rng, pool[::-1], int(rows.sum()))
    rare = rng.random(count) < 0.004
    second[rare] = texts(_RARE)[rng.integers(0, len(_RARE), int(rare.sum()))]
    single = (rng.random(count) < 0.2) & ~rare
    second[single] = ""
    return np.asarray(first + second, dtype=object)


def dotted_names(rng: np.random.Generator, female: Flags) -> Texts:
    """Names with a middle dot, as in Uyghur or Mongolian families."""
    count = len(female)
    own = np.where(
        female,
        texts(_DOTTED_FEMALE)[rng.integers(0, len(_DOTTED_FEMALE), count)],
        texts(_DOTTED_MALE)[rng.integers(0, len(_DOTTED_MALE), count)],
    )
    father = texts(_DOTTED_FATHER)[rng.integers(0, len(_DOTTED_FATHER), count)]
    return np.asarray(own + "·" + father, dtype=object)


def name_characters() -> str:
    """Every character a given name may have here, without repeats, in a fixed order."""
    pools = _MALE_OLD + _MALE + _MALE_YOUNG + _FEMALE_OLD + _FEMALE + _FEMALE_YOUNG
    return "".join(dict.fromkeys(pools))
