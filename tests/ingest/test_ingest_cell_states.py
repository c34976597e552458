"""Beside every record: the fields its sheet has no column for, and the cells that were not read."""

import pytest

from fpm.ingest import read_file
from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_rules


@pytest.fixture(scope="module")
def book():
    return load_rulebook(shipped_rules())


@pytest.fixture
def roster(book, tmp_path):
    """Records of a roster with these headers and rows."""

    def read(headers, *rows):
        fixed = "乡,村,户编号,人编号,姓名,与户主关系,户类型"
        lines = [f"{fixed},{headers}"]
        lines += [f"青石镇,上河村,H{n},P{n},赵大山,户主,脱贫户,{row}" for n, row in enumerate(rows)]
        path = tmp_path / "花名册.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_file(path, path.name, book.layouts).records["roster", "persons"]

    return read


def test_a_field_without_a_column_is_lacking(roster):
    lacking = roster("耕地面积（亩）", "3", "")["lacking"][0].split(",")
    assert "farmland" not in lacking
    assert {"woodland", "health", "risks"} <= set(lacking)


def test_a_cell_that_cannot_be_read_is_told_from_a_blank_one(roster):
    records = roster("与村主干路距离（公里）,劳动技能", "很远,", ",不会干", "无,", "3.5,无劳动力")
    assert records["unreadable"].to_list() == ["road_distance", "labour", None, None]
    assert records["road_distance"].to_list() == [None, None, None, 3.5]


def test_the_first_risk_is_kept_and_counts_among_the_risks(roster):
    records = roster("致贫/返贫风险1,致贫/返贫风险2,致贫/返贫风险3", "因病,因残,", ",因学,", ",,")
    assert records["first_risk"].to_list() == ["因病", None, None]
    assert records["risks"].to_list() == ["因残,因病", "因学", None]
    assert "risks" not in records["lacking"][0].split(",")


def test_further_risks_without_the_first_are_known_from_one_column_of_all(roster):
    records = roster("致贫/返贫风险2,致贫/返贫风险3", "因残,因学", ",")
    assert records["further_risks"].to_list() == records["risks"].to_list()
    assert set(records["risks"][0].split(",")) == {"因残", "因学"}
    lacking = records["lacking"][0].split(",")
    assert "first_risk" in lacking
    assert not {"further_risks", "risks"} & set(lacking)
    whole = roster("致贫/返贫风险", "因残", "")["lacking"][0].split(",")
    assert {"first_risk", "further_risks"} <= set(whole)
    assert "risks" not in whole


def test_headers_of_a_wide_table_that_come_again_keep_the_first(roster):
    records = roster(
        "识别监测时间,风险是否已消除,识别监测时间,风险是否已消除", "202305,否,202401,是"
    )
    assert records["identified_on"][0].isoformat() == "2023-05-01"
    assert records["risk_cleared"].to_list() == [False]


def test_headers_that_come_again_are_read_where_the_first_is_blank(roster):
    records = roster("识别监测时间,风险是否已消除,识别监测时间,风险是否已消除", ",-,202401,是")
    assert records["identified_on"][0].isoformat() == "2024-01-01"
    assert records["risk_cleared"].to_list() == [True]


def test_words_for_none_are_blank_where_any_text_is_allowed(roster):
    records = roster("健康帮扶,产业帮扶", "无,种植，养殖", "大病救治,")
    assert records["help_health"].to_list() == [None, "大病救治"]
    assert records["help_industry"].to_list() == ["养殖,种植", None]


@pytest.mark.parametrize("mark", ["-", "——", "/", "null", "无"])
def test_a_mark_for_none_beside_other_risks_hides_none_of_them(roster, mark):
    headers = "致贫/返贫风险1,致贫/返贫风险2,致贫/返贫风险3"
    records = roster(headers, f"因病,{mark},因学", f"{mark},{mark},{mark}")
    assert records["risks"].to_list() == ["因学,因病", None]
    assert records["unreadable"].to_list() == [None, None]


@pytest.mark.parametrize("mark", ["-", "——", "/", "null", "未填"])
def test_a_mark_for_none_is_blank_in_text_and_in_categories(roster, mark):
    records = roster("民族,劳动技能,是否通生活用电,健康帮扶", ",".join([mark] * 4))
    said = records.select("ethnicity", "labour", "power", "help_health", "unreadable")
    assert said.row(0) == (None,) * 5


@pytest.mark.parametrize(
    ("headers", "cells", "contact"),
    [
        ("信息采集人,信息采集人联系电话", "张采集,13711112222", ("张采集", "13711112222")),
        ("信息采集人,监测联系人", "张采集,王联系", ("王联系", None)),
        ("信息采集人,监测联系人", "张采集,", (None, None)),
    ],
)
def test_who_collected_stands_for_the_contact_where_none_has_a_column(
    roster, headers, cells, contact
):
    assert roster(headers, cells).select("contact_name", "contact_phone").row(0) == contact
