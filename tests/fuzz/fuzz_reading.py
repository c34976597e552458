"""Fuzz targets for the readers, the header finder and the parsers of values (see README.md)."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fpm.errors import FileRefusedError
from fpm.ingest import read_file
from fpm.ingest.cells import CellContext, parse_columns
from fpm.ingest.containers.biff import examine_xls, plain_xls, xls_counts_from_1904
from fpm.ingest.containers.package import ZIP_DAMAGE, tidied
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.parts import examine_parts
from fpm.ingest.containers.plain_ods import plain_ods
from fpm.ingest.containers.sniff import UnreadableError
from fpm.ingest.head_search import find_header
from fpm.ingest.header import HeaderIndex
from fpm.ingest.limits import Limits
from fpm.ingest.opening import Opening
from fpm.rulebook import load_rulebook
from fpm.rulebook.layout import LayoutField
from ingest.corpus import containers, forge, tables, unusual, values

ROOT = Path(__file__).resolve().parents[2]
LAYOUTS = load_rulebook(ROOT / "rules").layouts
INDEXES = [HeaderIndex(layout) for layout in LAYOUTS]
SMALL = Limits(inflated_bytes=64 << 20, cells=2_000_000, text_bytes=64 << 20)
PYTHON_ONLY = Opening(SMALL, container=read_container)
"""Parsers written in Python; the others can abort the process and are read in a child."""
KINDS = (
    "id_number",
    "person_name",
    "text",
    "yes_no",
    "number",
    "money",
    "date",
    "month",
    "place",
    "phone",
)
PIECES = [
    *(cell for row in (*containers.TEXT, tables.HEAD, tables.ONE) for cell in row if cell),
    *(str(cell) for cell, _ in (*values.DAYS, *values.SUMS, *values.IDS, *values.PHONES)),
    *(
        "合计",
        "小计：",
        "注",
        "（",
        "）",
        "\u200b",
        "\ufeff",
        "\x00",
        '"',
        "'",
        "=",
        "\r",
        "\n",
        "年",
        "月",
        "万元",
    ),
]
SEEDS: list[bytes] = [
    forge.text(containers.ROWS),
    forge.text(containers.ROWS, "gb18030"),
    forge.text(containers.ROWS, "utf-16"),
    forge.html(containers.ROWS),
    forge.xml_2003(containers.ROWS),
    forge.dbf([("姓名", "C", 12), ("保障金", "N", 9), ("时间", "T", 8)], [["张三", "1", "x"]] * 3),
]


BOOKS: list[bytes] = [
    forge.xls(containers.ROWS),
    forge.zipped(forge.raw_parts(forge.sheet_data(containers.ROWS)), zipfile.ZIP_STORED),
    forge.changed(forge.ods(containers.ROWS), lambda _, part: part),
    unusual.ods_with(unusual.NAME, "<text:p><![CDATA[张三]]></text:p>"),
    unusual.sheet_with("<row ", "<row hidden='1' ", spaced=True)(),
]
"""Workbooks that another parser reads, in a child; here only what we look at ourselves."""


def read(data: bytes) -> None:
    """Bytes → a sound reading or a refusal in one sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "低保名单.xls"
        path.write_bytes(data)
        try:
            reading = read_file(path, path.name, LAYOUTS, opening=PYTHON_ONLY)
        except FileRefusedError as refused:
            if "\n" in str(refused):
                raise ValueError("a refusal is one sentence") from refused
            return
    for line in reading.files.iter_rows(named=True):
        assert line["rows"] == line["non_data"] + line["quarantined"] + line["records"]
    for records in reading.records.values():
        keys = records.select("file", "sheet", "row")
        assert keys.n_unique() == keys.height, "a row is known by file, sheet and number"


def examine(data: bytes) -> None:
    """A workbook → what its parser does not tell, a repaired one, or a refusal."""
    look = examine_parts if data.startswith(b"PK") else lambda given, _: examine_xls(given)
    with contextlib.suppress(UnreadableError):
        look(data, SMALL)
    xls_counts_from_1904(data)
    assert len(plain_xls(data)) == len(data)
    with contextlib.suppress(UnreadableError):
        plain_ods(data)
    with contextlib.suppress(UnreadableError, *ZIP_DAMAGE):
        tidied(data)


def find(rows: list[list[str | None]]) -> None:
    """Any rows → a header or none."""
    for index in INDEXES:
        header = find_header(rows, index)
        assert header is None or 0 <= header.first <= header.last < len(rows)


