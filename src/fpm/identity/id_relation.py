"""How two ID numbers, complete or in part, are related; symmetric in its two sides."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fpm.identity.id_digits import BIRTH_PLACES, is_float_image
from fpm.identity.repair import UNKNOWN, Digits, digit_matrix

RELATIONS: Final = (
    "none",
    "exact",
    "check_only",
    "one_digit",
    "swap",
    "x_lost",
    "lost_digit",
    "rounded",
    "masked",
    "prefix10",
    "prefix5",
    "prefix",
    "near",
    "incompatible",
    "shown_near",
    "shown_differ",
    "mates",
    "unlike",
    "near_sound",
)
"""The index is the relation's number. ``none``: one side has no number. The last three are what a
caller makes of numbers: ``mates`` of one that is close to a household member's, ``unlike`` of two
complete ones, no resident IDs, that no few slips explain, ``near_sound`` of two valid ones that two
slips explain."""

RELATION_TITLES: Final = (
    "无证件号可比",
    "证件号一致",
    "证件号仅末位校验码不同",
    "证件号仅一位不同",
    "证件号相邻两位颠倒",
    "证件号缺末位X",
    "证件号少（多）一位",
    "证件号前15位一致（尾数被改写）",
    "证件号未遮盖部分一致",
    "证件号前段一致",
    "证件号前几位一致",
    "证件号仅地区位一致",
    "证件号有两处差错",
    "证件号不同",
    "证件号可见部分有一处差错",
    "证件号可见部分不同",
    "证件号（有差错）属同户成员",
    "证件号完全不同",
    "证件号有两处差错（校验码碰巧相符）",
)

(
    NONE,
    EXACT,
    CHECK_ONLY,
    ONE_DIGIT,
    SWAP,
    X_LOST,
    LOST_DIGIT,
    ROUNDED,
    MASKED,
    PREFIX10,
    PREFIX5,
    PREFIX,
    NEAR,
    INCOMPATIBLE,
    SHOWN_NEAR,
    SHOWN_DIFFER,
    MATES,
    UNLIKE,
    NEAR_SOUND,
) = range(len(RELATIONS))

PARTLY_ALIKE: Final = (ROUNDED, MASKED, PREFIX10, PREFIX5, PREFIX, SHOWN_NEAR)
"""What is shown of a number agrees, but for one slip."""

_WIDTH = 19

_TELLING: Final = (*range(4), *BIRTH_PLACES)
"""Province, prefecture and birth date: namesakes of one day and region differ elsewhere only."""

_SHORTEST: Final = 4
"""Digits of a piece of a number below which an agreement is left to chance."""


def id_relations(
    left: pl.Series, right: pl.Series, left_known: pl.Series, right_known: pl.Series
) -> tuple[NDArray[np.uint8], Digits]:
    """Compare numbers pair by pair.

    Args:
        left: patterns (``READING_SCHEMA``), null where there is none.
        right: the same length.
        left_known: leading places of rounded numbers, null for others.
        right_known: the same.

    Returns:
        uint8 indices into ``RELATIONS``, and a boolean-like uint8 matrix (n, 18): which places are
        known on both sides and equal.
    """
    both = (left.is_not_null() & right.is_not_null()).to_numpy()
    relation = np.full(len(left), NONE, dtype=np.uint8)
    agree_all = np.zeros((len(left), 18), dtype=np.uint8)
    rows = np.flatnonzero(both)
    if not len(rows):
        return relation, agree_all
    a, b = digit_matrix(left.filter(both), _WIDTH), digit_matrix(right.filter(both), _WIDTH)
    len_a = left.filter(both).str.len_bytes().to_numpy().astype(np.int64)
    len_b = right.filter(both).str.len_bytes().to_numpy().astype(np.int64)
    known_a = left_known.filter(both).fill_null(0).to_numpy()
    known_b = right_known.filter(both).fill_null(0).to_numpy()
    level, agree = _aligned(a, b, known_a, known_b)
    odd = (len_a != 18) | (len_b != 18)
    level[odd] = _unequal_lengths(a[odd], b[odd], len_a[odd], len_b[odd])
    agree[odd & (level == INCOMPATIBLE)] = 0
    piece = np.flatnonzero(odd & (np.maximum(len_a, len_b) == 18) & (level == INCOMPATIBLE))
    short_a = (len_a < len_b)[:, None]
    short, whole = np.where(short_a, a, b)[piece], np.where(short_a, b, a)[piece]
    level[piece], agree[piece] = _pieces(short, whole, np.minimum(len_a, len_b)[piece])
    same_odd = odd & (len_a == len_b) & (a == b).all(axis=1)
    level[same_odd] = EXACT
    relation[rows] = level
    agree_all[rows] = agree
    return relation, agree_all


def _aligned(
    a: Digits, b: Digits, known_a: NDArray[np.uint8], known_b: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], Digits]:
    """Both sides eighteen places long, some unknown."""
    a, b = a[:, :18], b[:, :18]
    given = (a != UNKNOWN) & (b != UNKNOWN)
    same = given & (a == b)
    differing = (given & ~same).sum(axis=1)
    complete = given.all(axis=1)
    where = np.argmax(given & ~same, axis=1)
    level = np.where(complete, INCOMPATIBLE, SHOWN_DIFFER).astype(np.uint8)
    swapped = (differing == 2) & _swapped(a, b, where)
    level[~complete & ((differing == 1) | swapped)] = SHOWN_NEAR
    level[complete & (differing == 2)] = NEAR
    level[complete & swapped] = SWAP
    level[complete & (differing == 1)] = ONE_DIGIT
    level[complete & (differing == 1) & (where == 17)] = CHECK_ONLY
    level[complete & (differing == 0)] = EXACT
    image = complete & (differing > 1)
    image[image] = is_float_image(a[image], b[image]) | is_float_image(b[image], a[image])
    level[image] = ROUNDED
    part = ~complete & (differing == 0)
    shown = given.sum(axis=1)
    level[part] = MASKED
    cut = part & _is_prefix(given)
    level[cut] = _prefixes(shown[cut])
    lost = np.flatnonzero(level == INCOMPATIBLE)
    lost = lost[_rounded_after_a_slip(a[lost], b[lost])]
    level[lost] = NEAR
    same[lost, 15:] = False
    near_round = (_rounds_to(a, b, known_a) | _rounds_to(b, a, known_b)) & (level >= INCOMPATIBLE)
    level[near_round] = _prefixes(shown[near_round])
    # Rounded up, all places shown say what those rounded down say.
    same[near_round] = given[near_round]
    # A floating-point image proves the places it keeps, whatever digits follow them.
    same[image, 15:] = False
    return level, same.astype(np.uint8)


def _prefixes(shown: NDArray[np.intp]) -> NDArray[np.uint8]:
    """What agreement in so many leading places is called."""
    levels = [PREFIX, PREFIX5, PREFIX10]
    return np.select([shown < 5, shown < 10, shown < 15], levels, ROUNDED).astype(np.uint8)


def _swapped(a: Digits, b: Digits, where: NDArray[np.intp]) -> NDArray[np.bool_]:
    following = np.minimum(where + 1, 17)
    rows = np.arange(len(a))
    swapped: NDArray[np.bool_] = (a[rows, where] == b[rows, following]) & (
        a[rows, following] == b[rows, where]
    )
    return swapped


def _rounded_after_a_slip(a: Digits, b: Digits) -> NDArray[np.bool_]:
    """Is one side in floating point, and of the places that keeps one off, or two swapped?"""
    off = a[:, :15] != b[:, :15]
    few = off.sum(axis=1)
    slip: NDArray[np.bool_] = (few == 1) | ((few == 2) & _swapped(a, b, np.argmax(off, axis=1)))
    slip &= ~off[:, [place for place in range(15) if place not in _TELLING]].any(axis=1)
    a, b = a[slip], b[slip]
    slip[slip] = is_float_image(a, a) | is_float_image(b, b)
    return slip


def _is_prefix(given: NDArray[np.bool_]) -> NDArray[np.bool_]:
    prefix: NDArray[np.bool_] = given[:, 0] & (np.diff(given.astype(np.int8), axis=1) <= 0).all(
        axis=1
    )
    return prefix


def _rounds_to(cut: Digits, whole: Digits, known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Is ``cut`` (first ``known`` places) what ``whole`` becomes when rounded up to them?

    Numbers pass through floating point first, which may lift a following 4 to a 5.
    """
    result = np.zeros(len(cut), dtype=bool)
    for places in np.unique(known[(known >= 5) & (known <= 17)]):
        rows = np.flatnonzero(known == places)
        shown = whole[rows, :places].astype(np.uint64)
        asked = cut[rows, :places].astype(np.uint64)
        powers = 10 ** np.arange(int(places) - 1, -1, -1, dtype=np.uint64)
        up = (shown * powers).sum(axis=1) + np.uint64(1) == (asked * powers).sum(axis=1)
        following = whole[rows, places]
        lifts = (following >= 4) & (following <= 9) | (following == UNKNOWN)
        result[rows] = up & lifts & (shown <= 9).all(axis=1)
    return result


