"""Whatever happens to a returned workbook, nobody is given an answer that nobody wrote."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fpm.errors import RefusedError
from fpm.ledger import Ledger, verify
from officers import Returned

VISIT = dt.date(2026, 11, 6)
WRITTEN = {"赵大山": "已核实-不实", "钱有才": "已核实-纳入", "孙春梅": "已核实-不实"}

damages = st.lists(
    st.one_of(
        st.tuples(st.just("column"), st.integers(1, 20)),
        st.tuples(st.just("row"), st.integers(1, 7)),
        st.tuples(st.just("twice"), st.integers(4, 6)),
        st.tuples(st.just("key"), st.integers(0, 34)),
        st.tuples(st.just("borrowed"), st.integers(4, 6)),
        st.tuples(st.just("heading"), st.integers(1, 20)),
        st.tuples(st.just("shuffle"), st.integers(0, 9)),
        st.tuples(st.just("bytes"), st.integers(0, 9_000)),
    ),
    min_size=1,
    max_size=3,
)


def damage(book, how, where):
    sheet, header = book.sheet, book.header
    if how == "column":
        sheet.delete_cols(where)
    elif how == "row":
        sheet.delete_rows(where)
    elif how == "twice":
        for column in range(1, sheet.max_column + 1):
            sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(
                where, column
            ).value
    elif how == "key" and isinstance(key := sheet.cell(header + 1, 1).value, str):
        sheet.cell(header + 1, 1).value = key[:where] + "7" + key[where + 1 :]
    elif how == "borrowed":
        sheet.cell(where, 1).value = sheet.cell(header + 1, 1).value
    elif how == "heading":
        sheet.cell(header, where).value = None
    elif how == "shuffle":
        book.shuffle(where)


@pytest.fixture
def sent(county, tmp_path):
    """The list as filled in, the ledger before anything came back."""
    book = Returned(county.lists()["青石镇"])
    for head, result in WRITTEN.items():
        book.fill(head, result=result, visited_on=VISIT, officer="王干事")
    shutil.copy(county.workspace.ledger, tmp_path / "before.db")
    return book.save(tmp_path / "filled.xlsx")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damages)
def test_a_damaged_copy_records_what_was_written_or_reports_it(county, sent, tmp_path, done):
    shutil.copy(tmp_path / "before.db", county.workspace.ledger)
    path = tmp_path / "damaged.xlsx"
    book = Returned(sent)
    for how, where in done:
        if how != "bytes":
            damage(book, how, where)
    book.save(path)
    for how, where in done:
        if how == "bytes":
            path.write_bytes(path.read_bytes()[:where])

    try:
        imported = county.bring_back(path)
    except RefusedError:
        imported = None

    numbers = {no: home for home, no in county.numbers().items()}
    truth = {f"H{place}": result for place, result in enumerate(WRITTEN.values(), start=1)}
    with Ledger.open(county.workspace.ledger) as ledger:
        rows = ledger.feedback().to_dicts()
    assert all(truth[numbers[row["alert_no"]]] == row["result"] for row in rows)
    if imported is not None:
        assert imported.recorded == len({row["alert_no"] for row in rows})
        answers = imported.answers
        accounted = imported.recorded + answers.known + answers.blank + answers.problems.height
        assert accounted == answers.rows
    assert verify(county.workspace.ledger).sound
    intact = county.bring_back(sent)
    assert intact.answers.problems.is_empty()
