"""The table of ``rules/README.md`` that leads from numbers of quality rules to rules of ours.

python -m fpm.rulebook.numbers_page > table.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from fpm.rulebook.load import load_rulebook
from fpm.rulebook.rule import RuleSpec
from fpm.shipped import shipped_rules


def numbers_table(rules: Iterable[RuleSpec]) -> str:
    """One line a number, in the order of its parts, as Markdown."""
    found = [
        (number, rule.id, rule.title, among)
        for rule in rules
        for number, among in rule.numbers.items()
    ]
    lines = ["| 编号 | 规则 | 说的是 | 其中 |", "|---|---|---|---|"]
    lines += [
        f"| {number} | `{rule}` | {title} | {_code(among)} |"
        for number, rule, title, among in sorted(found, key=lambda row: (_order(row[0]), row[1]))
    ]
    return "\n".join(lines) + "\n"


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", number))


def _code(among: str) -> str:
    return f"`{' '.join(among.split())}`" if among else "全部"


if __name__ == "__main__":
    sys.stdout.write(numbers_table(load_rulebook(shipped_rules()).rules))
