"""What one layout, and all layouts together, must keep beyond the shape of the file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, get_args

from fpm.errors import Fault
from fpm.model import CELL_STATES, DEPARTMENT_TITLES, RECORD_KEY
from fpm.rulebook.columns import ROSTER
from fpm.rulebook.faults import perhaps
from fpm.rulebook.layout import FieldType, LayoutField, LayoutSpec, Role
from fpm.rulebook.toml_file import TomlFile

_ROLES: Final[frozenset[str]] = frozenset(get_args(Role))
_ROLE_TYPES: Final[dict[Role, tuple[FieldType, ...]]] = {
    "id_number": ("id_number",),
    "head_id_number": ("id_number",),
    "guardian_id_number": ("id_number",),
    "name": ("person_name",),
    "head_name": ("person_name",),
    "former_name": ("person_name",),
    "guardian_name": ("person_name",),
    "birth_date": ("date",),
    "sex": ("category",),
    "relation": ("category", "text"),
    "township": ("place",),
    "village": ("place",),
    "household_id": ("code", "text"),
    "person_id": ("code", "text"),
    "phone": ("phone",),
}
_NEEDED: Final[dict[str, tuple[tuple[Role, ...], str]]] = {
    "person": (("name", "id_number"), "按人比对的版式至少要有姓名或身份证号一列"),
    "household": (
        ("name", "id_number", "household_id"),
        "按户比对的版式至少要有姓名、身份证号或户编号一列",
    ),
}
_RESERVED: Final = frozenset({*RECORD_KEY, *CELL_STATES, "status", "period"})
"""Columns that reading and matching put beside the fields of every record."""
_ROSTER_FIELDS: Final = ("name", "township", "village", "household_id")
_TRUTH: Final = frozenset({"是", "否"})


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout with the file it stands in."""

    file: TomlFile
    spec: LayoutSpec


def layout_faults(layouts: Iterable[Layout]) -> Iterator[Fault]:
    """Faults of every layout by itself, then of the set."""
    known = list(layouts)
    for layout in known:
        yield from _place_faults(layout)
        yield from _header_faults(layout)
        for name, field in layout.spec.fields.items():
            yield from _field_faults(layout.file, name, field)
            if name in _RESERVED:
                yield layout.file.fault(
                    ("fields", name), f"“{name}”是比对结果自己的列名，字段请换一个名字"
                )
        yield from _role_faults(layout)
        yield from _reference_faults(layout)
    rosters = [layout for layout in known if layout.spec.department == ROSTER]
    for layout in rosters[1:]:
        yield layout.file.fault(
            ("kind",), "花名册的版式只能有一个，其他导出表的表头请并到同一个文件"
        )
    for layout in known:
        yield from _borrowing_faults(layout, rosters)


def _place_faults(layout: Layout) -> Iterator[Fault]:
    """The file lies where its department and kind say."""
    spec, file = layout.spec, layout.file
    folder, _, name = file.name.removeprefix("layouts/").rpartition("/")
    if folder != spec.department:
        yield file.fault(
            ("department",), f"部门写的是“{spec.department}”，文件却放在 layouts/{folder}/ 下"
        )
    if name != f"{spec.kind}.toml":
        yield file.fault(("kind",), f"种类写的是“{spec.kind}”，文件名却是 {name}")
    if spec.department not in DEPARTMENT_TITLES and not spec.department_title:
        yield file.fault(
            ("department",),
            f"没有“{spec.department}”这个部门{perhaps(spec.department, DEPARTMENT_TITLES)}；"
            '新部门请加一行 department_title = "部门名称"',
        )


def plain(text: str) -> str:
    """A header or spelling with width, letter case and white space out of the way."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _header_faults(layout: Layout) -> Iterator[Fault]:
    """No header may name two fields; a field's own title is a header too."""
    owner: dict[str, str] = {}
    for name, field in layout.spec.fields.items():
        for header in dict.fromkeys((*field.headers, field.title)):
            other = owner.setdefault(plain(header), name)
            if other != name:
                yield layout.file.fault(
                    ("fields", name, "headers"), f"表头“{header}”已经是 {other} 的表头"
                )
        repeated = len(field.headers) - len({plain(header) for header in field.headers})
        if repeated:
            yield layout.file.fault(("fields", name, "headers"), "有重复的表头")
    for header in layout.spec.ignored:
        if (other_field := owner.get(plain(header))) is not None:
            yield layout.file.fault(
                ("ignored",), f"表头“{header}”已经是 {other_field} 的表头，不能又不读"
            )


def _field_faults(file: TomlFile, name: str, field: LayoutField) -> Iterator[Fault]:
    path = ("fields", name)
    if field.spellings and field.type not in ("category", "yes_no"):
        yield file.fault((*path, "spellings"), "只有 category 和 yes_no 才有写法对照")
    if field.type == "yes_no" and (strange := set(field.spellings) - _TRUTH):
        yield file.fault(
            (*path, "spellings"),
            f"yes_no 的标准值只有“是”和“否”，没有“{'、'.join(sorted(strange))}”",
        )
    if field.multiple and field.type != "category":
        yield file.fault((*path, "multiple"), "只有 category 可以一格多值")
    if field.unit and field.type not in ("number", "money"):
        yield file.fault((*path, "unit"), "只有 number 和 money 才有单位")
    if field.bare and field.type != "number":
        yield file.fault((*path, "bare"), "只有 number 才有单写数字的要求")
    if field.multiple and any("," in value for value in field.spellings):
        yield file.fault((*path, "spellings"), "一格多值的标准值里不能有逗号")
    yield from _spelling_faults(file, name, field)


