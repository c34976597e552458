"""Whether ``workbooks.toml`` can be followed: all faults at once, before anything is written."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Final

from fpm.errors import Fault, RulebookError
from fpm.publish.fill import WORDS
from fpm.rulebook.settings import WorkbookSpec, WorkbooksSpec

FILE: Final = "workbooks.toml"

_EVIDENCE: Final = "advice departments evidence head_id head_name"
FIELDS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "township": (
            f"alert_no state village level risks members measures hints"
            f" to_check due_date first_period household_id {_EVIDENCE}"
        ),
        "township_more": "alert_no village head_name evidence",
        "corrections": (
            f"number village person_name person_id_number rule_title rule_id quality_numbers risk"
            f" household_id {_EVIDENCE}"
        ),
        "confirmed": (
            f"number alert_no township village level risks result visited_on measures {_EVIDENCE}"
        ),
        "notice": "number township village head_name members type",
        "notice_removal": "number township village head_name members type",
        "returns": "number problem kind file sheet row cell column value reason advice",
        "review": (
            "number who name id_number birth_date sex township village head_name relation"
            " probability reason stake source decision"
        ),
        "county_overview": "section item count note",
        "county_townships": (
            "township open red orange yellow new continuing escalated overdue answered cleared"
            " corrections"
        ),
        "county_risks": "township risk red orange yellow total",
        "county_changes": (
            "township before new reopened answered cleared open difference escalated overdue check"
        ),
        "county_held": "township village alert_no head_name level risks first_period reason",
        "county_villages": "township village households alerts share red risks evidence",
        "county_departments": (
            "department files records confirmed matched_share review unmatched quarantined blanked"
            " hits households"
        ),
        "county_files": (
            "department file sheet rows confirmed review unmatched listed quarantined non_data"
            " expected_false_links check"
        ),
        "county_rules": "rule_id title kind level hit clear unknown not_applicable remark",
        "county_rates": "dimension name answered confirmed rate interval remark",
        "county_values": "state name title value unit document rules",
    }.items()
}
"""The lists there are, and the columns each may show besides those to fill in."""
LATER: Final = frozenset({"notice_removal", "county_held"})
"""Lists that a rules folder from an earlier version does not have: another form stands in, or
what would fill them asks for them."""


def require_usable(workbooks: WorkbooksSpec) -> None:
    """Raise ``RulebookError`` with every fault of ``workbooks``; return when there is none."""
    faults = list(_faults(workbooks))
    if faults:
        raise RulebookError(faults)


def _faults(workbooks: WorkbooksSpec) -> Iterator[Fault]:
    for name, fields in FIELDS.items():
        spec = workbooks.workbook.get(name)
        if spec is None and name not in LATER:
            yield Fault(FILE, f"workbook.{name}", "缺少这张表的设置")
        elif spec is not None:
            yield from _list_faults(name, spec, fields)
    for name in workbooks.workbook.keys() - FIELDS.keys():
        known = "、".join(FIELDS)
        yield Fault(FILE, f"workbook.{name}", f"没有这张表，可用的是：{known}")


def _list_faults(name: str, spec: WorkbookSpec, fields: frozenset[str]) -> Iterator[Fault]:
    key = f"workbook.{name}"
    for place, column in enumerate(spec.columns):
        if not column.fill_in and column.field not in fields:
            known = "、".join(sorted(fields))
            yield Fault(
                FILE, f"{key}.columns.{place}.field", f"没有“{column.field}”，可用的是：{known}"
            )
    texts = {"title": spec.title, "subtitle": spec.subtitle}
    texts |= {f"notes.{place}": note for place, note in enumerate(spec.notes)}
    for part, text in texts.items():
        yield from _text_faults(f"{key}.{part}", text)
    if not spec.columns:
        yield Fault(FILE, f"{key}.columns", "至少要有一列")
    if not 1 <= len(spec.sheet) <= 28 or set(spec.sheet) & set("[]:*?/\\'"):
        yield Fault(FILE, f"{key}.sheet", "工作表名限 28 字，不能含 [ ] : * ? / \\ '")


def _text_faults(key: str, text: str) -> Iterator[Fault]:
    try:
        words = [word for _, word, _, _ in string.Formatter().parse(text) if word is not None]
    except ValueError:
        yield Fault(FILE, key, "{ } 不成对；要写花括号本身时写两个")
        return
    for word in words:
        if word not in WORDS:
            known = "、".join(WORDS)
            yield Fault(FILE, key, f"不认识 {{{word}}}，可用的是：{known}")
