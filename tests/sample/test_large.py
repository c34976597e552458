"""Lists too long for a container are sent in another, and are still read as what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from fpm.ingest import read_file
from fpm.model import Period
from fpm.rulebook import load_rulebook
from fpm.sample import write_county
from fpm.sample.files import civil_affairs, medical_insurance, roster
from fpm.shipped import shipped_rules


def test_long_lists_change_their_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "_XLSX_LINES", 1)
    monkeypatch.setattr(medical_insurance, "_XLSX_LINES", 1)
    monkeypatch.setattr(civil_affairs, "_XLS_LINES", 1)
    write_county(tmp_path, persons=300, periods=[Period(2026, 10)], seed=8)
    layouts = load_rulebook(shipped_rules()).layouts
    kinds = {
        "农户信息_20261008.csv": ("roster", "persons"),
        "居民参保名单202610.csv": ("medical_insurance", "enrolment"),
        "低保对象名单202610.xlsx": ("civil_affairs", "dibao"),
    }
    for ending, kind in kinds.items():
        (path,) = (tmp_path / "inbox").rglob(f"*{ending}")
        reading = read_file(path, path.name, layouts)
        assert list(reading.records) == [kind]
        assert reading.records[kind].height > 5
        assert reading.quarantine.is_empty()
