"""Rows that came back and cannot be taken: where they stand, what is wrong, what to do."""

from __future__ import annotations

from typing import Final

import polars as pl

PROBLEM_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,  # spreadsheet row; null: the file as a whole
    "about": pl.String,  # number of the alert or undecided match, null when not known
    "problem": pl.String,  # stable English code
    "reason": pl.String,  # Chinese
    "advice": pl.String,  # Chinese
}

ADVICE: Final[dict[str, str]] = {
    "file": "请核对是否发错文件；用原表填写后重新交回",
    "no_key": "请在发下去的原表中填写，不要把内容粘贴到新表；隐藏的第一列不能删除",
    "tampered": "请重新导出原表（fpm feedback export、fpm review export），照原行填写",
    "not_listed": "请核对是不是本县、本期发出的清单",
    "no_result": "请在“核实结果”下拉框中选一项",
    "unknown_result": "请从下拉框中选，不要另写",
    "bad_date": "请按“年-月-日”填写核实日期",
    "future_date": "请核对核实日期",
    "before_issue": "请填这次入户核实的日期",
    "copies_differ": "请几位填表人商定后，只留一份答案再导入",
    "recorded_otherwise": "请与填表人核实；确需更正的，导入时加 --supersede",
    "beside_candidate": "请在灰底的部门记录行里选第几候选",
    "unknown_choice": "请在“认定”下拉框中选一项",
    "not_asked": "请核对是不是本工作区导出的身份待核清单",
}


def problem_rows(rows: pl.DataFrame, code: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """PROBLEM_SCHEMA of rows with ``file sheet row about``; advice follows the code."""
    return rows.select(
        "file",
        "sheet",
        pl.col("row").cast(pl.UInt32),
        "about",
        problem=code,
        reason=reason,
    ).with_columns(
        advice=pl.col("problem").replace_strict(ADVICE, default="", return_dtype=pl.String)
    )
