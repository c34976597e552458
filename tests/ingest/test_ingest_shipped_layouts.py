"""The layouts that come with fpm are told apart by their own headers and file names."""

from __future__ import annotations

import contextlib
import tomllib

import pytest

from fpm.errors import FileRefusedError
from fpm.ingest import read_file
from fpm.rulebook.layout import LayoutSpec
from fpm.shipped import shipped_rules
from ingest.builders import IN_PROCESS

LAYOUTS = [
    LayoutSpec.model_validate(tomllib.loads(path.read_text(encoding="utf-8")), strict=False)
    for path in sorted((shipped_rules() / "layouts").glob("*/*.toml"))
]
CELLS = {
    "date": "2026-10-03",
    "month": "202610",
    "money": "12.5",
    "number": "3",
    "yes_no": "是",
    "id_number": "99990119880208371X",
    "phone": "13800000000",
}


def kind_of(layout):
    return (layout.department, layout.kind)


def write(path, layout, spelling):
    headers = [
        spec.headers[min(spelling, len(spec.headers) - 1)] for spec in layout.fields.values()
    ]
    cells = [
        next(iter(spec.spellings), "甲") if spec.type == "category" else CELLS.get(spec.type, "甲")
        for spec in layout.fields.values()
    ]
    path.write_text(",".join(headers) + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: "/".join(kind_of(layout)))
@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_a_file_in_the_words_of_a_layout_is_recognised_as_it(tmp_path, layout, spelling):
    words = layout.recognise.file_words or (layout.title,)
    path = write(tmp_path / f"2026年10月{words[0]}.csv", layout, spelling)
    reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
    assert list(reading.records) == [kind_of(layout)]
    assert reading.records[kind_of(layout)].height == 1
    assert reading.sheets[0].missing == ()
    assert reading.sheets[0].unknown == ()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: "/".join(kind_of(layout)))
def test_a_nameless_file_is_never_taken_for_another_kind(tmp_path, layout):
    path = write(tmp_path / "1.csv", layout, 0)
    with contextlib.suppress(FileRefusedError):  # a doubt is as good as the right answer
        reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
        assert list(reading.records) == [kind_of(layout)]


def test_the_national_list_of_migrant_workers_is_known_by_its_name_without_household_numbers(
    tmp_path,
):
    headers = (
        "县,乡,村,姓名,证件号码,是否已务工,开始时间,结束时间,务工所在县,务工月收入,务工企业名称"
    )
    headers += ",所属行业,是否点对点输送,就业渠道,年度交通费补助"
    row = "样例县,青石镇,上河村,赵大山,99990119880208371X,是,2026年03月,,龙岗区,4200,某厂,制造业,否,自主就业,0"
    path = tmp_path / "（务工月监测）已外出务工信息_20261031.csv"
    path.write_text(f"{headers}\n{row}\n", encoding="utf-8")
    reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
    assert list(reading.records) == [("national", "work")]


def test_the_first_risk_of_a_household_may_be_several_in_one_cell(tmp_path):
    path = tmp_path / "（自定义）监测对象信息.csv"
    headers = "乡,村,户编号,姓名,证件号码,致贫/返贫风险1,致贫/返贫风险2"
    row = "青石镇,上河村,H1,赵大山,99990119880208371X,因病、缺劳动力,因学"
    path.write_text(f"{headers}\n{row}\n", encoding="utf-8")
    reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
    told = reading.records[("roster", "persons")].row(0, named=True)
    assert set(told["first_risk"].split(",")) == {"因病", "缺劳动力"}
    assert set(told["risks"].split(",")) == {"因病", "缺劳动力", "因学"}


@pytest.mark.parametrize("group", ["风险消除后", "消除后情况", "风险消除后信息"])
def test_the_block_after_elimination_may_be_named_by_the_line_above(tmp_path, group):
    path = tmp_path / "监测对象信息.csv"
    path.write_text(
        f"乡镇,行政村,户编号,姓名,识别情况,,{group},\n"
        ",,,,工资性收入,人均纯收入,工资性收入,人均纯收入\n"
        "甲镇,一村,H1,张三,1,2,3,4\n",
        encoding="utf-8",
    )
    reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
    fields = ("wage_income", "net_income_per_person", "after_wage", "after_net_per_person")
    row = reading.records["roster", "persons"].select(fields).row(0)
    assert [float(cell) for cell in row] == [1, 2, 3, 4]


AFTER = ("dropout_listed", "after_dropout", "wage_income", "after_wage", "after_transfer")


@pytest.mark.parametrize(
    ("headers", "cells", "told"),
    [
        # the second of the same headers beside 住房损毁, which is only asked after elimination
        ("是否失学辍学,工资性收入,是否失学辍学,是否住房损毁,工资性收入,转移性收入", "是,1,否,否,2,3",
         ("是", "否", 1, 2, 3)),
        # nothing filled in at identification is not what was filled in after elimination
        ("是否失学辍学,工资性收入,是否失学辍学,是否住房损毁,工资性收入,转移性收入", ",,否,否,2,3",
         (None, "否", None, 2, 3)),
        # one dropout column is that of the identification, and so are incomes left of it
        ("转移性收入,工资性收入,是否失学辍学,是否住房损毁", "1,2,是,否", ("是", None, 2, None, None)),
        # another column between ends the block
        ("工资性收入,是否住房损毁,民族,工资性收入,转移性收入", "1,否,汉族,2,3",
         (None, None, 1, None, None)),
        # what is written in full stays what it says
        ("风险消除后工资性收入,工资性收入,是否住房损毁,工资性收入", "1,2,否,2", (None, None, 2, 1, None)),
    ],
)  # fmt: skip
def test_the_block_after_elimination_may_repeat_headers(tmp_path, headers, cells, told):
    path = tmp_path / "监测对象信息.csv"
    path.write_text(
        f"乡镇,行政村,户编号,姓名,{headers}\n甲镇,一村,H1,张三,{cells}\n", encoding="utf-8"
    )
    reading = read_file(path, path.name, LAYOUTS, opening=IN_PROCESS)
    records = reading.records["roster", "persons"]
    row = records.row(0, named=True)
    found = [row.get(name) for name in AFTER]
    assert [{True: "是", False: "否"}.get(cell, cell) for cell in found[:2]] == list(told[:2])
    assert [None if cell is None else float(cell) for cell in found[2:]] == list(told[2:])
