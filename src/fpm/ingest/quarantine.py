"""Reasons for setting a row aside or leaving a cell blank, in words a department can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from fpm.model import QUARANTINE_SCHEMA, mask_digits

_SHOWN = 40

Code = Literal[
    "date_unreadable",
    "date_impossible",
    "date_two_digit_year",
    "date_without_day",
    "month_zero_lost",
    "number_unreadable",
    "number_other_unit",
    "money_unreadable",
    "money_not_yuan",
    "money_other_period",
    "category_unknown",
    "yes_no_unknown",
    "digits_lost",
    "stated_nothing",
    "ditto",
    "name_unreadable",
    "two_numbers",
    "numbers_differ",
    "blank_required",
    "nobody_named",
    "example_row",
    "ragged_row",
    "characters_lost",
    "error_cell",
    "header_repeated",
    "sheet_unrecognised",
    "above_header",
    "roster_differs",
]

REASONS: Final[dict[str, tuple[str, str]]] = {
    "date_unreadable": ("不是可识别的日期", "请写成 2026-10-03 这样的日期"),
    "date_impossible": ("日期不存在，或早于 1900 年 3 月、晚于 2100 年", "请核对年、月、日后重报"),
    "date_two_digit_year": ("年份只有两位，无法确定世纪", "请写四位年份，如 2026-10-03"),
    "date_without_day": ("只有年月，缺少日", "请补上日，如 2026-10-03"),
    "month_zero_lost": ("以数字存放，无法分清 1 月还是 10 月", "请把该列设为文本，写成 202610"),
    "number_unreadable": ("不是可识别的数字", "请只填数字，单位写在表头"),
    "number_other_unit": (
        "表头或标题写明的单位与要求的不同",
        "请按要求的单位折算后重报，并改正表头",
    ),
    "money_unreadable": ("不是可识别的金额", "请只填数字（元），单位写在表头"),
    "money_not_yuan": ("表头写明的单位不能换算成元", "请折算成人民币元后重报，并在表头写明单位"),
    "money_other_period": (
        "表头写明的金额按年、按月或按季计，与要求的不同",
        "请折算后重报，并改正表头",
    ),
    "category_unknown": (
        "不在规定的选项内，按空白处理",
        "请改用规定的选项，或请县里把该写法加入版式",
    ),
    "yes_no_unknown": ("不是“是”或“否”，按空白处理", "请填“是”或“否”"),
    "digits_lost": ("编号存成了数字，末几位已丢失", "请把该列设为文本，从原系统重新导出"),
    "stated_nothing": ("写明没有内容，按空白处理", "没有内容请留空，金额为零请填 0"),
    "ditto": ("写的是“同上”，无法确定同哪一格", "请逐行填写内容"),
    "name_unreadable": ("不是人的姓名", "请填姓名，一行一人"),
    "two_numbers": ("一格里有两个证件号码", "请分成两行，一行一人"),
    "numbers_differ": (
        "两列证件号码都有效而不相同，无法知道是谁",
        "请核对后只留一列正确的号码",
    ),
    "example_row": ("像是填写示例，不是真实数据", "请删去示例行；确是真实数据的，请去掉“例”字"),
    "blank_required": ("必填项为空", "请补填"),
    "nobody_named": ("没有姓名、证件号码或户编号，无法知道是谁", "请补填姓名和证件号码"),
    "ragged_row": (
        "列数与表头不一致，内容可能错位",
        "请检查该行是否多了或少了分隔符、是否被换行截断",
    ),
    "characters_lost": ("有乱码（编码不对或字符已丢失）", "请从原系统重新导出，或直接发 xlsx"),
    "header_repeated": (
        "同名的列有两列且内容不同，按空白处理",
        "请删去多余的列，或改成不同的表头",
    ),
    "sheet_unrecognised": ("工作表没有可识别的表头，而该行像人员数据", "请补上表头后重报"),
    "above_header": ("在表头上面，而该行像人员数据", "请移到表头下面，或在它上面补上表头后重报"),
    "error_cell": ("单元格是公式错误值", "请改为具体内容后重报"),
    "roster_differs": ("与文件名排在前面的另一份花名册不同，没有采用", "请核对后改成一致"),
}
"""Code → what is wrong, what to send instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the troubles of one frame lie."""

    department: str
    kind: str
    file: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column as delivered: its header and letter (both empty when the whole row is meant)."""

    header: str = ""
    letter: str = ""


_NONE: Final = pl.DataFrame(schema=QUARANTINE_SCHEMA)
_OF_PLACE: Final = ("department", "kind", "file", "sheet")


def troubles(bad: pl.DataFrame, column: Column, place: Place) -> pl.DataFrame:
    """List bad cells of one column.

    Args:
        bad: Columns ``row`` (UInt32), ``value`` (String, may be null), ``code`` (String).
        column: Where they stand.
        place: Department, kind, file, sheet.

    Returns:
        QUARANTINE_SCHEMA, in the order given.
    """
    if bad.is_empty():
        return _NONE
    texts = bad["value"].unique().drop_nulls()
    shown = pl.Series([mask_digits(text)[:_SHOWN] for text in texts], dtype=pl.String)
    cell = pl.format("{}{}", pl.lit(column.letter), "row") if column.letter else pl.lit("")
    return bad.select(
        department=pl.lit(place.department),
        kind=pl.lit(place.kind),
        file=pl.lit(place.file),
        sheet=pl.lit(place.sheet),
        row=pl.col("row").cast(pl.UInt32),
        column=pl.lit(column.header),
        cell=cell,
        value=pl.col("value").replace_strict(texts, shown, default=""),
        code="code",
        reason=_words(0),
        advice=_words(1),
    ).match_to_schema(QUARANTINE_SCHEMA)


def _words(which: int) -> pl.Expr:
    codes = list(REASONS)
    return pl.col("code").replace_strict(codes, [REASONS[code][which] for code in codes])


def gather(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All troubles in one frame, by sheet, row and cell as first found.

    Args:
        frames: Each of them by sheet and row.
    """
    parts = [frame for frame in frames if not frame.is_empty()]
    if not parts:
        return _NONE
    if len(parts) == 1:  # sorting millions of lines takes twice their memory
        return parts[0]
    places = {part.select(_OF_PLACE).row(end) for part in parts for end in (0, -1)}
    if len(places) > 1:
        return pl.concat(parts).sort(*_OF_PLACE, "row", maintain_order=True)
    # a page of garbage has hundreds of thousands of lines: what all of them share is not sorted
    own = pl.concat([part.drop(_OF_PLACE) for part in parts]).sort("row", maintain_order=True)
    shared = (pl.lit(text).alias(name) for name, text in zip(_OF_PLACE, *places, strict=True))
    return own.with_columns(shared).select(list(QUARANTINE_SCHEMA))