def _spelling_faults(file: TomlFile, name: str, field: LayoutField) -> Iterator[Fault]:
    """No spelling may mean two values."""
    owner = {plain(value): value for value in field.spellings}
    for value, variants in field.spellings.items():
        for variant in variants:
            other = owner.setdefault(plain(variant), value)
            if other != value:
                yield file.fault(
                    ("fields", name, "spellings", value), f"写法“{variant}”已经归到“{other}”"
                )
    for word in field.blank_words:
        if (meaning := owner.get(plain(word))) is not None:
            yield file.fault(
                ("fields", name, "blank_words"), f"“{word}”已经归到“{meaning}”，不能又当作空白"
            )


def role_of(name: str, field: LayoutField) -> Role | None:
    """The role a field has by declaration or by its own name."""
    if field.role is not None:
        return field.role
    return name if name in _ROLES else None  # type: ignore[return-value]  # checked just now


def _role_faults(layout: Layout) -> Iterator[Fault]:
    """One field a role, of a type that fits; what matching needs is there."""
    holder: dict[Role, str] = {}
    for name, field in layout.spec.fields.items():
        role = role_of(name, field)
        if role is None:
            continue
        path = ("fields", name, "role" if field.role else "type")
        other = holder.setdefault(role, name)
        if other != name:
            yield layout.file.fault(path, f"“{role}”已经由 {other} 担任，一个版式里只能有一列")
        if field.type not in _ROLE_TYPES[role]:
            wanted = " 或 ".join(_ROLE_TYPES[role])
            yield layout.file.fault(path, f"“{role}”的类型应是 {wanted}，这里是 {field.type}")
    yield from _needed_faults(layout, set(holder))


def _needed_faults(layout: Layout, held: set[Role]) -> Iterator[Fault]:
    """What matching cannot do without is there."""
    if layout.spec.department == ROSTER:
        for name in _ROSTER_FIELDS:
            if name not in layout.spec.fields:
                yield layout.file.fault(("fields",), f"花名册缺少 {name} 这一列")
    elif layout.spec.match_on == "village":
        if not {"township", "village"} <= held:
            yield layout.file.fault(("match_on",), "按村比对的版式要有乡镇和村两列")
    else:
        any_of, message = _NEEDED[layout.spec.match_on]
        if not set(any_of) & held:
            yield layout.file.fault(("match_on",), message)


def _reference_faults(layout: Layout) -> Iterator[Fault]:
    """Fields named elsewhere in the layout exist."""
    spec, file = layout.spec, layout.file
    for name, field in spec.fields.items():
        yield from _include_faults(layout, name, field)
    for name in spec.recognise.fields:
        if name not in spec.fields:
            yield file.fault(
                ("recognise", "fields"), f"没有“{name}”这一列{perhaps(name, spec.fields)}"
            )
    yield from _block_faults(layout)
    if spec.order_by is not None:
        yield from _dated_field_faults(layout, "order_by", spec.order_by)
    for name in spec.period_by:
        yield from _dated_field_faults(layout, "period_by", name)
    if spec.facts and spec.department == ROSTER:
        yield file.fault(("facts",), "花名册没有指标，由本行算出的列写在 [derived.…] 下")
    if spec.derived and spec.department != ROSTER:
        yield file.fault(("derived",), "只有花名册有由本行算出的列，部门数据请写 [facts.…]")


def _block_faults(layout: Layout) -> Iterator[Fault]:
    """The columns by which a block is known are columns of the layout."""
    fields = layout.spec.fields
    for number, block in enumerate(layout.spec.blocks):
        for name in block.marks:
            if name not in fields:
                path = ("blocks", number, "marks")
                yield layout.file.fault(path, f"没有“{name}”这一列{perhaps(name, fields)}")


def _borrowing_faults(layout: Layout, rosters: Iterable[Layout]) -> Iterator[Fault]:
    """What a field takes from the roster is there, of its own type, and somebody's."""
    columns = {key: field for roster in rosters for key, field in roster.spec.fields.items()}
    for name, field in layout.spec.fields.items():
        if field.from_roster is None:
            continue
        path = ("fields", name, "from_roster")
        source = columns.get(field.from_roster)
        if layout.spec.department == ROSTER or layout.spec.match_on == "village":
            yield layout.file.fault(path, "只有按人、按户比对的部门数据可以取花名册的值")
        elif source is None:
            meant = perhaps(field.from_roster, columns)
            yield layout.file.fault(path, f"花名册没有“{field.from_roster}”这一列{meant}")
        elif source.type != field.type:
            yield layout.file.fault(path, f"类型要与花名册的相同，那里是 {source.type}")


def _dated_field_faults(layout: Layout, key: str, name: str) -> Iterator[Fault]:
    field = layout.spec.fields.get(name)
    if field is None:
        yield layout.file.fault((key,), f"没有“{name}”这一列{perhaps(name, layout.spec.fields)}")
    elif field.type not in ("date", "month"):
        yield layout.file.fault((key,), "应是日期（date）或月份（month）列")


def _include_faults(layout: Layout, name: str, field: LayoutField) -> Iterator[Fault]:
    """A gathered set is one, and what it gathers are categories."""
    path = ("fields", name, "includes")
    if field.includes and not field.multiple:
        yield layout.file.fault(path, "只有一格多值的列（multiple = true）才能并入别的列")
    for other in field.includes:
        found = layout.spec.fields.get(other)
        if found is None:
            yield layout.file.fault(
                path, f"没有“{other}”这一列{perhaps(other, layout.spec.fields)}"
            )
        elif found.type != "category" or found.includes:
            yield layout.file.fault(path, f"“{other}”不是可以并入的 category 列")
