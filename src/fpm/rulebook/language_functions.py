"""The functions of the language of conditions, with kinds, places, meaning and an example each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast

Kind = Literal["boolean", "number", "text", "date"]
"""What a value is. Money is a number, a month is the date of its first day."""

ArgumentKind = Literal[
    "boolean", "number", "text", "date", "any", "same", "set", "pattern", "count", "cell", "list"
]
"""``cell`` is a bare column of what was delivered, ``list`` one that holds several values;
``same`` must agree with the first argument; ``set`` is a text column that holds several values;
``pattern`` and ``count`` are written out (a text, a whole number), never computed."""

FunctionForm = Literal["row", "cell", "window", "aggregate", "records", "members"]
"""Where a function may stand: anywhere (``cell``: asks whether something was delivered at all);
only in ``[derived]`` columns, where it looks at the other people of the county (``window``); over
several rows; only over the records of an extract (``[facts]``); only over the members of a
household or village."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: ``repeats`` says that it may be given any number of times more."""

    kind: ArgumentKind
    optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language, with its line of documentation."""

    name: str
    arguments: tuple[Argument, ...]
    returns: Kind | Literal["same"]
    form: FunctionForm
    doc: str
    example: str

    @property
    def at_least(self) -> int:
        """Fewest arguments."""
        return sum(not argument.optional for argument in self.arguments)

    @property
    def at_most(self) -> int | None:
        """Most arguments, or None when the last one repeats."""
        return None if self.arguments[-1].repeats else len(self.arguments)

    def argument(self, index: int) -> Argument:
        """The declaration of the argument at ``index``."""
        return self.arguments[min(index, len(self.arguments) - 1)]


def _declare(signature: str, form: FunctionForm, doc: str, example: str) -> Function:
    """Read ``NAME(kind, kind?, kind?...) -> kind``; ``?`` is optional, ``...`` repeats."""
    head, returns = signature.split(" -> ")
    name, inside = head.removesuffix(")").split("(")
    arguments = tuple(
        Argument(
            cast("ArgumentKind", text.removesuffix("...").removesuffix("?")),
            optional="?" in text,
            repeats=text.endswith("..."),
        )
        for text in inside.split(", ")
    )
    return Function(name, arguments, cast("Kind", returns), form, doc, example)


def _row(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "row", doc, example)


def _cell(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "cell", doc, example)


def _window(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "window", doc, example)


def _many(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "aggregate", doc, example)


def _records(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "records", doc, example)


def _members(signature: str, doc: str, example: str) -> Function:
    return _declare(signature, "members", doc, example)


FUNCTIONS: Final[tuple[Function, ...]] = (
    _row("ABS(number) -> number", "绝对值", "ABS(change)"),
    _row(
        "ROUND(number, count?) -> number",
        "四舍五入到几位小数（默认 0 位，最多 6 位），正好一半时远离 0",
        "ROUND(net_income_per_person / 12, 2)",
    ),
    _row("FLOOR(number) -> number", "向下取整", "FLOOR(age / 10)"),
    _row("CEIL(number) -> number", "向上取整", "CEIL(work_months / 3)"),
    _row(
        "COALESCE(any, same, same?...) -> same",
        "第一个不是 NULL 的值；把“不知道”当成某个值是政策判断，用时请写明依据",
        "COALESCE(work_months, 0)",
    ),
    _row("NULLIF(any, same) -> same", "两值相等时为 NULL", "NULLIF(phone, '无')"),
    _row(
        "LEAST(any, same, same?...) -> same", "最小的一个；有一个是 NULL 就是 NULL", "LEAST(a, b)"
    ),
    _row(
        "GREATEST(any, same, same?...) -> same",
        "最大的一个；有一个是 NULL 就是 NULL",
        "GREATEST(a, 0)",
    ),
    _row(
        "IF(boolean, any, any) -> same",
        "条件成立取第二个，不成立或为 NULL 取第三个（同 CASE WHEN … THEN … ELSE … END）",
        "IF(monitored, 5000, 20000)",
    ),
    _row("LENGTH(text) -> number", "字数（一个汉字算一个）", "LENGTH(phone) <> 11"),
    _row(
        "SUBSTR(text, count, count?) -> text",
        "从第几个字起取几个字（从 1 数起；不写个数就取到末尾）",
        "SUBSTR(id_number, 17, 1)",
    ),
    _row("LEFT(text, count) -> text", "前几个字", "LEFT(id_number, 6)"),
    _row("RIGHT(text, count) -> text", "后几个字", "RIGHT(id_number, 2)"),
    _row("UPPER(text) -> text", "英文字母改大写", "UPPER(id_number)"),
    _row("LOWER(text) -> text", "英文字母改小写", "LOWER(grade)"),
    _row("TRIM(text) -> text", "去掉首尾空白", "TRIM(name)"),
    _row(
        "CONCAT(text, text, text?...) -> text",
        "连接；有一个是 NULL 就是 NULL（同 ||）",
        "CONCAT(township, village)",
    ),
    _row(
        "REPLACE(text, pattern, pattern) -> text", "把一段文字换成另一段", "REPLACE(name, '·', '')"
    ),
    _row("CONTAINS(text, pattern) -> boolean", "含有这段文字", "CONTAINS(school, '特殊教育')"),
    _row("STARTS_WITH(text, pattern) -> boolean", "以这段文字开头", "STARTS_WITH(grade, '七')"),
    _row("ENDS_WITH(text, pattern) -> boolean", "以这段文字结尾", "ENDS_WITH(village, '社区')"),
    _row(
        "MATCHES(text, pattern) -> boolean",
        "全文符合这个样式：字、[0-9] 之类、\\d、. 、( | )、?、{n}、{m,n}；不许 * 和 +",
        "MATCHES(phone, '1[0-9]{10}')",
    ),
    _row(
        "HAS(set, any, any?...) -> boolean", "多值列中有其中任一个值", "HAS(risks, '因病', '因残')"
    ),
    _row("ITEMS(set) -> number", "多值列中有几个值", "ITEMS(risks) >= 2"),
    _row("AGE(date, date) -> number", "从前一天到后一天满几周岁", "AGE(birth_date, period_end)"),
    _row(
        "MONTHS_BETWEEN(date, date) -> number",
        "从前一天到后一天满几个月；后一天更早时为负数",
        "MONTHS_BETWEEN(identified_on, period_end) >= 6",
    ),
    _row(
        "DAYS_BETWEEN(date, date) -> number",
        "从前一天到后一天有几天（同后减前）",
        "DAYS_BETWEEN(assessed_on, period_end)",
    ),
    _row("YEAR(date) -> number", "年", "YEAR(birth_date) < 1900"),
    _row("MONTH(date) -> number", "月", "MONTH(period_end) = 9"),
    _row("DAY(date) -> number", "日", "DAY(birth_date)"),
    _cell(
        "BLANK(cell) -> boolean",
        "这一格空着；有内容（读不懂的也算）是 FALSE；交来的表没有这一列时是 NULL",
        "BLANK(ethnicity)",
    ),
    _cell(
        "UNREADABLE(cell) -> boolean",
        "这一格有内容而读不懂，如数字列里写了文字；没有这一列时是 NULL",
        "UNREADABLE(road_distance)",
    ),
    _cell(
        "LISTS(list, any, any?...) -> boolean",
        "多值列登记了其中任一个值；空着就是没有登记，是 FALSE；没有这一列或读不懂时是 NULL",
        "LISTS(help_education, '雨露计划')",
    ),
    _window(
        "SAME_COUNT(any, any?...) -> number",
        "花名册里这几项都相同的有几人（含本人）；有一项是 NULL 就是 NULL",
        "SAME_COUNT(id18)",
    ),
    _window(
        "SAME_DISTINCT(any, any, any?...) -> number",
        "后几项都相同的人里，第一项有几个不同的值",
        "SAME_DISTINCT(household_id, phone)",
    ),
    _window(
        "SAME_VALUE(any, any, any?...) -> same",
        "后几项都相同的人里，第一项唯一的那个值；没有或不止一个时是 NULL",
        "SAME_VALUE(IF(relation = '户主', sex, NULL), household_id)",
    ),
    _window(
        "SAME_FIRST(any, any?...) -> boolean",
        "这几项都相同的人里，本行在花名册中排第一",
        "SAME_FIRST(household_id)",
    ),
    _many(
        "ANY(boolean) -> boolean", "有一行成立；都不成立而有一行说不清，就是说不清", "ANY(age < 16)"
    ),
    _many(
        "ALL(boolean) -> boolean",
        "每一行都成立；没有不成立而有一行说不清，就是说不清",
        "ALL(labour = '无劳动能力')",
    ),
    _many(
        "COUNT_IF(boolean) -> number",
        "几行成立；说不清的行使它成为一个范围，范围定得下来才算数",
        "COUNT_IF(age < 16) >= 2",
    ),
    _many(
        "COUNT(any) -> number",
        "COUNT(*) 几行；COUNT(x) 几行有值；COUNT(DISTINCT x) 有几个不同的值，NULL 不算",
        "COUNT(DISTINCT village)",
    ),
    _many(
        "SUM(number) -> number",
        "合计，没有行时为 0；有不知道的部分时只是下限（它们当作不为负），只能证明“大于”",
        "SUM(medical_insurance_self_paid_year) > 20000",
    ),
    _many("AVG(number) -> number", "平均；有不知道的部分时为 NULL", "AVG(net_income_per_person)"),
    _many(
        "MIN(any) -> same",
        "最小；有不知道的部分时只能证明“小于”",
        "MIN(net_income_per_person) < monitoring_line",
    ),
    _many("MAX(any) -> same", "最大；有不知道的部分时只能证明“大于”", "MAX(age) >= 60"),
    _records(
        "LAST(any) -> same",
        "按版式 order_by 最新的一条记录上的值；同一天取文件中靠后的一条",
        "LAST(grade)",
    ),
    _records(
        "OVERLAPPING(date, date) -> boolean",
        "按版式 order_by 排好后，有一条的开始（第一项）早于上一条的结束（第二项）",
        "OVERLAPPING(started_on, ended_on)",
    ),
    _members("HEAD(any) -> same", "户主那一行的值", "HEAD(household_type) = '脱贫户'"),
    _members(
        "NAMES(boolean) -> text",
        "条件成立的成员姓名，用顿号连接；供依据（evidence）使用",
        "NAMES(age < 16)",
    ),
)

BY_NAME: Final[dict[str, Function]] = {function.name: function for function in FUNCTIONS}
