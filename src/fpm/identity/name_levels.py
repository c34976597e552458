"""How two names differ: one of eleven levels, decided per unique pair by whole-array steps."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from fpm.identity.characters import Codes, corner_codes, look_up, readings, telling_parts
from fpm.identity.names import NameTable

LEVELS: Final = (
    "equal",
    "sound",
    "shape",
    "unreadable",
    "order",
    "one_missing",
    "one_other",
    "part",
    "empty",
    "surname",
    "different",
)
"""From the strongest agreement to none; the index is the level's number."""

LEVEL_TITLES: Final = (
    "姓名相同",
    "姓名同音",
    "姓名形近",
    "姓名有字无法辨认",
    "姓名字序颠倒",
    "姓名差一字（多或少）",
    "姓名有一字不同",
    "姓名部分相同",
    "未填姓名",
    "仅姓氏相同",
    "姓名不同",
)

EQUAL, SOUND, SHAPE, UNREADABLE, ORDER, ONE_MISSING, ONE_OTHER, PART, EMPTY, SURNAME, DIFFERENT = (
    range(len(LEVELS))
)

_QUESTION = ord("?")
_CLOSE_LATIN = 0.92
_NEAR_LATIN = 0.80


def name_levels(
    table: NameTable, left: NDArray[np.integer], right: NDArray[np.integer]
) -> NDArray[np.uint8]:
    """The level of each pair of name numbers (-1 = no name).

    Pairs are compared once each, whatever their number of occurrences and order.

    Args:
        table: the names of the run.
        left: name numbers, -1 where there is none.
        right: the same length.

    Returns:
        uint8 indices into ``LEVELS``.
    """
    level = np.full(len(left), EMPTY, dtype=np.uint8)
    given = (left >= 0) & (right >= 0)
    low = np.minimum(left, right)[given].astype(np.uint64)
    high = np.maximum(left, right)[given].astype(np.uint64)
    pairs, back = np.unique(low << np.uint64(32) | high, return_inverse=True)
    first = (pairs >> np.uint64(32)).astype(np.intp)
    second = (pairs & np.uint64(0xFFFFFFFF)).astype(np.intp)
    level[given] = _unique_levels(table, first, second)[back]
    return level


def _unique_levels(
    table: NameTable, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.uint8]:
    a, b = table.chars[first], table.chars[second]
    chinese = table.names["chinese"].to_numpy()
    level = np.where(
        chinese[first] & chinese[second], _chinese_levels(a, b), np.uint8(DIFFERENT)
    ).astype(np.uint8)
    other = np.flatnonzero(~(chinese[first] & chinese[second]) & (first != second))
    if len(other):
        level[other] = _latin_levels(table, first[other], second[other])
    level[first == second] = EQUAL
    return level


def _chinese_levels(a: Codes, b: Codes) -> NDArray[np.uint8]:
    """Later assignments are stronger; the caller sets equality."""
    length_a, length_b = (a > 0).sum(axis=1), (b > 0).sum(axis=1)
    longest = np.maximum(length_a, length_b)
    same_length = length_a == length_b
    agree = a == b
    differing = (~agree).sum(axis=1)
    unreadable = (a == _QUESTION) | (b == _QUESTION)
    level = np.full(len(a), DIFFERENT, dtype=np.uint8)
    level[agree[:, 0] & (a[:, 0] != _QUESTION)] = SURNAME
    level[_is_part(a, b, length_a, length_b)] = PART
    level[same_length & (differing == 1) & (longest >= 2)] = ONE_OTHER
    level[(np.abs(length_a - length_b) == 1) & _one_deleted(a, b) & (longest >= 3)] = ONE_MISSING
    level[
        same_length & (differing > 0) & (np.sort(a, axis=1) == np.sort(b, axis=1)).all(axis=1)
    ] = ORDER
    readable = agree | unreadable
    level[same_length & unreadable.any(axis=1) & readable.all(axis=1)] = UNREADABLE
    level[_alike(a, b, same_length, agree, similar_shape)] = SHAPE
    level[_alike(a, b, same_length, agree, same_sound)] = SOUND
    return level


