"""Rows that are set aside as a whole: moved cells, nobody named, an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

import polars as pl

from fpm.ingest.containers.text import LOST
from fpm.ingest.quarantine import Code
from fpm.rulebook.layout import LayoutField, LayoutSpec, Role

NAMES_SOMEBODY: Final = frozenset(
    {"id_number", "name", "household_id", "person_id", "head_name", "head_id_number"}
)
"""Roles that say whom a row is about."""
_NUMBER: Final = r"[\d*×](?:\D{0,2}[\d*×]){3}"
"""A cell of an ID column without so many digits is a note (无, 见户口本), nobody's number."""
_CODE_NAME: Final = "^[A-Za-z_]+$"
"""XM, name, C: explains the column, unless a number stands beside it."""
_LETTER: Final = r"[\p{L}\p{Nl}\p{Co}]"
"""A name of which no letter is left (**, ？) is somebody's only beside a number."""
_CAPTION: Final = (
    r"[:：;；、。%\d]|^[(（【\[〔*※#=~—-]|[(（](?:公章|章|盖章|签字|签章|续)[)）]|^.$|^\p{Han}{7,}$"
    r"|(?:[村乡镇县区局委户页表期数率比额值项类计]|部分|人员|名单|电话|备注|签字|单位|姓名|街道|政府|小组)$"
    r"|(?:属实|同意|无误|通过|完毕|证明)$|(?i:^(?:grand|sub|page)?total)"
    r"|^(?:其中|以上|以下|截[止至]|[本上]月|[本上去]年|同期|新增|减少|增加|全部|结束|复核|出纳|会计|主管|负责人|日期)"
)
"""What stands in the name's column of a line with hardly anything beside it, and names nobody."""
_ONE_WORD: Final = "^[A-Za-z]+$"
_HARDLY: Final = 2
"""Filled cells of such a line, at most, in a table of more columns."""
_BESIDE_CAPTIONS: Final = ("person_name", "id_number", "number", "money")
"""Columns in which something may stand. A day of birth, a village or a sex is somebody's."""
_EXAMPLE: Final = "^[(（【]?(?:填写)?(?:示例|样例|范例|举例|例如|例)(?:[:：、)）】0-9]|$)"


def role_of(name: str, spec: LayoutField) -> str | None:
    """What a field tells about who the row is for: its role, or its own name if that is one."""
    if spec.role:
        return spec.role
    return name if name in get_args(Role) else None


def names_somebody(name: str, spec: LayoutField) -> bool:
    """Whether a field says whom a row is about."""
    return role_of(name, spec) in NAMES_SOMEBODY


def ragged(data: pl.DataFrame, rows: tuple[int, ...], beyond: Sequence[str] = ()) -> pl.DataFrame:
    """Rows of a text file with lost characters, or too many or too few cells: those have moved.

    Args:
        data: ``row`` and the columns as text.
        rows: The rows whose number of cells contradicts the others.
        beyond: Columns for which the header has no cell: 2,345.17 fills two.
    """
    if not rows and not beyond:
        return _row(data.clear(), "ragged_row")
    longer = pl.any_horizontal(pl.lit(value=False), *(pl.col(one).is_not_null() for one in beyond))
    lost = pl.any_horizontal(pl.col(pl.String).str.contains(LOST, literal=True))
    code = pl.when(lost).then(pl.lit("characters_lost")).otherwise(pl.lit("ragged_row"))
    return _listed(data.filter(pl.col("row").is_in(rows) | longer), code)


def examples(data: pl.DataFrame) -> pl.DataFrame:
    """Rows of which the first filled cell says that they are an example."""
    first = pl.coalesce(pl.all().exclude("row"))
    likely = data.filter(first.str.contains("例", literal=True))
    says = first.str.replace_all(r"\s+", "").str.contains(_EXAMPLE)
    return _row(likely.filter(says), "example_row")


def captions(data: pl.DataFrame, columns: Mapping[str, LayoutField]) -> pl.DataFrame:
    """Rows of which the name's cell holds a caption (其中：农村, 续表, 村委会（章）, Total).

    Args:
        data: ``row`` and the columns as text.
        columns: Column → the field it gives.
    """
    names = [one for one, spec in columns.items() if spec.type == "person_name"]
    numbers = [one for one, spec in columns.items() if spec.type == "id_number"]
    if not names or len(columns) <= _HARDLY:
        return _row(data.clear(), "name_unreadable")
    others = [one for one, spec in columns.items() if spec.type not in _BESIDE_CAPTIONS]
    sparse = pl.sum_horizontal(pl.col(list(columns)).is_not_null()) <= _HARDLY
    nothing = pl.all_horizontal(pl.lit(value=True), pl.col(others).is_null())
    numbered = pl.any_horizontal(
        pl.lit(value=False), *(pl.col(one).str.contains(_NUMBER) for one in numbers)
    )
    likely = data.filter(sparse & nothing & ~numbered.fill_null(value=False))
    text = pl.coalesce(names).str.strip_chars()
    says = text.str.replace_all(r"\s+", "").str.contains(_CAPTION)
    return _row(likely.filter(says | text.str.contains(_ONE_WORD)), "name_unreadable")


def nobody(frame: pl.DataFrame, fields: dict[str, LayoutField], layout: LayoutSpec) -> pl.DataFrame:
    """Rows about people in which no column names somebody.

    Args:
        frame: ``row`` and the typed fields.
        fields: The fields that have a column.
        layout: Lists of villages name nobody.
    """
    who = [name for name, spec in fields.items() if names_somebody(name, spec)]
    if layout.match_on == "village" or not who:
        return _row(frame.clear(), "nobody_named")
    numbers = [name for name in who if fields[name].type == "id_number"]
    names = [name for name in who if fields[name].type == "person_name"]
    others = [pl.col(name).is_not_null() for name in who if name not in {*numbers, *names}]
    numbered = [pl.col(name).str.contains(_NUMBER).fill_null(value=False) for name in numbers]
    words = (~pl.col(name).str.contains(r"\d") for name in numbers)
    noted = pl.any_horizontal(pl.lit(value=False), *words).fill_null(value=False)
    named = [
        pl.col(name).str.contains(_LETTER) & ~(noted & pl.col(name).str.contains(_CODE_NAME))
        for name in names
    ]
    without_number = frame.filter(~pl.any_horizontal(pl.lit(value=False), *others, *numbered))
    unnamed = ~pl.any_horizontal(pl.lit(value=False), *named).fill_null(value=False)
    return _row(without_number.filter(unnamed), "nobody_named")


def unfilled(frame: pl.DataFrame, name: str, spec: LayoutField) -> pl.DataFrame:
    """Rows in which a cell that must be filled is blank; an ID is excused by a name."""
    blank = pl.col(name).is_null()
    if spec.type == "id_number" and "name" in frame.columns:
        blank = blank & pl.col("name").is_null()
    return _row(frame.filter(blank), "blank_required")


def _row(rows: pl.DataFrame, code: Code) -> pl.DataFrame:
    return _listed(rows, pl.lit(code))


def _listed(rows: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
    """``row``, a null ``value``, and ``code``, as ``quarantine.troubles`` takes them."""
    return rows.select("row", value=pl.lit(None, dtype=pl.String), code=code)