def parse(texts: list[str]) -> None:
    """Any text → a value, a code or nothing; never both a value and a code."""
    column = pl.Series("c0", texts or [""], dtype=pl.String)
    cells = column.to_frame()
    for kind in KINDS:
        field = LayoutField(title="列", type=kind, headers=("列",))
        found = parse_columns(cells, {"c0": CellContext(field)})["c0"]
        assert len(found.values) == len(found.code) == len(column)
        if kind not in {"id_number", "person_name", "text", "place", "phone"}:
            assert not (found.values.is_not_null() & found.code.is_not_null()).any()


def mutated_part(data: bytes, dice: random.Random) -> bytes:
    """A zip with a few changes in one of its parts, where no checksum gives them away."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        chosen = dice.choice(parts.namelist())
    return forge.changed(data, lambda name, part: mutated(part, dice) if name == chosen else part)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """The bytes with a few changes."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(changed) + 1)
        way = dice.randrange(6)
        if way == 0 and changed:
            changed[at % len(changed)] = dice.randrange(256)
        elif way == 1:
            del changed[at : at + dice.randint(1, 40)]
        elif way == 2:
            changed[at:at] = changed[at : at + dice.randint(1, 200)]
        elif way == 3:
            changed[at:at] = dice.choice(PIECES).encode(
                dice.choice(["utf-8", "gb18030"]), "replace"
            )
        elif way == 4:
            other = dice.choice(SEEDS)
            changed[at:at] = other[dice.randrange(len(other)) :][: dice.randint(1, 300)]
        else:
            changed[at:at] = bytes(
                dice.choices(b"\r\n,;\t\"'<>&/=\x00\x1f\xff\xfe", k=dice.randint(1, 5))
            )
    return bytes(changed)


def text(dice: random.Random) -> str:
    """A text of familiar pieces and strange characters."""
    strange = (
        chr(
            dice.choice(
                [dice.randrange(32, 127), dice.randrange(0x3000, 0xFFFF), dice.randrange(0x10FFFF)]
            )
        )
        for _ in range(2)
    )
    pieces = [*dice.choices(PIECES, k=dice.randint(1, 2)), *strange]
    kept = "".join(dice.sample(pieces, dice.randint(1, len(pieces))))
    return kept.encode("utf-8", "replace").decode()


def once(dice: random.Random) -> tuple[Callable[..., None], object]:
    """One target with one input."""
    way = dice.randrange(5)
    if way == 4:
        book = dice.choice(BOOKS)
        is_zip = book.startswith(b"PK") and dice.random() < 0.7
        return examine, mutated_part(book, dice) if is_zip else mutated(book, dice)
    if way == 0:
        return parse, [text(dice) for _ in range(30)]
    if way == 1:
        return find, [
            [text(dice) if dice.random() < 0.8 else None for _ in range(6)] for _ in range(5)
        ]
    if way == 2:
        rows = [[text(dice) for _ in range(6)] for _ in range(3)]
        return read, mutated(forge.text([containers.TEXT[0], *rows, *containers.TEXT[1:]]), dice)
    return read, mutated(dice.choice(SEEDS), dice)


def main(seconds: float, seed: int) -> int:
    """Run for a while; returns how many inputs were found that break the promise."""
    dice = random.Random(seed)
    ends = time.monotonic() + seconds
    done = finds = 0
    while time.monotonic() < ends:
        target, given = once(dice)
        started = time.monotonic()
        try:
            target(given)
            assert time.monotonic() - started < 20, "a file is read within 20 seconds"
        except BaseException as error:  # a panic in Rust is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            finds += 1
            folder = Path("fuzz-finds")
            folder.mkdir(exist_ok=True)
            told = f"{target.__name__}\n{traceback.format_exc()}\n{given!r}\n"
            (folder / f"{seed}-{done}.txt").write_text(told, "utf-8")
            sys.stdout.write(f"{target.__name__}: {type(error).__name__}: {str(error)[:200]}\n")
        done += 1
    sys.stdout.write(f"{done} inputs, {finds} finds\n")
    return finds


def guided() -> None:
    """Let atheris choose the bytes."""
    import atheris  # noqa: PLC0415 - only for guided runs

    def target(data: bytes) -> None:
        read(data)
        examine(data)
        parse([data.decode("utf-8", "replace")])

    atheris.instrument_all()
    atheris.Setup([sys.argv[0]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    if "--atheris" in sys.argv:
        sys.argv.remove("--atheris")
        guided()
    numbers = [float(word) for word in sys.argv[1:]]
    sys.exit(min(main(*([*numbers, 60.0, 1.0][:1]), int([*numbers[1:], 1][0])), 1))
