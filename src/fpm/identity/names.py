"""Names of persons: the normal form by which they are compared, and how two of them differ.

The written name is never changed (昇 and 升 are different legal names); the normal form exists for
matching only. ``NameTable`` holds every distinct normal name of a run once, with its characters,
so that comparisons work on unique pairs of names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.characters import (
    Codes,
    alphabet,
    codepoints,
    corner_codes,
    flat_codes,
    readings,
    simplified,
    spellings,
    telling_parts,
)

WIDTH: Final = 14
"""Characters of a name that are compared; longer names exist, but not two that differ later."""

_BRACKETS = r"[(\[{<（【〔《].*?[)\]}>）】〕》]|[(\[{<（【〔《].*$"
_DOTS = r"[·•・．‧∙⋅·・｡。.,，、`'’‘\"“”_~\-–—/\\:;：；=]"
_INVISIBLE = r"[\p{Cf}\p{Cc}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]"
_UNREADABLE = r"[?*□■○●◇◆〓\x{FFFD}]"
_HAN = r"\p{Han}"
_NO_NAME = r"^(?:无|无名|无名氏|不详|未知|暂无|空|N[/ ]?A|NONE|NULL|NAN|\?+)$"


def normal_name(text: pl.Expr) -> pl.Expr:
    """The normal form of a name, before characters are simplified; null where there is no name.

    Width folded, invisible characters and variation selectors gone, bracketed notes cut, unreadable
    characters written ``?``. A name with Chinese characters loses blanks and dots
    (阿依古丽·买买提 = 阿依古丽买买提); another one is upper case, words apart by one blank, and
    "Miller, Jane" is Jane Miller.
    """
    clean = (
        text.str.normalize("NFKC")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(_BRACKETS, "")
        .str.replace_all(_UNREADABLE, "?")
        .str.to_uppercase()
    )
    # 张某某 hides a name as 张** does.
    chinese = clean.str.replace_all(rf"{_DOTS}|\s|[0-9]", "").str.replace_all("某", "?")
    chinese = chinese.str.normalize("NFC")
    latin = (
        clean.str.replace(r"^([^,]+),([^,]+)$", "$2 $1")
        .str.normalize("NFD")
        .str.replace_all(r"\p{Mn}", "")
        .str.replace_all(r"['’`]", "")
        .str.replace_all(rf"{_DOTS}|[0-9]|\s", " ")
        .str.replace_all(r" {2,}", " ")
        .str.strip_chars()
    )
    name = pl.when(clean.str.contains(_HAN)).then(chinese).otherwise(latin)
    return pl.when(name.str.contains(_NO_NAME) | (name == "")).then(None).otherwise(name)


@dataclass(frozen=True, slots=True)
class NameTable:
    """Distinct normal names of one run and what is known of their characters.

    Attributes:
        names: ``name`` (normal, simplified, sorted), ``u`` (UInt32, its number),
            ``sound`` (UInt64, equal for names with equal first readings, the spelling of those
            in letters among them, or of the same words in any order), ``chinese`` (Boolean).
        chars: uint16 (n, WIDTH), row of ``alphabet`` of each character, 0 beyond the end.
        lengths: int (n,), characters, at most WIDTH.
        alphabet: uint32 (a,), code points; entry 0 is no character.
        readings: uint16 (a, READINGS), 0 = none.
        corners: uint8 (a, 5), 255 = unknown.
        parts: uint16 (a,), 0 = unknown.
    """

    names: pl.DataFrame
    chars: NDArray[np.uint16]
    lengths: NDArray[np.int64]
    alphabet: Codes
    readings: NDArray[np.uint16]
    corners: NDArray[np.uint8]
    parts: NDArray[np.uint16]


def simplify(names: pl.Series) -> pl.Series:
    """Normal names character by character in simplified form (no nulls, no line breaks)."""
    if not len(names):
        return names
    codes = flat_codes(names)
    known = alphabet(codes)
    table = np.zeros(int(codes.max()) + 1, dtype=np.uint32)
    table[known] = simplified(known)
    text = table[codes].tobytes().decode("utf-32-le")
    return pl.Series(names.name, text.split("\n"), dtype=pl.String)


def normal_forms(texts: pl.Series) -> pl.DataFrame:
    """Delivered names and their normal forms.

    Args:
        texts: String, nulls allowed.

    Returns:
        ``text`` (distinct, not null) and ``name`` (normal simplified form or null).
    """
    distinct = texts.drop_nulls().unique().alias("text")
    frame = pl.DataFrame({"text": distinct})
    # Most names are nothing but two to four common characters: those need no cleaning.
    plain = distinct.str.contains(r"^[\x{4E00}-\x{9FFF}]{2,4}$") & ~distinct.str.contains(
        rf"{_NO_NAME}|某"
    )
    odd = frame.filter(~plain).with_columns(name=normal_name(pl.col("text")))
    given = odd["name"].is_not_null()
    known = pl.concat([frame.filter(plain).with_columns(name="text"), odd.filter(given)])
    return pl.concat(
        [known.with_columns(simplify(known["name"]).alias("name")), odd.filter(~given)]
    )


def name_table(names: pl.Series) -> NameTable:
    """Number the distinct normal names in sorted order (so numbers do not depend on row order)."""
    distinct = names.drop_nulls().unique().sort().alias("name")
    codes = codepoints(distinct, WIDTH)
    letters = np.union1d(np.zeros(1, dtype=np.uint32), alphabet(codes)).astype(np.uint32)
    rows = np.zeros(int(letters.max()) + 1, dtype=np.uint16)
    rows[letters] = np.arange(len(letters))
    chars = rows[codes]
    heard = readings(letters)
    frame = pl.DataFrame(
        {"name": distinct, "u": pl.Series(np.arange(len(distinct), dtype=np.uint32))}
    ).with_columns(
        sound=pl.Series(_sound_keys(chars, heard), dtype=pl.UInt64),
        chinese=pl.col("name").str.contains(_HAN),
    )
    words = pl.col("name").str.split(" ").list.sort().list.join(" ")
    frame = frame.with_columns(sound=pl.when("chinese").then("sound").otherwise(words.hash(seed=0)))
    if 0 < frame["chinese"].sum() < frame.height:
        frame = frame.with_columns(_latin_as_heard(frame, chars, letters))
    lengths = (chars > 0).sum(axis=1)
    corners, parts = corner_codes(letters), telling_parts(letters)
    return NameTable(frame, chars, lengths, letters, heard, corners, parts)


def _sound_keys(chars: NDArray[np.uint16], heard: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """A number per name that is equal for names with equal first readings.

    A character without a reading counts as itself.
    """
    first = heard[:, 0].astype(np.uint64)
    first = np.where(first == 0, np.arange(len(first), dtype=np.uint64) + np.uint64(1 << 20), first)
    key = np.zeros(len(chars), dtype=np.uint64)
    for place in range(chars.shape[1]):
        column = chars[:, place]
        if not column.any():
            break
        mixed = key * np.uint64(0x9E3779B97F4A7C15) + first[column] + np.uint64(1)
        key = np.where(column > 0, mixed ^ (mixed >> np.uint64(29)), key)
    return key


def _latin_as_heard(frame: pl.DataFrame, chars: NDArray[np.uint16], letters: Codes) -> pl.Series:
    """``sound`` with that of the Chinese name whose reading a name in letters spells.

    Surname first (ZHANG XIAO MING, ZHANG XIAOMING) or last (XIAOMING ZHANG).
    """
    spelt = pl.Series(spellings(letters), dtype=pl.String)
    rows = np.flatnonzero(frame["chinese"].to_numpy())
    used = int((chars[rows] > 0).any(axis=0).sum())
    parts = [spelt.gather(chars[rows, place]).alias(f"{place}") for place in range(used)]
    chinese = pl.DataFrame(parts).select(
        spelling=pl.concat_str(pl.all()), heard=frame["sound"][rows]
    )
    chinese = chinese.group_by("spelling").agg(pl.col("heard").min())
    latin = np.flatnonzero(~frame["chinese"].to_numpy())
    words = pl.col("name").str.split(" ")
    turned = pl.concat_list(words.list.last(), words.list.head(words.list.len() - 1)).list.join("")
    asked = frame[latin].select("sound", straight=words.list.join(""), turned=turned)
    for column in ("straight", "turned"):
        asked = asked.join(
            chinese.rename({"spelling": column, "heard": f"{column}_heard"}),
            on=column,
            how="left",
            maintain_order="left",
        )
    heard = asked.select(sound=pl.coalesce("straight_heard", "turned_heard", "sound"))["sound"]
    return frame["sound"].scatter(latin, heard)
