"""Birth dates of any list: the whole column tells whether 03/04/1980 is in March or in April."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.ingest.values import date

_NUMBERS: Final = r"^(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d\d)(?:[ T]\d{1,2}:.*)?$"
_MONTHS: Final = 12
_DAYS: Final = 31
_SHORT_YEAR: Final = 100
_NAMED: Final = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
"""Days with the month in English, punctuation read as spaces."""
_NAMED_SHORT: Final = r"^(\d{1,2} [A-Za-z]+|[A-Za-z]+ \d{1,2}) (\d\d)$"
_LAST_CENTURY: Final = 30
"""Years of two digits from here on are of the last century, as Excel takes them."""
_FIRST_YEAR: Final = 1850
"""Nobody on a list is older."""


def read_days(texts: pl.Series) -> pl.Series:
    """Days as a column writes them; what cannot be read for certain is null.

    Besides every form of a delivered file: ``31/12/1980``, ``12/31/1980``, ``3 Mar 1980``,
    ``March 3, 1980``. Day or month first is read off those numbers of the column that can only be
    days. A column that shows neither, or both, leaves open which is meant: there only days whose
    number is beyond twelve are read, and those that are the same both ways. Years of two digits are
    read as Excel reads them (1930 to 2029).

    Args:
        texts: a birth date a row.
    """
    written = texts.unique()
    return texts.replace_strict(written, _read(written), default=None, return_dtype=pl.Date)


def _read(texts: pl.Series) -> pl.Series:
    plain = texts.str.normalize("NFKC").str.strip_chars()
    parts = _in_numbers(plain)
    day_first = bool((parts["left"] > _MONTHS).any())
    month_first = bool((parts["right"] > _MONTHS).any())
    left, right = pl.col("left"), pl.col("right")
    if day_first == month_first:
        day, month = pl.max_horizontal(left, right), pl.min_horizontal(left, right)
        sure = (day > _MONTHS) | (left == right)
    else:
        day, month = (left, right) if day_first else (right, left)
        sure = left.is_not_null()
    numbers = pl.format(
        "{}-{}-{}", "year", month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2)
    )
    words = pl.col("text").str.replace_all(r"[\s,./-]+", " ")
    named = _whole_year(words.str.extract(_NAMED_SHORT, 2).cast(pl.Int32))
    words = pl.coalesce(pl.format("{} {}", words.str.extract(_NAMED_SHORT, 1), named), words)
    read = parts.select(
        pl.coalesce(
            date.value(plain),
            pl.when(sure).then(numbers.str.to_date("%Y-%m-%d", strict=False)),
            *(words.str.to_date(form, strict=False) for form in _NAMED),
        ).alias(texts.name)
    )
    day = pl.col(texts.name)
    return read.select(pl.when(day.dt.year() >= _FIRST_YEAR).then(day)).to_series()


def _whole_year(year: pl.Expr) -> pl.Expr:
    """80 → 1980, 05 → 2005; others as they are."""
    return (
        pl.when(year >= _SHORT_YEAR)
        .then(year)
        .when(year < _LAST_CENTURY)
        .then(year + 2000)
        .otherwise(year + 1900)
    )


def _in_numbers(plain: pl.Series) -> pl.DataFrame:
    """``text`` and the numbers of a day in three, in the order written: ``left right year``."""
    parts = pl.DataFrame({"text": plain}).with_columns(
        *(
            pl.col("text").str.extract(_NUMBERS, number).cast(pl.Int32).alias(name)
            for number, name in ((1, "left"), (2, "right"), (3, "year"))
        )
    )
    # Where the first number is no day, the last may be: such columns are not read.
    short = pl.col("year") < _SHORT_YEAR
    misread = (short & (pl.col("left") > _DAYS)).any()
    return parts.with_columns(
        year=pl.when(short & misread).then(None).otherwise(_whole_year(pl.col("year")))
    )
