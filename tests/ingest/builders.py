"""A small layout and builders of delivered files, for all tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fpm.ingest import FileReading, read_file
from fpm.ingest.containers.parse import read_container
from fpm.ingest.opening import Opening
from fpm.rulebook.layout import Fingerprint, LayoutField, LayoutSpec

IN_PROCESS = Opening(container=read_container)
HEADERS = ("乡镇", "行政村", "姓名", "身份证号", "低保类型", "保障金", "开始日期")
ID_A = "99990119880208371X"
ID_B = "999901200003150028"

Rows = Sequence[Sequence[Any]]
Read = Callable[..., FileReading]


def field(title: str, kind: str, *headers: str, **more: Any) -> LayoutField:
    return LayoutField(title=title, type=kind, headers=headers or (title,), **more)


@pytest.fixture(scope="session")
def dibao() -> LayoutSpec:
    """A list of people with one column of every type."""
    return LayoutSpec(
        department="civil_affairs",
        kind="dibao",
        title="低保名单",
        coverage="complete",
        recognise=Fingerprint(
            file_words=("低保",), sheet_words=("低保",), fields=("dibao_type", "amount")
        ),
        fields={
            "township": field("乡镇", "place", "乡镇", "乡"),
            "village": field("村", "place", "行政村", "村"),
            "name": field("姓名", "person_name", required=True, filled=True),
            "id_number": field("身份证号", "id_number", "身份证号", "证件号码"),
            "head_name": field("户主姓名", "person_name"),
            "dibao_type": field(
                "低保类型",
                "category",
                spellings={"农村低保": ("农低", "02"), "城市低保": ("城低",)},
            ),
            "health": field(
                "健康状况",
                "category",
                multiple=True,
                spellings={"健康": (), "残疾": (), "长期慢性病": ("慢病",)},
            ),
            "amount": field("保障金", "money", "保障金", "金额"),
            "persons": field("保障人数", "number"),
            "started_on": field("开始日期", "date"),
            "pay_month": field("发放月份", "month"),
            "disabled": field("是否残疾", "yes_no"),
            "phone": field("联系电话", "phone"),
            "remark": field("备注", "text", "备注说明"),
        },
    )


@pytest.fixture(scope="session")
def tekun() -> LayoutSpec:
    """A layout that shares most columns with ``dibao``."""
    return LayoutSpec(
        department="civil_affairs",
        kind="tekun",
        title="特困名单",
        coverage="complete",
        recognise=Fingerprint(file_words=("特困",), fields=("support", "amount")),
        fields={
            "township": field("乡镇", "place", "乡镇", "乡"),
            "name": field("姓名", "person_name", required=True, filled=True),
            "id_number": field("身份证号", "id_number"),
            "support": field("供养方式", "category"),
            "amount": field("供养金", "money", "供养金", "金额"),
        },
    )


@pytest.fixture
def read(dibao: LayoutSpec, tekun: LayoutSpec) -> Read:
    """Read a file with both layouts, in this process."""

    def _read(path: Path, **options: Any) -> FileReading:
        options.setdefault("opening", IN_PROCESS)
        return read_file(path, path.name, [dibao, tekun], **options)

    return _read


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows (a cell starting with = stays text) to an xlsx."""

    def _xlsx(name: str = "低保.xlsx", merge: Sequence[str] = (), **sheets: Rows) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row_number, row in enumerate(rows, 1):
                for column, value in enumerate(row, 1):
                    cell = sheet.cell(row_number, column, value)
                    if isinstance(value, str):
                        cell.data_type = "s"
            for area in merge:
                sheet.merge_cells(area)
        book.save(tmp_path / name)
        return tmp_path / name

    return _xlsx


def person(name: str = "张三", id_number: Any = ID_A, **more: Any) -> list[Any]:
    """One row under ``HEADERS``."""
    row = {"kind": "农村低保", "amount": 350, "started": "2026-01-01", **more}
    return ["东山乡", "王家村", name, id_number, row["kind"], row["amount"], row["started"]]
