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

from fpm.identity.characters import Codes, codepoints, look_up, readings, simplified

WIDTH: Final = 14
"""Characters of a name that are compared; longer names exist, but not two that differ later."""

_BRACKETS = r"[(\[{<（【〔《].*?[)\]}>）】〕》]|[(\[{<（【〔《].*$"
_DOTS = r"[·•・．‧∙⋅·・｡。.,，、`'’‘\"“”_~\-–—/\\:;：；]"
_INVISIBLE = r"[\p{Cf}\p{Cc}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]"
_UNREADABLE = r"[?*□■○●◇◆〓\x{FFFD}]"
_HAN = r"\p{Han}"
_NO_NAME = r"^(?:无|无名|不详|未知|空|N/?A|NONE|NULL|NAN|\?+)$"


def normal_name(text: pl.Expr) -> pl.Expr:
    """The normal form of a name, before characters are simplified; null where there is no name.

    Width folded, invisible characters and variation selectors gone, bracketed notes cut, unreadable
    characters written ``?``. A name with Chinese characters loses blanks and dots
    (阿依古丽·买买提 = 阿依古丽买买提); another one is upper case, words apart by one blank.
    """
    clean = (
        text.str.normalize("NFKC")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(_BRACKETS, "")
        .str.replace_all(_UNREADABLE, "?")
        .str.to_uppercase()
    )
    chinese = clean.str.replace_all(rf"{_DOTS}|\s|[0-9]", "")
    latin = (
        clean.str.normalize("NFD")
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
    """Distinct normal names of one run.

    Attributes:
        names: ``name`` (normal, simplified, sorted), ``u`` (UInt32, its number),
            ``sound`` (UInt64, hash of first readings), ``chinese`` (Boolean).
        chars: uint32 (n, WIDTH), code points, 0 beyond the end.
        lengths: int (n,), characters.
    """

    names: pl.DataFrame
    chars: Codes
    lengths: NDArray[np.int64]


def simplify(names: pl.Series) -> pl.Series:
    """Normal names character by character in simplified form (no nulls, no line breaks)."""
    if not len(names):
        return names
    joined = names.str.join("\n").item()
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    folded = look_up(simplified(), codes).astype(np.uint32)
    folded = np.where(folded == 0, codes, folded)
    text = folded.tobytes().decode("utf-32-le")
    return pl.Series(names.name, text.split("\n"), dtype=pl.String)


def normal_forms(texts: pl.Series) -> pl.DataFrame:
    """Delivered names and their normal forms.

    Args:
        texts: String, nulls allowed.

    Returns:
        ``text`` (distinct, not null) and ``name`` (normal simplified form or null).
    """
    distinct = texts.drop_nulls().unique().sort().alias("text")
    frame = pl.DataFrame({"text": distinct}).with_columns(name=normal_name(pl.col("text")))
    known = frame.filter(pl.col("name").is_not_null())
    known = known.with_columns(simplify(known["name"]).alias("name"))
    return pl.concat([known, frame.filter(pl.col("name").is_null())])


def name_table(names: pl.Series) -> NameTable:
    """Number the distinct normal names in sorted order (so numbers do not depend on row order)."""
    distinct = names.drop_nulls().unique().sort().alias("name")
    chars = codepoints(distinct, WIDTH)
    frame = pl.DataFrame(
        {"name": distinct, "u": pl.Series(np.arange(len(distinct), dtype=np.uint32))}
    ).with_columns(
        sound=pl.Series(sound_keys(chars), dtype=pl.UInt64),
        chinese=pl.col("name").str.contains(_HAN),
    )
    return NameTable(frame, chars, (chars > 0).sum(axis=1))


def sound_keys(chars: Codes) -> NDArray[np.uint64]:
    """A number per name that is equal for names with equal first readings.

    A character without a reading counts as itself.
    """
    heard = look_up(readings()[:, 0], chars).astype(np.uint64)
    heard = np.where(heard == 0, chars.astype(np.uint64) + np.uint64(1 << 20), heard)
    key = np.zeros(len(chars), dtype=np.uint64)
    for place in range(chars.shape[1]):
        key = key * np.uint64(0x9E3779B97F4A7C15) + heard[:, place] + np.uint64(1)
        key ^= key >> np.uint64(29)
    return key
