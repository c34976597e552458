"""What clerks and spreadsheets do to numbers, names, places and dates: this benchmark's own tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RNG = np.random.Generator

TRADITIONAL = dict(
    zip(
        "张陈刘杨黄赵吴马郭罗郑谢韩邓冯萧苏叶卢钟谭陆范贾韦邹闫龙顾龚严汤华国军庆贵荣树兰凤莲琼银贤军强辉鹏飞亮龙东鑫丽静艳娟红萍婷雪颖泽鸣乐诚远梦怡诗",
        "張陳劉楊黃趙吳馬郭羅鄭謝韓鄧馮蕭蘇葉盧鍾譚陸範賈韋鄒閆龍顧龔嚴湯華國軍慶貴榮樹蘭鳳蓮瓊銀賢軍強輝鵬飛亮龍東鑫麗靜豔娟紅萍婷雪穎澤鳴樂誠遠夢怡詩",
        strict=True,
    )
)
SOUND_GROUPS = (
    "伟玮纬炜",
    "明鸣铭茗",
    "芳方坊",
    "静靖净敬",
    "丽莉利立历",
    "英瑛鹰莺",
    "华桦骅",
    "志智治致",
    "军君钧均",
    "平萍苹屏",
    "梅玫眉",
    "兰岚蓝",
    "秀绣",
    "珍真贞",
    "玉钰育裕誉",
    "红虹洪鸿宏",
    "海亥",
    "林琳霖麟",
    "峰锋丰枫烽",
    "波博",
    "杰洁婕捷",
    "涛滔韬",
    "辉晖徽",
    "燕艳雁彦宴",
    "娟涓鹃",
    "霞侠",
    "张章彰",
    "王汪",
    "李理里",
    "程成城诚",
    "徐许旭",
    "余于俞虞",
    "何和荷河",
    "付傅富",
    "肖萧晓小",
    "姜江蒋",
    "陆路露",
    "吴武吾",
    "黎李",
    "严阎闫颜",
    "魏卫",
    "谭潭",
    "沈审",
    "晓小筱",
    "建健剑",
    "国果",
    "文雯纹",
    "永勇咏",
    "春椿",
    "生声升胜",
    "子紫梓姿",
    "涵晗韩寒",
    "欣心新馨鑫",
    "怡依宜仪",
    "雨宇语羽",
    "轩萱宣",
    "浩皓昊",
    "泽择",
    "嘉佳家加",
    "诗施",
    "睿瑞锐",
    "思斯丝",
    "琪奇祺琦",
    "凤奉",
    "桂贵",
    "莲连",
    "云芸",
    "福富",
    "清青卿",
    "德得",
)
SHAPE_GROUPS = (
    "未末",
    "土士",
    "己已",
    "日曰",
    "人入",
    "王玉主",
    "大太",
    "戊戍戌",
    "荣莱",
    "洋祥",
    "涛铸",
    "伟纬讳",
    "英莫",
    "芳芬",
    "娟捐",
    "玲铃",
    "梅悔",
    "桃挑",
    "江汪",
    "林材",
    "杨扬",
    "陈阵",
    "徐徒",
    "刘对",
    "冯玛",
    "曾曹",
    "田由甲",
    "董薰",
    "萍莘",
    "丽雨",
    "凤风",
    "兰三",
    "素索",
    "明朋",
    "志忘",
    "建健",
    "贵责",
    "治冶",
    "芝芏",
    "晴睛",
    "倩情",
    "浩活",
    "泽译",
    "铭洺",
    "霖森",
    "琪棋",
    "瑶遥",
    "萱宣",
    "晨震",
    "辰唇",
    "宇字",
    "辉挥",
    "鹏朋",
    "波坡",
    "峰蜂",
    "强弘",
    "勇男",
    "亮亭",
)
SOUND = {c: [d for d in group if d != c] for group in SOUND_GROUPS for c in group}
SHAPE = {c: [d for d in group if d != c] for group in SHAPE_GROUPS for c in group}
PINYIN = {"王": "wang", "李": "li", "张": "zhang", "刘": "liu", "陈": "chen"}
NOTES = ("(已故)", "（户主）", "(新生儿)", "【代】", "（外出）")
OTHER = "甲辰安邦昌道恩凡广恒京康良茂宁启全若尚同旺喜贤义友泽"


def damage_number(rng: RNG, number: str, ways: Sequence[str] | None = None) -> str:
    """One slip of ``number`` (18 characters)."""
    way = str(rng.choice(list(ways) if ways else WAYS, p=None if ways else WAY_SHARES))
    return _DAMAGE[way](rng, number)


def _digit(rng: RNG, number: str) -> str:
    place = int(rng.integers(0, 17))
    new = str((int(number[place]) + int(rng.integers(1, 10))) % 10)
    return number[:place] + new + number[place + 1 :]


def _swap(rng: RNG, number: str) -> str:
    places = [i for i in range(16) if number[i] != number[i + 1]]
    i = int(rng.choice(places))
    return number[:i] + number[i + 1] + number[i] + number[i + 2 :]


def _lost(rng: RNG, number: str) -> str:
    place = int(rng.integers(0, 18))
    return number[:place] + number[place + 1 :]


def _extra(rng: RNG, number: str) -> str:
    place = int(rng.integers(0, 18))
    return number[:place] + number[place] + number[place:]


def _check(rng: RNG, number: str) -> str:
    return number[:17] + str(rng.choice([c for c in "0123456789X" if c != number[17]]))


def _float(rng: RNG, number: str) -> str:
    if number[17] == "X":
        return number[:17]
    return number[:15] + "000" if rng.random() < 0.6 else str(int(float(int(number))))


def _scientific(rng: RNG, number: str) -> str:
    if number[17] == "X":
        return number
    digits = int(rng.choice([6, 15], p=[0.4, 0.6]))
    return f"{int(number):.{digits - 1}E}" if rng.random() < 0.8 else f"{float(number):.5E}"


def _mask(rng: RNG, number: str) -> str:
    form = int(rng.integers(0, 4))
    if form == 0:
        return number[:6] + "********" + number[14:]
    if form == 1:
        return number[:10] + "****" + number[14:]
    if form == 2:
        return number[:14] + "****"
    return number[:3] + "*" * 11 + number[14:]


_DAMAGE = {
    "empty": lambda rng, _: str(rng.choice(["", "无", "不详"])),
    "digit": _digit,
    "swap": _swap,
    "lost": _lost,
    "extra": _extra,
    "check": _check,
    "x_lost": lambda rng, number: number[:17] if number[17] == "X" else _digit(rng, number),
    "float": _float,
    "scientific": _scientific,
    "mask": _mask,
    "old15": lambda rng, number: (
        number[:6] + number[8:17] if number[6:8] == "19" else _digit(rng, number)
    ),
    "disability": lambda rng, number: number + str(rng.integers(1, 8)) + str(rng.integers(1, 5)),
    "blank": lambda _, number: " " + number[:6] + " " + number[6:].lower(),
}
WAYS = tuple(_DAMAGE)
WAY_SHARES = np.array([0.2, 0.14, 0.06, 0.06, 0.03, 0.05, 0.04, 0.1, 0.08, 0.06, 0.04, 0.06, 0.08])


def respell(rng: RNG, name: str) -> str:
    """One slip of a name."""
    way = str(
        rng.choice(
            [
                "traditional",
                "sound",
                "shape",
                "other",
                "missing",
                "?",
                "order",
                "note",
                "dot",
                "blank",
                "latin",
                "former",
            ],
            p=[0.16, 0.22, 0.12, 0.07, 0.06, 0.05, 0.03, 0.1, 0.06, 0.07, 0.02, 0.04],
        )
    )
    place = int(rng.integers(0, len(name)))
    late = int(rng.integers(1, len(name))) if len(name) > 1 else 0
    if way == "traditional":
        return "".join(TRADITIONAL.get(c, c) for c in name)
    if way in {"sound", "shape"}:
        table = SOUND if way == "sound" else SHAPE
        places = [i for i, c in enumerate(name) if table.get(c)]
        if places:
            i = int(rng.choice(places))
            return name[:i] + str(rng.choice(table[name[i]])) + name[i + 1 :]
        return name[:late] + str(rng.choice(list(OTHER))) + name[late + 1 :]
    if way == "other":
        return name[:late] + str(rng.choice(list(OTHER))) + name[late + 1 :]
    if way == "missing":
        return name[:late] + name[late + 1 :] if len(name) > 2 else name
    if way == "?":
        return name[:late] + str(rng.choice(["?", "□", "*"])) + name[late + 1 :]
    if way == "order":
        return name[1:] + name[0] if len(name) == 2 else name[0] + name[2:] + name[1]
    if way == "note":
        return name + str(rng.choice(NOTES))
    if way == "dot":
        return name.replace("·", str(rng.choice(["•", ".", "", "・", " "])))
    if way == "blank":
        return " ".join(name)
    if way == "latin":
        return "".join(PINYIN.get(c, c) for c in name)
    return name[0] + "".join(rng.choice(list(OTHER), 2)) if place >= 0 else name


def rewrite_place(rng: RNG, township: str, village: str) -> tuple[str, str]:
    """Another way to write a place, or a part of it missing."""
    way = int(rng.integers(0, 6))
    if way == 0:
        return township.rstrip("镇乡"), village.removesuffix("村")
    if way == 1:
        return township, village + "民委员会"
    if way == 2:
        return "样例县" + township, township + village
    if way == 3:
        return township, village + f"{rng.integers(1, 9)}组"
    if way == 4:
        return "", village
    return township, ""