def _alike(a, b, same_length, agree, test) -> NDArray[np.bool_]:  # type: ignore[no-untyped-def]
    """Rows of equal length whose differing characters all pass ``test``."""
    rows = np.flatnonzero(same_length & ~agree.all(axis=1))
    result = np.zeros(len(a), dtype=bool)
    result[rows] = (agree[rows] | test(a[rows], b[rows])).all(axis=1)
    return result


def same_sound(a: Codes, b: Codes) -> NDArray[np.bool_]:
    """Do two characters share a reading (曾 céng/zēng meets 增 zēng)?"""
    heard_a, heard_b = look_up(readings(), a), look_up(readings(), b)
    shared = np.zeros(a.shape, dtype=bool)
    for one in range(heard_a.shape[-1]):
        for other in range(heard_b.shape[-1]):
            shared |= (heard_a[..., one] == heard_b[..., other]) & (heard_a[..., one] > 0)
    return shared


def similar_shape(a: Codes, b: Codes) -> NDArray[np.bool_]:
    """Do corner codes differ in at most one digit, or do two characters share their rarest part?"""
    corner_a, corner_b = look_up(corner_codes(), a), look_up(corner_codes(), b)
    known = (corner_a[..., 0] < 10) & (corner_b[..., 0] < 10)
    corners = known & ((corner_a != corner_b).sum(axis=-1) <= 1)
    part_a, part_b = look_up(telling_parts(), a), look_up(telling_parts(), b)
    return corners | ((part_a == part_b) & (part_a > 0))


def _one_deleted(a: Codes, b: Codes) -> NDArray[np.bool_]:
    """Is one row the other with one character taken out?"""
    longer = np.where(((a > 0).sum(axis=1) >= (b > 0).sum(axis=1))[:, None], a, b)
    shorter = np.where(((a > 0).sum(axis=1) >= (b > 0).sum(axis=1))[:, None], b, a)
    result = np.zeros(len(a), dtype=bool)
    for place in range(a.shape[1]):
        kept = np.delete(longer, place, axis=1)
        result |= (longer[:, place] > 0) & (kept == shorter[:, :-1]).all(axis=1)
    return result


def _is_part(
    a: Codes, b: Codes, length_a: NDArray[np.int64], length_b: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Is the shorter name (of two characters or more) the beginning or end of the longer?"""
    shorter = np.minimum(length_a, length_b)
    place = np.arange(a.shape[1])
    head = ((a == b) | (place >= shorter[:, None])).all(axis=1)
    tail_a = np.take_along_axis(a, np.clip(length_a[:, None] - 1 - place, 0, None), axis=1)
    tail_b = np.take_along_axis(b, np.clip(length_b[:, None] - 1 - place, 0, None), axis=1)
    tail = ((tail_a == tail_b) | (place >= shorter[:, None])).all(axis=1)
    return (head | tail) & (shorter >= 2) & (length_a != length_b)


def _latin_levels(
    table: NameTable, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Names in letters: words in another order, close spelling, one word shared."""
    names = table.names["name"].to_list()
    left, right = [names[i] for i in first], [names[i] for i in second]
    ordered_left = [" ".join(sorted(name.split())) for name in left]
    ordered_right = [" ".join(sorted(name.split())) for name in right]
    close = np.maximum(
        cpdist(left, right, scorer=JaroWinkler.normalized_similarity),
        cpdist(ordered_left, ordered_right, scorer=JaroWinkler.normalized_similarity),
    )
    shares = np.array(
        [bool(set(x.split()) & set(y.split())) for x, y in zip(left, right, strict=True)],
        dtype=bool,
    )
    level = np.full(len(first), DIFFERENT, dtype=np.uint8)
    level[shares] = PART
    level[close >= _NEAR_LATIN] = ONE_OTHER
    level[close >= _CLOSE_LATIN] = SHAPE
    same_words = [x == y for x, y in zip(ordered_left, ordered_right, strict=True)]
    level[np.array(same_words, dtype=bool)] = ORDER
    return level
