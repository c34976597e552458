"""Evidence sentences: the rule's template with the subject's own figures in Chinese form."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from fpm.judge.aggregates import Reductions
from fpm.judge.bounds import Value
from fpm.judge.compile import compile_aggregate, compile_row
from fpm.judge.plan import Place, Plan

UNKNOWN_NUMBER: Final = "（不详）"
UNKNOWN: Final = "（未填）"
_ID_NUMBER: Final = r"(\d{6})\d{2,}(\d{3}[\dXx])"


def masked(sentences: pl.Expr) -> pl.Expr:
    """Sentences fit for a list: no ID number unmasked, whatever a template asks for."""
    return sentences.str.replace_all(_ID_NUMBER, "$1********$2")


def person_sentence(plan: Plan) -> pl.Expr:
    """The sentence of a person rule, over the facts frame; still to be ``masked``."""
    return _sentence(plan, [compile_row(place.shown, plan.names) for place in plan.places])


def group_sentence(plan: Plan, reductions: Reductions) -> pl.Expr:
    """The sentence of a household or village rule, over the reduced frame; to be ``masked``."""
    return _sentence(
        plan, [compile_aggregate(place.shown, plan.names, reductions) for place in plan.places]
    )


def _sentence(plan: Plan, values: list[Value]) -> pl.Expr:
    parts: list[pl.Expr] = [pl.lit(plan.texts[0])]
    for place, value, text in zip(plan.places, values, plan.texts[1:], strict=True):
        parts += [_shown(place, value, plan), pl.lit(text)]
    return pl.concat_str(parts)


def _shown(place: Place, value: Value, plan: Plan) -> pl.Expr:
    if value.items is not None and len(value.items) > 1:
        return pl.lit("、".join(str(item) for item in value.items))
    if value.items is not None and value.kind == "number":
        return pl.lit(_constant_text(value.items[0], place.unit or ""))
    if value.kind == "number":
        return _number(value, place.unit or "")
    if value.kind == "boolean":
        shown = pl.when(value.truth).then(pl.lit("是")).when(~value.truth).then(pl.lit("否"))
        return shown.otherwise(pl.lit(UNKNOWN))
    if value.kind == "date":
        form = "%Y年%-m月" if place.unit == "月" else "%Y年%-m月%-d日"
        return value.exact.dt.to_string(form).fill_null(UNKNOWN)
    multiple = place.shown.multiple or any(
        plan.names.columns[name].multiple for name in place.shown.columns
    )
    text = value.exact.str.replace_all(",", "、", literal=True) if multiple else value.exact
    return text.fill_null(UNKNOWN)


@cache
def _constant_text(number: object, unit: str) -> str:
    """A value in force as ``amount_text`` writes it: once, not for every subject."""
    return str(pl.select(amount_text(pl.lit(number, dtype=pl.Float64), unit)).item())


def _number(value: Value, unit: str) -> pl.Expr:
    if value.high is None:
        return amount_text(value.number, unit).fill_null(UNKNOWN_NUMBER)
    is_exact = (value.low == value.high).fill_null(value=False)
    known = pl.when(is_exact).then(pl.lit("")).otherwise(pl.lit("至少"))
    return pl.concat_str(known, amount_text(value.low, unit)).fill_null(UNKNOWN_NUMBER)


def amount_text(number: pl.Expr, unit: str) -> pl.Expr:
    """A number for people: ``12,345.60元``, ``0.5天``, ``41.2%``; NULL stays NULL.

    Yuan carry thousands separators and two decimals unless whole; other numbers at most two
    decimals; a share in ``%`` is multiplied by 100.
    """
    scaled = number * 100 if unit == "%" else number
    hundredths = (
        (scaled.abs() * 100).round(0, mode="half_away_from_zero").cast(pl.Int64, strict=False)
    )
    whole, rest = (hundredths // 100).cast(pl.String), hundredths % 100
    if unit == "元":
        whole = _grouped(whole)
    decimals = rest.cast(pl.String).str.zfill(2)
    if unit != "元":
        decimals = decimals.str.strip_chars_end("0")
    tail = pl.when(rest == 0).then(pl.lit("")).otherwise(pl.concat_str(pl.lit("."), decimals))
    sign = pl.when((scaled < 0) & (hundredths > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, whole, tail, pl.lit(unit))


def _grouped(digits: pl.Expr) -> pl.Expr:
    backwards = digits.str.reverse().str.replace_all(r"(\d{3})", "$1,")
    return backwards.str.reverse().str.strip_chars_start(",")
