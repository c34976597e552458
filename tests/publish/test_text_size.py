"""Rows are high enough for their text."""

import pytest

from fpm.publish.text_size import MOST_LINES, fitting_lines, lines_needed, row_height


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("四个汉字", 10, 1),  # 10 units are 70 pixels, 5.8 characters of 12 pixels
        ("六个汉字不够", 10, 2),
        ("一\n二\n三", 40, 3),
        ("999901-2026-00001", 10, 2),
        ("甲" * 58, 70, 2),
    ],
)
def test_lines_of_wrapped_text(text, width, lines):
    assert lines_needed(text, width) == lines


def test_longer_text_never_needs_fewer_lines():
    counts = [lines_needed("汉a" * length, 20) for length in range(1, 200)]
    assert counts == sorted(counts)


def test_a_row_is_never_higher_than_excel_allows():
    assert row_height(MOST_LINES) <= 409
    assert row_height(1000) == 409


def test_only_whole_texts_count_as_fitting():
    assert fitting_lines(["短", "长" * 100, "短"], width=20, most=3) == 1
    assert fitting_lines(["短", "短"], width=20, most=2) == 2
