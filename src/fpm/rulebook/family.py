"""A family of like rules: one TOML file, a template and a table of what differs.

A rule file with ``[[variant]]`` rows is a template. Each row fills the places ``<name>`` of the
template and becomes an ordinary rule with the id ``<family>_<variant>``; everything that is
checked of a rule is checked of each of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import Field, ValidationError

from fpm.errors import Fault
from fpm.rulebook.base import Identifier, Spec
from fpm.rulebook.dated import ValueOrList
from fpm.rulebook.faults import perhaps, spec_faults
from fpm.rulebook.toml_file import TomlFile

_PLACE: Final = re.compile(r"<([a-z][a-z0-9_]*)>")

MAX_VARIANTS: Final = 300


class VariantSpec(Spec):
    """One row of a family.

    ``fill`` says what stands at each ``<name>`` of the template; a text that is nothing but one
    place takes the value as it is, so that a number stays a number. ``numbers`` and ``case`` are
    added to those of the template.
    """

    id: Identifier
    fill: dict[Identifier, ValueOrList]
    numbers: dict[str, str] = Field(default_factory=dict)
    case: tuple[dict[str, Any], ...] = ()


def is_family(file: TomlFile) -> bool:
    """Whether a rule file is a template with variants."""
    return "variant" in file.table


def expand(file: TomlFile) -> tuple[list[TomlFile], list[Fault]]:
    """The rules of a family, each as if it stood in a file of its own, and the faults of its rows.

    Args:
        file: a rule file with ``[[variant]]``.

    Returns:
        One file a variant: the name and text of the family's, and the table of the one rule.
    """
    template = {key: value for key, value in file.table.items() if key != "variant"}
    rows = file.table["variant"]
    if not isinstance(rows, list):
        return [], [file.fault(("variant",), "每一行写作 [[variant]]，要用两层方括号")]
    if len(rows) > MAX_VARIANTS:
        return [], [file.fault(("variant",), f"一族最多 {MAX_VARIANTS} 条，这里有 {len(rows)} 条")]
    known = _places(template)
    files: list[TomlFile] = []
    faults: list[Fault] = []
    for position, row in enumerate(rows):
        here = TomlFile(file.name, file.text, {"variant": row})
        try:
            variant = VariantSpec.model_validate(row)
        except ValidationError as error:
            faults += [
                replace(fault, key=f"variant[{position + 1}].{fault.key}")
                for fault in spec_faults(error, replace(here, table=row), VariantSpec)
            ]
            continue
        wrong = _fill_faults(file, position, variant, known)
        faults += wrong
        if not wrong:
            files.append(TomlFile(file.name, file.text, _rule(template, variant, row)))
    return files, faults


def _fill_faults(
    file: TomlFile, position: int, variant: VariantSpec, known: set[str]
) -> list[Fault]:
    path = ("variant", position, "fill")
    missing = sorted(known - set(variant.fill))
    faults = [file.fault(path, f"模板里有 <{name}>，这一行没有填") for name in missing]
    return faults + [
        file.fault((*path, name), f"模板里没有 <{name}>{perhaps(name, known)}")
        for name in variant.fill
        if name not in known
    ]


def _rule(
    template: Mapping[str, Any], variant: VariantSpec, row: Mapping[str, Any]
) -> dict[str, Any]:
    rule: dict[str, Any] = _filled(template, variant.fill)
    rule["id"] = f"{rule.get('id', '')}_{variant.id}"
    rule["numbers"] = {**rule.get("numbers", {}), **variant.numbers}
    rule["case"] = [*rule.get("case", []), *_filled(row.get("case", []), variant.fill)]
    return rule


def _places(value: Any) -> set[str]:
    """Names of the places anywhere in a template."""
    if isinstance(value, str):
        return set(_PLACE.findall(value))
    if isinstance(value, dict):
        return set().union(*(_places(key) | _places(part) for key, part in value.items()))
    if isinstance(value, list):
        return set().union(*map(_places, value))
    return set()


def _filled(value: Any, fill: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        whole = _PLACE.fullmatch(value)
        if whole and whole[1] in fill:
            return fill[whole[1]]
        return _PLACE.sub(lambda found: str(fill.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {str(_filled(key, fill)): _filled(part, fill) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, fill) for part in value]
    return value
