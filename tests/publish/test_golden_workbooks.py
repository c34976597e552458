"""The lists of the small county, word for word; see ``tests/golden``."""

import json

import pytest
from tests.publish.conftest import dump


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("乡镇/青石镇.xlsx", "township.txt"),
        ("信息更正/白杨乡.xlsx", "corrections.txt"),
        ("部门反馈/民政.xlsx", "returns.txt"),
        ("身份待核.xlsx", "review.txt"),
        ("县级汇总.xlsx", "county.txt"),
    ],
)
def test_the_list_says_what_was_reviewed(handed_on, golden, path, name):
    golden(name, dump(handed_on / path))


def test_the_manifest_says_what_was_reviewed(handed_on, golden):
    content = json.loads((handed_on / "manifest.json").read_text("utf-8"))
    for output in content["outputs"]:
        output["sha256"] = len(output["sha256"])  # the bytes are xlsxwriter's affair
    golden("manifest.json", json.dumps(content, ensure_ascii=False, indent=1))