def _unequal_lengths(
    a: Digits, b: Digits, len_a: NDArray[np.int64], len_b: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """One side lost or gained one character."""
    longer = np.where((len_a >= len_b)[:, None], a, b)
    shorter = np.where((len_a >= len_b)[:, None], b, a)
    length = np.maximum(len_a, len_b)
    one_apart = np.abs(len_a - len_b) == 1
    level = np.full(len(a), INCOMPATIBLE, dtype=np.uint8)
    for place in range(_WIDTH):
        kept = np.delete(longer, place, axis=1)
        hit = one_apart & (place < length) & (kept == shorter[:, :-1]).all(axis=1)
        level[hit] = LOST_DIGIT
        level[hit & (place == 17) & (longer[:, 17] == 10)] = X_LOST
    return level


def _pieces(
    short: Digits, whole: Digits, length: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], Digits]:
    """One side may hold only the beginning or the end of the other's eighteen places."""
    short, whole = short[:, :18], whole[:, :18]
    place = np.arange(18)
    inside = (place < length[:, None]) & (short != UNKNOWN) & (whole != UNKNOWN)
    shown = inside.sum(axis=1)
    head = ((short == whole) | ~inside).all(axis=1) & (shown >= _SHORTEST)
    moved = np.clip(place - (18 - length[:, None]), 0, None)
    at_end = place >= 18 - length[:, None]
    tail = ((np.take_along_axis(short, moved, axis=1) == whole) | ~at_end).all(axis=1)
    tail &= (length >= _SHORTEST) & ~head
    begins = np.maximum(_prefixes(shown), PREFIX10)
    level = np.where(head, begins, np.where(tail, MASKED, INCOMPATIBLE)).astype(np.uint8)
    agree = (head[:, None] & inside) | (tail[:, None] & at_end)
    return level, agree.astype(np.uint8)


def two_slips_apart(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Do two valid numbers differ in just two places, in a way that two people's hardly do?

    Two slips leave the check character right one time in eleven. But namesakes born on one day
    differ in the county (the fifth and sixth place), the sequence number and the check character
    only, so that at least one of the two places must be another.

    Args:
        left: packed numbers (``id17 * 16 + check``).
        right: the same length.
    """
    body_a, body_b = (side // np.uint64(16) for side in (left, right))
    differing = (left % np.uint64(16) != right % np.uint64(16)).astype(np.int64)
    telling = np.zeros(len(left), dtype=bool)
    for place in range(17):
        power = np.uint64(10 ** (16 - place))
        other = body_a // power % np.uint64(10) != body_b // power % np.uint64(10)
        differing += other
        if place in _TELLING:
            telling |= other
    apart: NDArray[np.bool_] = (differing == 2) & telling
    return apart
