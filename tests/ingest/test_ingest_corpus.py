"""The corpus: hostile and odd files, each with what a careful reader may expect of it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest import read_file
from fpm.ingest.containers.child import read_in_child
from fpm.ingest.containers.parse import read_container
from fpm.ingest.limits import DEFAULT_LIMITS
from fpm.ingest.opening import Opening
from fpm.rulebook import load_rulebook
from ingest.corpus import (
    columns,
    containers,
    doubts,
    groups,
    odd,
    programs,
    safety,
    tables,
    unusual,
    values,
)
from ingest.corpus.case import cells, plain

FAMILIES = {
    "columns": columns,
    "containers": containers,
    "doubts": doubts,
    "groups": groups,
    "odd": odd,
    "programs": programs,
    "safety": safety,
    "tables": tables,
    "unusual": unusual,
    "values": values,
}
CASES = [
    pytest.param(case, id=f"{name}-{case.name}")
    for name, family in FAMILIES.items()
    for case in family.cases()
]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def layouts():
    return load_rulebook(ROOT / "rules").layouts


def test_the_corpus_is_as_large_as_it_claims():
    assert len(CASES) >= 200
    assert len({param.id for param in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_read_exactly_or_refused_in_one_sentence(tmp_path, layouts, case):
    path = tmp_path / case.file
    path.write_bytes(case.build())
    container = read_in_child if case.child else read_container
    limits = dataclasses.replace(DEFAULT_LIMITS, **case.limits)
    opening = Opening(limits, container=container)
    reading = refusal = None
    try:
        reading = read_file(path, path.name, layouts, department=case.department, opening=opening)
    except FileRefusedError as refused:
        refusal = refused
    if reading is None:
        check_refusal(case, refusal)
        return
    check_accounts(reading)
    if case.refused is not None:
        assert not case.refused, "should have been refused"
        check_reading(case, reading)


def check_refusal(case, refusal):
    sentence = str(refusal)
    assert case.refused is None or case.refused, sentence
    assert sentence.startswith(f"文件“{case.file}”：")
    assert re.search(r"[\u4e00-\u9fff]{4}", refusal.reason)
    assert "\n" not in sentence
    assert len(sentence) < 1000
    assert not re.search(r"\d{15}", sentence), "an ID is never shown"
    for words in case.refused or ():
        assert words in sentence


def check_accounts(reading):
    for line in reading.files.iter_rows(named=True):
        assert line["rows"] == line["non_data"] + line["quarantined"] + line["records"]


def check_reading(case, reading):
    given = [row for frame in reading.records.values() for row in frame.iter_rows(named=True)]
    wanted = list(case.records)
    shape = wanted[0] if wanted else {}
    assert [plain(row, shape) for row in given] == wanted
    assert cells(reading.quarantine) == sorted(case.aside)
    assert cells(reading.blanked) == sorted(case.blanked)
    notes = "\n".join(note for sheet in reading.sheets for note in sheet.notes)
    for words in case.notes:
        assert words in notes
