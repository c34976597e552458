"""How two names differ: one of twelve levels, decided per unique pair by whole-array steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from fpm.identity.characters import Bools
from fpm.identity.names import NameTable
from fpm.identity.words import held_words

LEVELS: Final = (
    "equal",
    "sound",
    "shape",
    "unreadable",
    "order",
    "one_missing",
    "one_other",
    "part",
    "hidden",
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
    "姓氏相同（名字被隐去）",
    "未填姓名",
    "仅姓氏相同",
    "姓名不同",
)

(
    EQUAL,
    SOUND,
    SHAPE,
    UNREADABLE,
    ORDER,
    ONE_MISSING,
    ONE_OTHER,
    PART,
    HIDDEN,
    EMPTY,
    SURNAME,
    DIFFERENT,
) = range(len(LEVELS))

_CLOSE_LATIN = 0.92
_NEAR_LATIN = 0.80

_Rows = NDArray[np.intp]
_Chars = NDArray[np.uint16]


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


def _unique_levels(table: NameTable, first: _Rows, second: _Rows) -> NDArray[np.uint8]:
    chinese = table.names["chinese"].to_numpy()
    both, same = chinese[first] & chinese[second], first == second
    level = np.full(len(first), EQUAL, dtype=np.uint8)
    for levels, rows in ((_chinese_levels, both & ~same), (_latin_levels, ~both & ~same)):
        if rows.any():
            level[rows] = levels(table, first[rows], second[rows])
    heard = table.names["sound"].to_numpy()
    spelt = np.flatnonzero(chinese[first] != chinese[second])
    level[spelt[heard[first[spelt]] == heard[second[spelt]]]] = SOUND
    # Two people may both be written 张**: only what can be read is the same.
    rows = np.flatnonzero(same & both)
    unreadable = table.chars[first[rows]] == _question(table)
    lost = unreadable.sum(axis=1)
    level[rows[lost > 0]] = UNREADABLE
    level[rows[(lost > 0) & (lost + 1 >= table.lengths[first[rows]])]] = HIDDEN
    return level


def _chinese_levels(table: NameTable, first: _Rows, second: _Rows) -> NDArray[np.uint8]:
    """Levels of names that differ. Later assignments are stronger."""
    a, b = table.chars[first], table.chars[second]
    width = int((a | b).any(axis=0).sum())
    a, b = a[:, : width + 1], b[:, : width + 1]
    length_a, length_b = table.lengths[first], table.lengths[second]
    longest = np.maximum(length_a, length_b)
    same_length = length_a == length_b
    agree = a == b
    differing = (~agree).sum(axis=1)
    question = _question(table)
    unreadable = (a == question) | (b == question)
    level = np.full(len(a), DIFFERENT, dtype=np.uint8)
    level[agree[:, 0] & ~unreadable[:, 0]] = SURNAME
    # Each of the dearer questions is asked only of the pairs that it may be true of.
    rows = np.flatnonzero(~same_length & (np.minimum(length_a, length_b) >= 2))
    level[rows[_is_part(a[rows], b[rows], length_a[rows], length_b[rows])]] = PART
    level[same_length & (differing == 1) & ((longest >= 3) | ~agree[:, 0])] = ONE_OTHER
    rows = np.flatnonzero((np.abs(length_a - length_b) == 1) & (longest >= 3))
    level[rows[_one_deleted(a[rows], b[rows], length_a[rows] > length_b[rows])]] = ONE_MISSING
    rows = np.flatnonzero(same_length & (differing >= 2))
    rearranged = (np.sort(a[rows], axis=1) == np.sort(b[rows], axis=1)).all(axis=1)
    level[rows[rearranged]] = ORDER
    rows = np.flatnonzero(unreadable.any(axis=1))
    one, other = a[rows], b[rows]
    level[rows[_is_hidden(one, other, question) | _is_hidden(other, one, question)]] = HIDDEN
    readable = (agree[rows] | unreadable[rows]).all(axis=1)
    level[rows[same_length[rows] & (unreadable[rows].sum(axis=1) == 1) & readable]] = UNREADABLE
    rows = np.flatnonzero(same_length & (differing > 0))
    level[_alike(table, a, b, rows, similar_shape)] = SHAPE
    level[_alike(table, a, b, rows, same_sound)] = SOUND
    return level


def _is_hidden(a: _Chars, b: _Chars, question: int) -> Bools:
    """Does ``a`` show no more than the beginning of ``b``, as 张** shows of 张伟明?"""
    lost = a == question
    open_places = (a > 0) & ~lost
    after = np.maximum.accumulate(lost, axis=1) & open_places
    shown = open_places[:, 0] & lost.any(axis=1) & ~after.any(axis=1)
    hidden: Bools = shown & ((a == b) | ~open_places).all(axis=1)
    return hidden


def _question(table: NameTable) -> int:
    """Row of the alphabet that stands for a character nobody can read; -1 if there is none."""
    rows = np.flatnonzero(table.alphabet == ord("?"))
    return int(rows[0]) if len(rows) else -1


def _alike(
    table: NameTable, a: _Chars, b: _Chars, rows: _Rows, like: Callable[..., Bools]
) -> _Rows:
    """Rows whose characters are all equal or alike; most fall out at their first character."""
    for place in range(a.shape[1]):
        left, right = a[rows, place], b[rows, place]
        fits = left == right
        fits[~fits] = like(table, left[~fits], right[~fits])
        rows = rows[fits]
    return rows


def same_sound(table: NameTable, a: _Chars, b: _Chars) -> Bools:
    """Do two characters share a reading (曾 céng/zēng meets 增 zēng)?"""
    heard_a, heard_b = table.readings[a], table.readings[b]
    shared = np.zeros(a.shape, dtype=bool)
    for one in range(heard_a.shape[-1]):
        for other in range(heard_b.shape[-1]):
            shared |= (heard_a[..., one] == heard_b[..., other]) & (heard_a[..., one] > 0)
    return shared


def similar_shape(table: NameTable, a: _Chars, b: _Chars) -> Bools:
    """Do corner codes differ in at most one digit, or do two characters share their rarest part?"""
    corner_a, corner_b = table.corners[a], table.corners[b]
    known = (corner_a[..., 0] < 10) & (corner_b[..., 0] < 10)
    corners: Bools = known & ((corner_a != corner_b).sum(axis=-1) <= 1)
    shared: Bools = (table.parts[a] == table.parts[b]) & (table.parts[a] > 0)
    return corners | shared


def _one_deleted(a: _Chars, b: _Chars, a_longer: Bools) -> Bools:
    """Is one row the other, shorter by one, with one character put in?"""
    longer = np.where(a_longer[:, None], a, b)
    shorter = np.where(a_longer[:, None], b, a)
    before = np.logical_and.accumulate(longer == shorter, axis=1)[:, :-1]
    after = np.logical_and.accumulate((longer[:, 1:] == shorter[:, :-1])[:, ::-1], axis=1)[:, ::-1]
    start = np.ones((len(a), 1), dtype=bool)
    result: Bools = (np.hstack([start, before]) & np.hstack([after, start])).any(axis=1)
    return result


def _is_part(
    a: _Chars, b: _Chars, length_a: NDArray[np.int64], length_b: NDArray[np.int64]
) -> Bools:
    """Is the shorter name the beginning or end of the longer?"""
    place = np.arange(a.shape[1])
    beyond = place >= np.minimum(length_a, length_b)[:, None]
    head = ((a == b) | beyond).all(axis=1)
    tail_a = np.take_along_axis(a, np.clip(length_a[:, None] - 1 - place, 0, None), axis=1)
    tail_b = np.take_along_axis(b, np.clip(length_b[:, None] - 1 - place, 0, None), axis=1)
    tail = ((tail_a == tail_b) | beyond).all(axis=1)
    result: Bools = head | tail
    return result


def _latin_levels(table: NameTable, first: _Rows, second: _Rows) -> NDArray[np.uint8]:
    """Names in letters: words in another order, close spelling, words left out, one shared."""
    both = table.names["name"].gather(np.concatenate([first, second])).to_frame()
    words = both.with_columns(ordered=pl.col("name").str.split(" ").list.sort().list.join(" "))
    words = words.with_columns(words=pl.col("ordered").str.split(" "))
    left, right = words[: len(first)], words[len(first) :]
    close = np.maximum(*(_spelling(left[column], right[column]) for column in ("name", "ordered")))
    shares = (
        pl.DataFrame({"a": left["words"], "b": right["words"]})
        .select(pl.col("a").list.set_intersection("b").list.len() > 0)
        .to_series()
        .to_numpy()
    )
    level = np.full(len(first), DIFFERENT, dtype=np.uint8)
    level[shares] = PART
    level[close >= _NEAR_LATIN] = ONE_OTHER
    level[close >= _CLOSE_LATIN] = SHAPE
    rows = np.flatnonzero(shares)
    held, initials = held_words(left["words"].gather(rows), right["words"].gather(rows))
    level[rows[held]] = SHAPE
    level[rows[initials]] = UNREADABLE
    level[(left["ordered"] == right["ordered"]).to_numpy()] = ORDER
    return level


def _spelling(left: pl.Series, right: pl.Series) -> NDArray[np.float32]:
    similarity: NDArray[np.float32] = cpdist(
        left.to_list(), right.to_list(), scorer=JaroWinkler.normalized_similarity
    )
    return similarity
