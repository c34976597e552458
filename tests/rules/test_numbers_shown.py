"""A monthly run says under which number of the national quality rules each correction stands."""

import datetime as dt

import openpyxl
import polars as pl
import pytest

from fpm.model import Period
from fpm.pipeline.rules import document
from fpm.pipeline.run import run_period
from fpm.workspace import Workspace

from .exports import house, on_house, on_member, write_exports
from .plants import plan, works

PERIOD = Period(2026, 10)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Two households of the five exports, without ID number and electricity; a village of nobody."""
    made = Workspace.create(tmp_path_factory.mktemp("county"), "样例县", "999901")
    houses = [house("lifted", 1), house("open", 2)]
    on_member(0, {"证件号码": "无"})(houses[0])
    on_house(是否通生活用电="")(houses[1])
    works()(houses[0])
    plan(1)(houses[1])
    inbox = made.root / "inbox" / str(PERIOD)
    inbox.mkdir(parents=True, exist_ok=True)
    nobody = house("lifted", 9)
    nobody.village = {"总人口数": 0}
    nobody.members.clear()
    write_exports(inbox, [*houses, nobody])
    run_period(made, PERIOD, dt.date(2026, 11, 2), lambda *_: None)
    return made


def test_the_numbers_are_kept_with_the_period(workspace):
    numbers = pl.read_parquet(workspace.root / "data" / str(PERIOD) / "numbers.parquet")
    found = set(numbers.select("number", "rule_id", "household_id", "person_id").rows())
    assert ("4_01_003", "id_missing", "H000001", "H00000101") in found
    assert ("5_15_002", "household_blank_power", "H000002", None) in found


def test_a_village_of_which_the_roster_holds_nobody_is_judged(workspace):
    numbers = pl.read_parquet(workspace.root / "data" / str(PERIOD) / "numbers.parquet")
    found = numbers.filter(pl.col("number") == "1_03_002").select("township", "village")
    assert found.rows() == [("青石镇", "第9村")]
    matches = pl.read_parquet(workspace.root / "data" / str(PERIOD) / "matches.parquet")
    assert set(matches.filter(pl.col("kind") == "village")["status"]) == {"confirmed"}


def test_the_township_reads_them_on_its_list(workspace):
    book = openpyxl.load_workbook(
        workspace.root / "out" / str(PERIOD) / "信息更正" / "青石镇.xlsx", read_only=True
    )
    rows = list(book["信息更正"].iter_rows(min_row=3, values_only=True))
    titles = rows[0]
    shown = {(row[titles.index("更正事项")], row[titles.index("质量规则编号")]) for row in rows[1:]}
    assert ("脱贫人口没有证件号码或号码全是9", "4_01_003") in shown
    assert ("户的是否通生活用电没有填", "5_15_002") in shown


def test_a_rule_is_found_by_its_number_with_the_hits_of_each(workspace):
    told = document(workspace, PERIOD, "4_01_003")
    assert told["id"] == "id_missing"
    assert told["number_hits"] == {"4_01_003": 1}
    assert document(None, PERIOD, "5_15_002")["number_hits"]["5_15_002"] is None


def test_a_rule_says_what_its_conditions_name(workspace):
    names = document(workspace, PERIOD, "5_01_006")["names"]
    assert names["public_post"] == "公益性岗位"
    assert names["public_post_age_max"] == "到几岁不应再有公益性岗位"
