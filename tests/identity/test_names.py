"""Normal forms of names and how two names differ."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpm.identity.name_levels import LEVEL_TITLES, LEVELS, name_levels
from fpm.identity.names import name_table, normal_forms


def normal(text: str) -> str | None:
    return normal_forms(pl.Series([text])).row(0, named=True)["name"]


def level(left: str, right: str) -> str:
    forms = dict(normal_forms(pl.Series([left, right])).iter_rows())
    table = name_table(pl.Series(list(forms.values()), dtype=pl.String))
    number = dict(zip(table.names["name"], table.names["u"], strict=True))
    sides = [np.array([number.get(forms[text], -1)]) for text in (left, right)]
    return LEVELS[int(name_levels(table, *sides)[0])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("張偉", "张伟"),
        (" 王 小 明 ", "王小明"),
        ("王小明（已故）", "王小明"),
        ("王小明(户主", "王小明"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽•买买提", "阿依古丽买买提"),
        ("刘\U000e0100备", "刘备"),
        ("⺠生", "民生"),
        ("张○明", "张?明"),
        ("张零", "张〇"),
        ("張\ufffd偉", "张?伟"),
        ("\u200b李四", "李四"),
        ("Smith, John", "JOHN SMITH"),
        ("O'Brien", "OBRIEN"),
        ("José  García", "JOSE GARCIA"),
        ("无", None),
        ("N/A", None),
        ("   ", None),
    ],
)
def test_normal_forms(text: str, expected: str | None) -> None:
    assert normal(text) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("张伟", "張偉", "equal"),
        ("王小明", "王晓明", "sound"),
        ("曾国锋", "增国峰", "sound"),  # 曾 is read céng and zēng
        ("王未", "王末", "shape"),
        ("李锋", "李峰", "sound"),
        ("张?明", "张伟明", "unreadable"),
        ("张某明", "张伟明", "unreadable"),
        ("张**", "张伟明", "hidden"),
        ("张某某", "张伟明", "hidden"),
        ("张某", "张伟明", "hidden"),
        ("张**", "张某某", "hidden"),
        ("张某明", "张*明", "unreadable"),
        ("张**", "李伟明", "different"),
        ("欧阳**", "欧阳伟明", "hidden"),
        ("伟明张", "张伟明", "order"),
        ("张伟", "张伟明", "one_missing"),
        ("张伟明", "张国明", "one_other"),
        ("阿依古丽", "阿依古丽·买买提", "part"),
        ("张伟明", "无", "empty"),
        ("张伟", "张强", "surname"),
        ("张伟", "李强", "different"),
        ("JOHN SMITH", "Smith John", "order"),
        ("Jon Smith", "John Smith", "shape"),
        ("John Smith", "Mary Jones", "different"),
        ("John Smith", "John Webb", "part"),
        ("John Smith", "John Smyth", "shape"),
        ("John Smith", "Joan Smits", "one_other"),
        ("ZHANG XIAO MING", "张小明", "sound"),
        ("Zhang Xiaoming", "張曉明", "sound"),
        ("zhangxiaoming", "张小明", "sound"),
        ("Xiaoming Zhang", "张小明", "sound"),
        ("LV FANG", "吕芳", "sound"),
        ("Zhang Wei", "张小明", "different"),
    ],
)
def test_levels(left: str, right: str, expected: str) -> None:
    assert level(left, right) == expected
    assert level(right, left) == expected


def test_every_level_has_a_title() -> None:
    assert len(LEVELS) == len(LEVEL_TITLES)


@given(st.text(min_size=1, max_size=20))
def test_normal_forms_are_stable(text: str) -> None:
    once = normal(text)
    if once is not None:
        assert normal(once) == once


@given(st.lists(st.text(alphabet="王张伟明国?·ab ", min_size=1, max_size=6), max_size=8))
def test_a_readable_name_equals_itself_and_comparison_has_no_sides(texts: list[str]) -> None:
    forms = normal_forms(pl.Series(texts, dtype=pl.String))
    table = name_table(forms["name"])
    count = table.names.height
    left, right = (side.ravel() for side in np.meshgrid(np.arange(count), np.arange(count)))
    there, back = name_levels(table, left, right), name_levels(table, right, left)
    assert (there == back).all()
    readable = ~table.names["name"].str.contains("?", literal=True).to_numpy()
    assert (there[(left == right) & readable[left]] == 0).all()
    assert (there[left != right] > 0).all()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("J. Smith", "James Smith", "unreadable"),
        ("Smith, J", "James Smith", "unreadable"),
        ("John P Miller", "John Paul Miller", "unreadable"),
        ("Ana Díaz", "Ana María Díaz García", "shape"),
        ("Smith", "James Smith", "part"),
        ("J. Smith", "Mary Smith", "part"),
        ("J. S.", "James Smith", "different"),
    ],
)
def test_words_of_a_name_in_letters_may_be_left_out_or_cut_to_their_initial(
    left, right, expected
) -> None:
    assert level(left, right) == expected
