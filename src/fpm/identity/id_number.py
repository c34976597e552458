"""Chinese resident ID numbers: what a delivered text says, exactly or in part.

GB 11643-1999: six digits of region, eight of birth date, three of sequence (odd for men), one check
character with weights 2^(17-i) mod 11. A disability certificate (残疾人证) is the holder's 18
characters, one digit of category, one of grade, and sometimes two more (domain.md §1.3).

``read_id_numbers`` never guesses: a number it cannot prove is a *pattern*, 18 characters with
``?`` for every place the text leaves open, so that later stages may compare what is known.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from fpm.identity.id_digits import birth_date_of, check_of, pack, sex_of, widen15
from fpm.identity.id_masks import MASK, mask_pattern

QUALITY_TITLES: Final[dict[str, str]] = {
    "valid": "身份证号有效",
    "disability": "残疾人证号，前18位有效",
    "old15": "15位旧号，已按规则升为18位",
    "check": "18位，校验码不符",
    "date": "18位，出生日期不存在",
    "rounded": "尾数被表格软件改写，仅前15位可信",
    "x_lost": "17位，缺末位X",
    "digit_lost": "17位，少一位",
    "digit_extra": "19位，多一位",
    "scientific": "科学计数法，仅保留前几位",
    "masked": "部分数字被遮盖",
    "part": "位数不对，只能部分比对",
    "other": "其他证件号码",
    "missing": "未填身份证号",
}
"""Quality of an ID text and what lists call it."""

SURE: Final = ("valid", "disability", "old15")
"""Qualities whose ``valid_id`` is filled."""

READING_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "quality": pl.String,
    "valid_id": pl.String,  # canonical 18 characters, only for SURE qualities
    "k": pl.UInt64,  # id17 * 16 + check (0-10) of any complete 18 characters, proven or not
    "pattern": pl.String,  # 18 places with ? for unknown ones, or digits of another length
    "known": pl.UInt8,  # leading places given by a scientific or rounded number, else null
    "birth_date": pl.Date,  # of SURE numbers
    "sex": pl.String,  # 男/女, of SURE numbers
    "category": pl.String,  # disability category digit
    "grade": pl.String,  # disability grade digit
}

_KEYS: Final = ("quality", "k", "pattern", "known", "birth_date", "extra")

_ONE_DIGIT_OVER_AND_OVER = "|".join(f"{digit}+" for digit in range(10))
_NOT_GIVEN = (
    rf"^(?:|{_ONE_DIGIT_OVER_AND_OVER}|无.*|没有.*|不详|未知|暂无.*|待.*|空|未办.*"
    r"|\?+|N/?A|NONE|NULL|NAN|-+)$"
)
_CUT_OFF = r"^[1-9][0-9]{5}(?:19|20)[0-9]{2,8}$"
"""Region and at least the year of birth, the end missing: the places are known all the same.
Fifteen such digits may be an old number, but only of somebody born in 1919 or 1920."""
_SCIENTIFIC = r"^(?:[0-9](?:\.[0-9]+)?E\+?(?:1[45679]|21)|1(?:\.0+)?E\+?(?:18|20|22))$"
"""Of 15 to 18 digits, or the 20 or 22 of a disability certificate. The last form is a number of
nines rounded up: no place of it is known."""
_RUN = r"(?:^|[^0-9X])([0-9]{17}[0-9X](?:[0-9]{4}|[0-9]{2})?|[0-9]{15})(?:[^0-9X]|$)"
_LOOKALIKE_X = "[ХΧ×✕✖Ⅹ]"
_MASKED = r"^[0-9]*(?:[0-9]*(?:" + MASK + r"|X{2,})+)+[0-9X]*$"


def plain(text: pl.Expr) -> pl.Expr:
    """``text`` without wrappers: width folded, blanks and quotes gone, capital X."""
    return (
        text.str.normalize("NFKC")
        .str.replace_all(r"[\s\p{Cf}\p{Cc}'\"`=,，、‘’“”]", "")
        .str.to_uppercase()
        .str.replace_all(_LOOKALIKE_X, "X")
        .str.replace(r"^(?:身份证号?码?|证件号码?|ID)[:：]?", "")
        .str.replace(r"\.0+$", "")
    )


def read_id_numbers(texts: pl.Series) -> pl.DataFrame:
    """Read every text of an ID column.

    Args:
        texts: delivered texts (String), nulls allowed.

    Returns:
        One row a text, in order, with the columns of ``READING_SCHEMA``.
    """
    sure = pl.col("quality").is_in(SURE)
    told = {
        "valid_id": pl.when(sure).then("pattern"),
        "sex": pl.when(sure).then(sex_of(pl.col("k") // 16)),
        "category": pl.col("extra").str.slice(0, 1),
        "grade": pl.col("extra").str.slice(1, 1),
    }
    return read_id_keys(texts).select(
        told.get(name, pl.col(name)).alias(name) for name in READING_SCHEMA
    )


def read_id_keys(texts: pl.Series) -> pl.DataFrame:
    """The part of ``read_id_numbers`` by which numbers are compared.

    Args:
        texts: delivered texts (String), nulls allowed.

    Returns:
        One row a text, in order: ``quality``, ``k``, ``pattern``, ``known``, ``birth_date`` as in
        ``READING_SCHEMA``, and ``extra``: the digits of a certificate behind the ID number.
    """
    frame = pl.DataFrame({"text": texts.cast(pl.String)}).with_row_index("n")
    text = frame["text"]
    eighteen = text.str.contains(r"^[0-9]{17}[0-9X]$") & ~text.str.contains(_NOT_GIVEN)
    eighteen = eighteen.fill_null(value=False)
    whole = _proven(frame.filter(eighteen))
    sound = whole.filter("proven").select(
        "n",
        "k",
        "birth_date",
        pattern="text",
        quality=pl.lit("valid"),
        known=pl.lit(None, pl.UInt8),
        extra=pl.lit(None, pl.String),
    )
    if sound.height == frame.height:
        return sound.select(_KEYS)
    slips = whole.filter(~pl.col("proven")).select(
        "n", canonical="text", form=pl.lit("whole"), extra=pl.lit(None, pl.String)
    )
    shaped = _shape(frame.filter(~eighteen))
    form = pl.col("form")
    complete = shaped.filter(form.is_in(["whole", "long"]))
    old = shaped.filter(form == "old15").with_columns(canonical=widen15(pl.col("run")))
    shown = shaped.filter(form == "masked").with_columns(pattern=mask_pattern(pl.col("text")))
    rest = shaped.filter(~form.is_in(["whole", "long", "old15", "masked"]))
    unmasked = rest.with_columns(pattern=pl.lit(None, pl.String))
    parts = [
        sound,
        _read_whole(slips),
        _read_whole(complete.vstack(old)),
        _read_part(shown.vstack(unmasked)),
    ]
    read = pl.concat(part.select("n", *_KEYS) for part in parts)
    place = np.empty(read.height, dtype=np.uint32)
    place[read["n"].to_numpy()] = np.arange(read.height)
    return read.select(_KEYS)[place]


def _proven(whole: pl.DataFrame) -> pl.DataFrame:
    """Complete numbers with ``k``, ``birth_date`` and ``proven``: nothing more is to be asked.

    Nearly all are; the others are judged one question after the other (``_read_whole``).
    """
    body, text = pl.col("k") // 16, pl.col("text")
    right = (check_of(body) == pl.col("k") % 16) & ~text.str.ends_with("000")
    return (
        whole.with_columns(k=pack(text))
        .with_columns(birth_date=birth_date_of(body))
        .with_columns(proven=right & pl.col("birth_date").is_not_null())
    )


def _shape(odd: pl.DataFrame) -> pl.DataFrame:
    """Sort texts by form: whole, long (certificate), old15, part forms, other, missing."""
    text, run, form = pl.col("text"), pl.col("run"), pl.col("form")
    places = run.str.len_chars()
    named = (
        pl.when(text.is_null() | text.str.contains(_NOT_GIVEN))
        .then(pl.lit("missing"))
        .when(text.str.contains(_SCIENTIFIC))
        .then(pl.lit("scientific"))
        .when(text.str.contains(_MASKED) & text.str.contains(r"[0-9]"))
        .then(pl.lit("masked"))
        .when(places == 18)
        .then(pl.lit("whole"))
        .when(places.is_in([20, 22]))
        .then(pl.lit("long"))
        .when((places == 15) & ~pl.col("joined").str.contains(_CUT_OFF))
        .then(pl.lit("old15"))
        .when(pl.col("joined").str.contains(r"^[0-9]{4,25}X?$"))
        .then(pl.lit("part"))
        .otherwise(pl.lit("other"))
    )
    # One step after the other: what a step names is not worked out again by the next.
    return (
        odd.with_columns(plain(text))
        .with_columns(_letters_unread(text))
        .with_columns(joined=text.str.replace_all(r"[-–—_/\\ ]", ""))
        .with_columns(run=pl.col("joined").str.extract(_RUN))
        .with_columns(form=named)
        .with_columns(
            canonical=pl.when(form.is_in(["whole", "long"])).then(run.str.slice(0, 18)),
            extra=pl.when(form == "long").then(run.str.slice(18)),
            text=pl.when(form == "part").then("joined").otherwise(text),
        )
    )


def _letters_unread(text: pl.Expr) -> pl.Expr:
    """Up to three letters among eighteen characters were misread (O for 0, l for 1)."""
    digits = text.str.count_matches(r"[0-9]")
    misread = text.str.contains(r"^[0-9A-Z]{18}$") & digits.is_between(15, 17)
    return pl.when(misread).then(text.str.replace_all(r"[A-WYZ]", "?")).otherwise(text)


def _read_whole(frame: pl.DataFrame) -> pl.DataFrame:
    """Judge complete 18 characters: checksum, birth date, sex, digits a spreadsheet cut off."""
    body = pl.col("k") // 16
    real = pl.col("birth_date").is_not_null()
    right = check_of(body) == pl.col("k") % 16
    rounded = pl.col("canonical").str.ends_with("000") & pl.col("form").is_in(["whole", "long"])
    quality = (
        pl.when(rounded)
        .then(pl.lit("rounded"))
        .when((pl.col("form") == "old15") & ~real)
        .then(pl.lit("part"))
        .when(~right)
        .then(pl.lit("check"))
        .when(~real)
        .then(pl.lit("date"))
        .when(pl.col("form") == "long")
        .then(pl.lit("disability"))
        .when(pl.col("form") == "old15")
        .then(pl.lit("old15"))
        .otherwise(pl.lit("valid"))
    )
    judged = (
        frame.with_columns(k=pack(pl.col("canonical")))
        .with_columns(birth_date=birth_date_of(body))
        .with_columns(quality=quality)
    )
    sure = pl.col("quality").is_in(SURE)
    cut = pl.col("quality") == "rounded"
    return judged.select(
        "n",
        "quality",
        "k",
        pattern=pl.when(cut)
        .then(pl.col("canonical").str.slice(0, 15) + "???")
        .otherwise("canonical"),
        known=pl.when(cut).then(pl.lit(15, pl.UInt8)),
        birth_date=pl.when(sure).then("birth_date"),
        extra="extra",
    )


def _read_part(frame: pl.DataFrame) -> pl.DataFrame:
    """Patterns of texts that hold less, or more, than an ID number; masked ones have theirs."""
    text, form = pl.col("text"), pl.col("form")
    digits = text.str.replace(r"E.*$", "").str.replace(".", "", literal=True)
    known = digits.str.len_chars().clip(0, 18)
    length = text.str.len_chars()
    body17 = text.str.slice(0, 17).cast(pl.UInt64, strict=False)
    part = (
        pl.when(length != 17)
        .then(pl.when(length == 19).then(pl.lit("digit_extra")).otherwise(pl.lit("part")))
        .when((check_of(body17) == 10) & birth_date_of(body17).is_not_null())
        .then(pl.lit("x_lost"))
        .otherwise(pl.lit("digit_lost"))
    )
    scientific = form == "scientific"
    return frame.select(
        "n",
        quality=pl.when(form == "part").then(part).otherwise(form),
        k=pl.lit(None, pl.UInt64),
        pattern=pl.when(scientific & text.str.contains("(?:17|19|21)$"))
        .then(digits.str.slice(0, 18).str.pad_end(18, "?"))
        .when((form == "part") & text.str.contains(_CUT_OFF))
        .then(text.str.pad_end(18, "?"))
        .when(form == "part")
        .then(text)
        .otherwise("pattern"),
        known=pl.when(scientific).then(known.cast(pl.UInt8)),
        birth_date=pl.lit(None, pl.Date),
        extra=pl.lit(None, pl.String),
    )
