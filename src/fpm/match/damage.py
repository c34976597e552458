"""Sound numbers damaged as other rows of the run are: rows whose truth is known."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_digits import float_images
from fpm.identity.repair import digit_matrix

_SLIPS: Final = (0.55, 0.2, 0.05, 0.2)
"""Assumed mix of one digit, neighbours swapped, two digits and last character among wrong numbers
of eighteen places; the result does not depend on it."""

_BOTH: Final = 20
"""One number in so many is taken to have been wrong before it was rounded or masked."""


def damage(numbers: pl.Series, donors: pl.DataFrame) -> list[pl.Series]:
    """Numbers as the donors' rows would show them.

    Args:
        numbers: eighteen characters each, or null (opaque numbers): those are hidden.
        donors: ``quality``, ``donor`` (pattern), ``donor_known`` and ``mark`` (a random number).

    Returns:
        Series ``pattern``, ``known`` and ``quality``.
    """
    text = numbers.fill_null("").str.pad_end(18, "?").str.slice(0, 18)
    digits = digit_matrix(text, 18)
    quality = donors["quality"].to_numpy()
    mark = donors["mark"].to_numpy()
    shown = donors["donor"].fill_null("").str.pad_end(18, "?").str.slice(0, 18)
    hidden = digit_matrix(shown, 18) == 255
    wrong = np.isin(quality, ("check", "date"))
    slipped = _slip(digits, mark)
    out = np.where(wrong[:, None], slipped, digits)
    image, exact = float_images(digit_matrix(shown, 18))
    rounded = wrong & exact & (image == digit_matrix(shown, 18)).all(axis=1)
    before = np.where((mark % _BOTH == 0)[:, None], slipped, digits)
    image, exact = float_images(before)
    out = np.where((rounded & exact)[:, None], image, out)
    masked = hidden & ~wrong[:, None]
    out = np.where(masked.any(axis=1)[:, None], before, out)
    patterns = _characters(np.where(masked, 255, out))
    frame = donors.select(
        "quality",
        "donor",
        "donor_known",
        text=text,
        as_shown=patterns,
        place=(pl.col("mark") // 512) % 18,
    ).with_columns(null=numbers.is_null())
    lost = pl.concat_str(
        pl.col("text").str.slice(0, pl.col("place")), pl.col("text").str.slice(pl.col("place") + 1)
    )
    kind, whole, length = pl.col("quality"), pl.col("text"), pl.col("donor").str.len_bytes()
    # What begins with another province than the county's numbers is the end of a number.
    begins = pl.col("donor").str.head(2) == whole.str.head(2)
    pattern = (
        pl.when(pl.col("null") | pl.col("donor").is_null())
        .then(None)
        .when(kind.is_in(["x_lost", "digit_lost"]))
        .then(lost)
        .when(kind == "digit_extra")
        .then(pl.concat_str(pl.col("text").str.slice(0, 5), pl.col("text").str.slice(4)))
        .when((kind == "part") & ~pl.col("donor").str.contains("?", literal=True))
        .then(pl.when(begins).then(whole.str.head(length)).otherwise(whole.str.tail(length)))
        .when(kind == "old15")
        .then("text")
        .otherwise("as_shown")
    )
    known = pl.when(pattern.is_not_null()).then("donor_known")
    made = frame.select(pattern=pattern, known=known, quality="quality")
    return [made["pattern"], made["known"], made["quality"]]


def _slip(digits: NDArray[np.uint8], mark: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """One wrong digit, two swapped neighbours, two wrong digits or a wrong last character."""
    rows = np.arange(len(digits))
    draw = (mark % np.uint64(1000)) / 1000
    place = ((mark >> np.uint64(20)) % np.uint64(17)).astype(np.intp)
    shift = ((mark >> np.uint64(30)) % np.uint64(9) + np.uint64(1)).astype(np.uint8)
    changed = digits.copy()
    one = draw < _SLIPS[0]
    changed[rows[one], place[one]] = (digits[rows[one], place[one]] + shift[one]) % 10
    two = (draw >= _SLIPS[0]) & (draw < _SLIPS[0] + _SLIPS[1])
    left = np.minimum(place, 15)
    changed[rows[two], left[two]] = digits[rows[two], left[two] + 1]
    changed[rows[two], left[two] + 1] = digits[rows[two], left[two]]
    both = (draw >= _SLIPS[0] + _SLIPS[1]) & (draw < sum(_SLIPS[:3]))
    for first in (place[both], (place[both] + 1 + shift[both]) % 17):
        changed[rows[both], first] = (digits[rows[both], first] + shift[both]) % 10
    last = draw >= sum(_SLIPS[:3])
    changed[rows[last], 17] = (digits[rows[last], 17] + shift[last]) % 11
    return changed


def _characters(codes: NDArray[np.uint8]) -> pl.Series:
    letters = np.full(256, ord("?"), dtype=np.uint8)
    letters[:10] = np.arange(ord("0"), ord("0") + 10)
    letters[10] = ord("X")
    text = np.ascontiguousarray(letters[codes]).view(f"S{codes.shape[1]}").ravel()
    return pl.Series(text.astype(str), dtype=pl.String)
