"""A rule saved under a name that is not read is told, not passed over."""

from __future__ import annotations

import shutil
from pathlib import Path

from fpm.rulebook import rulebook_faults
from fpm.shipped import shipped_rules


def test_a_rule_saved_by_a_plain_editor_is_told_how_to_be_named(tmp_path: Path) -> None:
    rules = shutil.copytree(shipped_rules(), tmp_path / "rules")
    rule = rules / "quality/id_repeated.toml"
    rule.rename(rule.with_name("id_repeated.toml.txt"))
    (rules / "quality/.old.toml.txt").write_text("", "utf-8")
    faults = rulebook_faults(rules)
    assert [str(fault) for fault in faults] == [
        "quality/id_repeated.toml.txt：文件名以 .toml.txt 结尾，没有读；请改名，去掉 .txt"
    ]
