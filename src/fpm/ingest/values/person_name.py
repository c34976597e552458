"""Names of persons: as written, or the reason why nobody is named."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values.garbled import is_garbled, is_garbled_chinese
from fpm.ingest.values.text import value as visible

_USUAL: Final = r"^[\p{Han}·]{2,}$"
_NOTHING: Final = (
    "无",
    "暂无",
    "不详",
    "未知",
    "未填",
    "空",
    "空白",
    "待补",
    "待定",
    "同上",
    "〃",
    "null",
    "none",
    "nan",
    "n/a",
    "必填",
    "选填",
    "非必填",
    "文本",
    "字符",
    "字符型",
)
"""What stands in the place of a name, in lower case; some of it explains the column."""
_DASH: Final = r"^[-—–―－_/\\~～.…·。、，,=＝]+$"
_LETTER: Final = r"[\p{L}\p{Nl}\p{Co}*＊×?？○〇□■●◯_]"
"""A letter, one of the private area (rare characters of old systems), or a sign that hides one."""
_NO_NAME: Final = r"\d{6}|^共?\s*\d+\s*(?:人|户|口|名|个|条)$|^[?？]+$|^(?i:true|false)$"
"""A number of a person or telephone, a count, a name of which every character was lost, and what
a cell says that was ticked."""


def quick(text: pl.Expr) -> pl.Expr:
    """Chinese characters as they are; null for every other form."""
    usual = text.str.contains(_USUAL) & ~text.is_in(_NOTHING) & ~is_garbled_chinese(text)
    return pl.when(usual).then(text)


def value(text: pl.Expr) -> pl.Expr:
    """A person's name as written, without invisible characters; matching folds the rest."""
    return pl.when(trouble(text).is_null() & ~_is_dash(text)).then(visible(text))


def trouble(text: pl.Expr) -> pl.Expr:
    """Why a cell names nobody; null where it does, and for a mere dash."""
    plain = visible(text)
    return (
        pl.when(_is_dash(text))
        .then(pl.lit(None, dtype=pl.String))
        .when(plain.str.to_lowercase().is_in(_NOTHING))
        .then(pl.lit("stated_nothing"))
        .when(is_garbled(text))
        .then(pl.lit("characters_lost"))
        .when(plain.str.contains(_NO_NAME) | ~plain.str.contains(_LETTER))
        .then(pl.lit("name_unreadable"))
    )


def _is_dash(text: pl.Expr) -> pl.Expr:
    return visible(text).str.contains(_DASH)
