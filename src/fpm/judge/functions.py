"""What each row function of the language does, as polars expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from fpm.judge import bounds
from fpm.judge.bounds import Value

Apply = Callable[[Sequence[Value]], Value]


def _text(expression: pl.Expr) -> Value:
    return Value("text", expression)


def _number(expression: pl.Expr) -> Value:
    return bounds.number(expression.cast(pl.Float64))


def _absolute(arguments: Sequence[Value]) -> Value:
    return bounds.number(arguments[0].number.abs(), computed=arguments[0].computed)


def _round(arguments: Sequence[Value]) -> Value:
    places = _written(arguments[1]) if len(arguments) > 1 else 0

    def rounded(amount: pl.Expr) -> pl.Expr:
        clean = amount.round(bounds.PLACES + 3)  # 2.675 is 2.67499… in binary: undo that first
        return clean.round(places, mode="half_away_from_zero")

    return bounds.rising(arguments[0], rounded)


def _floor(arguments: Sequence[Value]) -> Value:
    return bounds.rising(arguments[0], lambda amount: amount.round(bounds.PLACES).floor())


def _ceil(arguments: Sequence[Value]) -> Value:
    return bounds.rising(arguments[0], lambda amount: amount.round(bounds.PLACES).ceil())


def _kind(arguments: Sequence[Value]) -> Value:
    return next((value for value in arguments if value.kind != "null"), arguments[0])


def _coalesce(arguments: Sequence[Value]) -> Value:
    model = _kind(arguments)
    known = [value.exact for value in arguments if value.kind != "null"]
    return Value(
        model.kind,
        pl.coalesce(known) if known else model.low,
        computed=any(value.computed for value in arguments),
    )


def _nullif(arguments: Sequence[Value]) -> Value:
    first, second = arguments
    same = bounds.equal(first, second).fill_null(value=False)
    return Value(first.kind, pl.when(~same).then(first.exact), computed=first.computed)


def _least(arguments: Sequence[Value]) -> Value:
    return _extreme(arguments, pl.min_horizontal)


def _greatest(arguments: Sequence[Value]) -> Value:
    return _extreme(arguments, pl.max_horizontal)


def _extreme(arguments: Sequence[Value], pick: Callable[[list[pl.Expr]], pl.Expr]) -> Value:
    if any(value.kind == "null" for value in arguments):
        return bounds.null()

    def of_all(bounds: list[pl.Expr]) -> pl.Expr:
        known = pl.all_horizontal([bound.is_not_null() for bound in bounds])
        return pl.when(known).then(pick(bounds))

    low = of_all([value.low for value in arguments])
    high = None
    if any(value.high is not None for value in arguments):
        high = of_all([value.top for value in arguments])
    computed = any(value.computed for value in arguments)
    return Value(arguments[0].kind, low, high, computed=computed)


def _if(arguments: Sequence[Value]) -> Value:
    condition, yes, no = arguments
    model = _kind([yes, no])
    chosen = pl.when(condition.truth.fill_null(value=False)).then(yes.exact).otherwise(no.exact)
    return Value(model.kind, chosen, computed=yes.computed or no.computed)


def _written(value: Value) -> int:
    assert value.items is not None
    count = value.items[0]
    assert isinstance(count, float)
    return int(count)


def _pattern(value: Value) -> str:
    assert value.items is not None
    return str(value.items[0])


def _substr(arguments: Sequence[Value]) -> Value:
    length = _written(arguments[2]) if len(arguments) > 2 else None
    return _text(_string(arguments[0]).str.slice(_written(arguments[1]) - 1, length))


def _string(value: Value) -> pl.Expr:
    return value.low if value.kind == "text" else pl.lit(None, dtype=pl.String)


def _concat(arguments: Sequence[Value]) -> Value:
    parts = [_string(value) for value in arguments]
    return _text(pl.concat_str(parts, ignore_nulls=False))


def _replace(arguments: Sequence[Value]) -> Value:
    old, new = _pattern(arguments[1]), _pattern(arguments[2])
    return _text(_string(arguments[0]).str.replace_all(old, new, literal=True))


def _contains(arguments: Sequence[Value]) -> Value:
    part = _pattern(arguments[1])
    return bounds.boolean(_string(arguments[0]).str.contains(part, literal=True))


def _matches(arguments: Sequence[Value]) -> Value:
    pattern = _pattern(arguments[1]).replace("\\d", "[0-9]")
    return bounds.boolean(_string(arguments[0]).str.contains(f"^(?:{pattern})$"))


def _has(arguments: Sequence[Value]) -> Value:
    joined = pl.concat_str(pl.lit(","), _string(arguments[0]), pl.lit(","))
    found = []
    for value in arguments[1:]:
        if value.items is not None:
            found += [joined.str.contains(f",{item},", literal=True) for item in value.items]
        else:
            member = pl.concat_str(pl.lit(","), _string(value), pl.lit(","))
            found.append(joined.str.contains(member, literal=True))
    return bounds.boolean(pl.any_horizontal(found))


def _items(arguments: Sequence[Value]) -> Value:
    text = _string(arguments[0])
    return _number(text.str.count_matches(",", literal=True) + (text != "").cast(pl.UInt32))


def _day(value: Value) -> pl.Expr:
    return value.exact if value.kind == "date" else pl.lit(None, dtype=pl.Date)


def _age(arguments: Sequence[Value]) -> Value:
    born, day = _day(arguments[0]), _day(arguments[1])
    before_birthday = (day.dt.month().cast(pl.Int16) * 100 + day.dt.day().cast(pl.Int16)) < (
        born.dt.month().cast(pl.Int16) * 100 + born.dt.day().cast(pl.Int16)
    )
    return _number(day.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32))


def _months_between(arguments: Sequence[Value]) -> Value:
    start, end = _day(arguments[0]), _day(arguments[1])
    forward = _full_months(start, end)
    return _number(pl.when(start <= end).then(forward).otherwise(-_full_months(end, start)))


def _full_months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    months = (end.dt.year() - start.dt.year()) * 12 + (
        end.dt.month().cast(pl.Int32) - start.dt.month().cast(pl.Int32)
    )
    # 31 August to 30 September is a full month: the last day of a month completes it
    short = (end.dt.day() < start.dt.day()) & (end.dt.month_end() != end)
    return months - short.cast(pl.Int32)


def _days_between(arguments: Sequence[Value]) -> Value:
    return days(arguments[0], arguments[1])


def days(start: Value, end: Value) -> Value:
    """Days from ``start`` to ``end``."""
    return _number((_day(end) - _day(start)).dt.total_days())


ROW_FUNCTIONS: Final[Mapping[str, Apply]] = {
    "ABS": _absolute,
    "ROUND": _round,
    "FLOOR": _floor,
    "CEIL": _ceil,
    "COALESCE": _coalesce,
    "NULLIF": _nullif,
    "LEAST": _least,
    "GREATEST": _greatest,
    "IF": _if,
    "LENGTH": lambda given: _number(_string(given[0]).str.len_chars()),
    "SUBSTR": _substr,
    "LEFT": lambda given: _text(_string(given[0]).str.head(_written(given[1]))),
    "RIGHT": lambda given: _text(_string(given[0]).str.tail(_written(given[1]))),
    "UPPER": lambda given: _text(_string(given[0]).str.to_uppercase()),
    "LOWER": lambda given: _text(_string(given[0]).str.to_lowercase()),
    "TRIM": lambda given: _text(_string(given[0]).str.strip_chars()),
    "CONCAT": _concat,
    "REPLACE": _replace,
    "CONTAINS": _contains,
    "STARTS_WITH": lambda given: bounds.boolean(
        _string(given[0]).str.starts_with(_pattern(given[1]))
    ),
    "ENDS_WITH": lambda given: bounds.boolean(_string(given[0]).str.ends_with(_pattern(given[1]))),
    "MATCHES": _matches,
    "HAS": _has,
    "ITEMS": _items,
    "AGE": _age,
    "MONTHS_BETWEEN": _months_between,
    "DAYS_BETWEEN": _days_between,
    "YEAR": lambda given: _number(_day(given[0]).dt.year()),
    "MONTH": lambda given: _number(_day(given[0]).dt.month()),
    "DAY": lambda given: _number(_day(given[0]).dt.day()),
}
"""The same names as the row functions of ``language.FUNCTIONS`` (a test compares them)."""
