"""The function and operator tables of ``rules/README.md``, printed from the white-list."""

from __future__ import annotations

import sys

from fpm.rulebook.language import FUNCTIONS, KIND_TITLES, OPERATORS, Function


def language_tables() -> str:
    """The two tables of the language page (functions, operators) as Markdown."""
    where = {
        "row": "单行",
        "cell": "单行",
        "window": "单行（仅派生列）",
        "aggregate": "多行",
        "records": "多行（仅指标）",
        "members": "多行（仅成员）",
    }
    lines = ["| 写法 | 用处 | 意思 | 例 |", "|---|---|---|---|"]
    lines += [
        f"| `{_signature(function)}` | {where[function.form]} | {_cell(function.doc)} "
        f"| `{_cell(function.example)}` |"
        for function in FUNCTIONS
    ]
    lines += ["", "| 写法 | 意思 |", "|---|---|"]
    lines += [f"| `{_cell(operator.written)}` | {_cell(operator.doc)} |" for operator in OPERATORS]
    return "\n".join(lines) + "\n"


def _signature(function: Function) -> str:
    parts = []
    for argument in function.arguments:
        title = KIND_TITLES[argument.kind] + ("…" if argument.repeats else "")
        parts.append(f"[{title}]" if argument.optional else title)
    return f"{function.name}({', '.join(parts)})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(language_tables())
