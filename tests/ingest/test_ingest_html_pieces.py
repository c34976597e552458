"""A page read piece by piece gives what it gives at once, wherever a piece ends."""

from __future__ import annotations

import pytest

from fpm.ingest.containers import html_pieces
from fpm.ingest.containers.html_table import read_html
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.limits import Limits

ROWS = "".join(
    f"<tr><td>张{'三' * (number % 3)}</td><td class='x'>{number}</td><td>东山乡</td></tr>\n"
    for number in range(40)
)
PAGES = {
    "plain": f"<table>{ROWS}</table>",
    "capitals": f"<TABLE>{ROWS.upper()}</TABLE>",
    "two tables": f"<table>{ROWS}</table><p>甲</p><table>{ROWS}</table>",
    "a table in a cell": f"<table><tr><td>甲<table>{ROWS}</table>乙</td></tr>{ROWS}</table>",
    "rows in comments": f"<table>{ROWS}<!-- {ROWS} -->{ROWS}<tr><td>末</td></tr></table>",
    "rows in scripts": f"<table>{ROWS}<script>'{ROWS}'</script><style>{ROWS}</style>{ROWS}</table>",
    "no end": f"<table>{ROWS}<tr><td>末",
    "rows without ends": "<table>" + ROWS.replace("</tr>", "") + "</table>",
    "spans": "<table>" + ROWS.replace("<td>东", "<td rowspan=3>东") + "</table>",
    "text between rows": "<table>" + ROWS.replace("</tr>", "</tr>甲 &amp;") + "</table>乙",
}


def sheets(page: bytes) -> object:
    try:
        return [(sheet.head, list(sheet.blocks)) for sheet in read_html(page, Limits())]
    except UnreadableError as error:
        return str(error)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", PAGES)
def test_pieces_make_the_page(name: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGES[name].encode(encoding)
    expected = sheets(page)
    for size in (1, 100, 257, 1000):
        monkeypatch.setattr(html_pieces, "_PIECE", size)
        assert sheets(page) == expected, size


def test_a_line_of_another_encoding_in_a_later_piece_is_read_as_in_a_short_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = f"<table>{ROWS}".encode("gb18030") + f"{ROWS}</table>".encode()
    expected = sheets(page)
    monkeypatch.setattr(html_pieces, "_PIECE", 300)
    assert sheets(page) == expected
    assert "编码混用" in str(expected)
