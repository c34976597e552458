"""What a file makes this process hold or do stays within bounds, whatever it contains."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from fpm.ingest.containers import marks
from fpm.ingest.containers.parse import read_container
from fpm.ingest.containers.parts import examine_parts
from fpm.ingest.containers.sniff import TooSlowError, UnreadableError
from fpm.ingest.containers.wire import RawSheet
from fpm.ingest.limits import DEFAULT_LIMITS, Limits
from fpm.ingest.opening import Opening, open_file
from ingest.test_ingest_containers import xls_bytes, xlsx_bytes


def with_errors(count: int) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written)
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, ["姓名", "保障金"])
    for row in range(1, count + 1):
        sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")
    book.close()
    return written.getvalue()


def test_a_sheet_with_more_errors_than_can_be_told_of_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(examine_parts(with_errors(10), DEFAULT_LIMITS)["名单"].errors) == 10
    monkeypatch.setattr(marks, "MOST_MARKED", 9)
    assert len(examine_parts(with_errors(9), DEFAULT_LIMITS)["名单"].errors) == 9
    with pytest.raises(UnreadableError, match="9 个以上的单元格是公式错误"):
        examine_parts(with_errors(10), DEFAULT_LIMITS)


def test_parts_are_looked_through_no_longer_than_a_file_may_take() -> None:
    with pytest.raises(TooSlowError):
        examine_parts(xlsx_bytes(), replace(DEFAULT_LIMITS, seconds=0.0))


@pytest.mark.parametrize(("written", "is_zip"), [(with_errors(1), True), (xls_bytes(), False)])
def test_a_zipped_workbook_is_parsed_from_where_it_lies(
    tmp_path: Path, written: bytes, is_zip: bool
) -> None:
    given: list[bytes | Path] = []

    def read(file: bytes | Path, limits: Limits) -> Iterator[RawSheet]:
        given.append(file)
        return read_container(file, limits)

    path = tmp_path / "名单"
    path.write_bytes(written)
    (held,) = open_file(written, Opening(container=read_container))
    (read_there,) = open_file(written, Opening(container=read, path=path))
    assert given == [path if is_zip else written]
    assert read_there.cells.equals(held.cells)
    assert read_there.marks == held.marks
