"""The short lists of the later departments: files, headers, who is on them, what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from fpm.sample.county import Month
from fpm.sample.places import COUNTY
from fpm.sample.sheets import Container, Line

Cells = Mapping[str, pl.Expr | str | float | None]


@dataclass(frozen=True, slots=True)
class ShortList:
    """One kind of file.

    Attributes:
        of: department.
        kind: of the extract.
        file: name below the period's folder; ``{month}`` is ``202610``.
        headers: header → column of the rows; ``name`` and ``number`` are the person's.
        ordinary: who of the ordinary people is on it this month.
        cells: what their lines say; planted lines say it too unless their scene differs.
        offsets: months in which it is sent.
        guests: share of people from outside the roster.
    """

    of: str
    kind: str
    file: str
    headers: Mapping[str, str]
    ordinary: Callable[[Month], pl.Expr]
    cells: Callable[[Month], Cells]
    offsets: tuple[int, ...] = (-2, -1, 0)
    guests: float = 0.01
    titles: tuple[str, ...] = ()
    footers: tuple[Line, ...] = ()
    encoding: str = "gb18030"

    @property
    def container(self) -> Container:
        """By the suffix of the name."""
        return "csv" if self.file.endswith(".csv") else "xlsx"


def _every(number: int, of: pl.Expr) -> Callable[[Month], pl.Expr]:
    """One in ``number`` of those people, others each month."""
    return lambda month: of & (pl.col("row") % number == month.period.month)


def _always(of: pl.Expr) -> Callable[[Month], pl.Expr]:
    return lambda _month: of


def _day(month: Month, day: int) -> str:
    return f"{month.period.year}-{month.period.month:02d}-{day:02d}"


def _either(wanted: pl.Expr, one: str, other: str) -> pl.Expr:
    return pl.when(wanted).then(pl.lit(one)).otherwise(pl.lit(other))


def _last_year(month: Month, of: int) -> str:
    return f"{month.period.year - 1}-{of:02d}-01"


def _died_in(month: Month) -> pl.Expr:
    return pl.col("died_on").is_between(month.period.first_day, month.period.last_day)


HEAD: Final = pl.col("relation") == "户主"
WORKER: Final = (pl.col("work_months") > 0) & (pl.col("row") % 2 == 0)
"""Who is on the list of those who work."""
_LIFTED: Final = pl.col("household_type") == "脱贫户"
_LOW: Final = (
    pl.col("aided")
    | pl.col("dibao_grade").is_not_null()
    | pl.col("tekun_kind").is_not_null()
    | (pl.col("risk_cleared") == "否").fill_null(value=False)
    | pl.col("certificate").str.contains("[12]$").fill_null(value=False)
)
_ALONE: Final = HEAD & (pl.col("age").min().over("family") >= 60)
_ADULT: Final = pl.col("age").is_between(16, 59)
_PAID_FOR: Final = _LOW | (_LIFTED & (pl.col("insurance") != "本地职工(在职)"))
_PENSIONER: Final = (pl.col("age") > 60) & (pl.col("row") % 60 == 0)
_SOURCES: Final = (
    "business", "tax", "car", "payroll", "house", "fund", "transport", "bank", "shares",
)  # fmt: skip
_EMPLOYEE: Final = pl.col("insurance") == "本地职工(在职)"
_GRADE: Final = pl.col("certificate").str.slice(1, 1)
_MONITORED: Final = HEAD & (pl.col("risk_cleared") == "否")
_WHO: Final = {"乡镇": "township", "村": "village", "姓名": "name", "身份证号": "number"}
_HOME: Final = {"乡镇": "township", "村": "village", "户主姓名": "name", "户主身份证号": "number"}

LISTS: Final[tuple[ShortList, ...]] = (
    ShortList(
        "human_resources", "employment", "人社/务工监测信息_{month}.xlsx",
        {**_WHO, "是否已务工": "working", "务工所在县": "work_area", "务工企业名称": "employer",
         "务工月收入（元）": "wage", "开始时间": "since", "结束时间": "until"},
        lambda _month: WORKER & (pl.col("age") < 60),
        lambda month: {"working": "是", "employer": "某建筑公司", "since": _last_year(month, 11),
                        "wage": 2600 + pl.col("row") % 12 * 150, "until": None},
        titles=("（务工月监测）已外出务工信息",),
    ),
    ShortList(
        "human_resources", "public_post", "人社/公益性岗位在岗名单.xlsx",
        {**_WHO, "岗位类型": "post", "上岗时间": "since", "离岗时间": "until",
         "月岗位补贴（元）": "wage"},
        _always(_LIFTED & (pl.col("able")) & (pl.col("row") % 9 == 0)),
        lambda month: {"post": "保洁员", "since": _last_year(month, 12), "wage": 600,
                       "until": None},
    ),
    ShortList(
        "human_resources", "social_insurance", "人社/社保参保和代缴名单{month}.csv",
        {**_WHO, "险种": "insured_in", "参保状态": "state", "是否代缴": "paid_for",
         "单位名称": "employer", "月养老金": "pension"},
        _always((_ADULT & (_PAID_FOR | _EMPLOYEE)) | _PENSIONER),
        lambda _month: {
            "insured_in": _either(_PAID_FOR & _ADULT, "居民养老", "职工养老"),
            "state": _either(pl.col("age") > 60, "待遇领取", "正常缴费"),
            "paid_for": pl.when(_PAID_FOR & _ADULT).then(pl.lit("是")), "employer": None,
            "pension": pl.when(~_ADULT).then(2150),
        },
        offsets=(0,),
    ),
    ShortList(
        "human_resources", "unemployment", "人社/失业登记人员{month}.xlsx",
        {**_WHO, "登记日期": "since", "失业原因": "reason", "登记状态": "state"},
        _every(211, WORKER),
        lambda month: {"since": _day(month, 6), "reason": "合同到期", "state": "登记失业"},
    ),
    ShortList(
        "health", "new_illness", "卫健/新确诊大病慢病名单{month}.xlsx",
        {**_WHO, "疾病名称": "disease", "疾病类别": "class_", "确诊日期": "day",
         "确诊医院": "hospital"},
        _every(163, pl.col("age") > 40),
        lambda month: {"disease": "2型糖尿病", "class_": "慢性病", "day": _day(month, 11),
                       "hospital": "样例县人民医院"},
        guests=0.02, titles=(f"{COUNTY}新增患病人员情况",),
    ),
    ShortList(
        "health", "deaths", "卫健/死亡人口名单{month}.csv",
        {**_WHO, "死亡日期": "died_on", "死亡原因": "cause"},
        _died_in, lambda _month: {"cause": "循环系统疾病"}, encoding="utf-8-sig",
    ),
    ShortList(
        "disability", "certificates", "残联/持证残疾人名单.xlsx",
        {"乡镇": "township", "村": "village", "姓名": "name", "残疾人证号": "long_number",
         "残疾等级": "grade_word", "发证日期": "day", "证件状态": "state"},
        _always(pl.col("certificate").is_not_null()),
        lambda _month: {
            "digits": pl.col("certificate"), "day": "2021-06-15", "state": "有效",
            "grade_word": pl.when(pl.col("row") % 4 == 0).then(_GRADE.replace("4", "肆级")),
        },
        footers=(("注：等级空白的，以证号第20位为准",),), guests=0.03,
    ),
    ShortList(
        "civil_affairs", "disability_allowance", "民政/残疾人两项补贴发放名单{month}.xlsx",
        {**_WHO, "困难残疾人生活补贴": "living", "重度残疾人护理补贴": "care"},
        _always((_GRADE.is_in(["1", "2"]) & pl.col("tekun_kind").is_null())
                | (pl.col("certificate").is_not_null() & pl.col("dibao_grade").is_not_null())),
        lambda _month: {"living": pl.when(pl.col("dibao_grade").is_not_null()).then(88.0),
                        "care": pl.when(_GRADE.is_in(["1", "2"])).then(92.0)},
    ),
    ShortList(
        "civil_affairs", "temporary_aid", "民政/临时救助新增汇总{month}.xlsx",
        {**_HOME, "救助类型": "class_", "救助原因": "reason", "救助金额（元）": "sum_",
         "救助日期": "day"},
        _every(173, HEAD),
        lambda month: {"class_": "急难", "reason": "突发疾病", "sum_": 1500,
                       "day": _day(month, 14)},
    ),
    ShortList(
        "civil_affairs", "stopped", "民政/停保汇总表{month}.xlsx",
        {**_HOME, "停保原因": "reason", "停保月份": "day", "是否渐退": "phase_out",
         "渐退期至": "until"},
        _always(pl.lit(value=False)),
        lambda month: {"reason": "收入超标", "day": month.digits, "phase_out": "是", "until": None},
    ),
    ShortList(
        "water", "utility_use", "水利/用水用电量监测名单{month}.csv",
        {"乡镇": "township", "村": "village", "用户姓名": "name", "身份证号": "number",
         "用量月份": "month", "用水量（吨）": "water", "用电量（度）": "power"},
        _always(_ALONE & (pl.col("row") % 12 == 0)),
        lambda month: {"month": month.digits, "water": 2.5, "power": pl.col("row") % 40 + 20},
    ),
    ShortList(
        "emergency", "disaster_households", "应急/受灾农户名单{month}.xlsx",
        {**_HOME, "受灾时间": "day", "灾种": "disaster", "倒塌房屋间数": "fallen",
         "损坏房屋间数": "broken", "受灾面积（亩）": "hit_", "绝收面积（亩）": "lost"},
        _every(229, HEAD),
        lambda month: {"day": _day(month, 3), "disaster": "冰雹", "hit_": 2.5, "lost": 0,
                       "fallen": None, "broken": None},
        titles=(f"{COUNTY}自然灾害受灾情况登记表",),
    ),
    ShortList(
        "agriculture", "subsidy", "农业农村/耕地地力保护补贴发放表.xlsx",
        {**_HOME, "补贴项目": "item", "补贴面积（亩）": "area", "补贴金额（元）": "sum_",
         "发放状态": "state"},
        _always(HEAD & (pl.col("row") % 8 == 0)),
        lambda _month: {"item": "耕地地力保护补贴", "area": pl.col("row") % 15 + 3,
                        "sum_": (pl.col("row") % 15 + 3) * 71, "state": "已发"},
        offsets=(0,),
    ),
    ShortList(
        "agriculture", "insurance_claims", "农业农村/保险理赔明细{month}.xlsx",
        {**_HOME, "险种": "item", "出险原因": "reason", "理赔金额": "sum_", "理赔日期": "day"},
        _every(157, HEAD),
        lambda month: {"item": "玉米种植险", "reason": "风雹", "sum_": 640,
                       "day": _day(month, 19)},
    ),
    ShortList(
        "agriculture", "relocated_households", "农业农村/易地搬迁户名单.csv",
        {**_HOME, "安置点": "site", "安置方式": "way", "搬迁时间": "day"},
        _always(HEAD & _LIFTED & (pl.col("row") % 3 == 0)
                & (pl.col("work_months") > 0).any().over("family")),
        lambda _month: {"site": "幸福安置区", "way": "集中", "day": "2019-11-20"}, offsets=(0,),
    ),
    ShortList(
        "agriculture", "support_measures", "农业农村/监测对象帮扶措施台账{month}.xlsx",
        {**_HOME, "措施类别": "item", "措施内容": "text", "实施时间": "day"},
        _always(_MONITORED),
        lambda month: {"item": "就业帮扶", "text": "推荐公益性岗位", "day": _last_year(month, 12)},
    ),
    ShortList(
        "public_security", "accidents", "公安/事故伤亡和案件受害名单{month}.xlsx",
        {**_WHO, "事故日期": "day", "事故类型": "class_", "伤亡情况": "injury"},
        _always(pl.lit(value=False)),
        lambda month: {"day": _day(month, 9), "class_": "交通事故", "injury": "无伤亡"},
        guests=0.012,
    ),
    ShortList(
        "public_security", "household_changes", "公安/户籍变动{month}.csv",
        {**_WHO, "变动类型": "class_", "变动日期": "died_on"},
        _died_in, lambda _month: {"class_": "死亡注销"},
    ),
    ShortList(
        "public_security", "vehicles", "公安/机动车登记名单.xlsx",
        {**_WHO, "号牌号码": "plate", "车辆类型": "class_", "登记日期": "day"},
        _always(pl.col("age").is_between(22, 60) & (pl.col("row") % 13 == 0)),
        lambda _month: {"plate": pl.format("样Z{}", pl.col("row") + 10_000), "day": "2020-05-08",
                        "class_": _either(pl.col("row") % 2 == 0, "普通二轮摩托车", "小型轿车")},
        offsets=(0,),
    ),
    ShortList(
        "finance", "economic_check", "财政/家庭经济状况核对报告{month}.xlsx",
        {**_HOME, "核对日期": "day", "工商登记": "business", "税务登记": "tax", "机动车登记": "car",
         "财政供养人员": "payroll", "房屋产权登记": "house", "公积金": "fund",
         "交通营运": "transport", "银行": "bank", "证券": "shares"},
        _every(151, HEAD),
        lambda month: {"day": _day(month, 22), **dict.fromkeys(_SOURCES, "无")},
    ),
    ShortList(
        "education", "student_aid", "教育/学生资助名单.xlsx",
        {"乡镇": "township", "村": "village", "学生姓名": "name", "身份证号": "number",
         "学段": "stage", "资助项目": "item", "资助金额": "sum_", "学费": "tuition",
         "住宿费": "lodging", "书本费": "books"},
        _always(pl.col("school_age").is_between(15, 21) & (_LIFTED | _LOW)),
        lambda _month: {
            "stage": pl.when(pl.col("school_age") < 18).then("track").otherwise(pl.lit("高职"))
            .replace("out", "中职"),
            "item": _either(_LIFTED, "雨露计划、国家助学金", "国家助学金"),
            "sum_": 2500, "tuition": 800, "lodging": 400, "books": 300,
        },
        offsets=(0,),
    ),
)  # fmt: skip
