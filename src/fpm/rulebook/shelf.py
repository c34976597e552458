"""rules/**.toml one by one, each in the shape its place demands: what makes up a rule book."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from fpm.errors import Fault
from fpm.rulebook.base import Spec
from fpm.rulebook.check_layouts import Layout
from fpm.rulebook.check_rules import Rule
from fpm.rulebook.columns import ROSTER
from fpm.rulebook.dated import NamedParameter
from fpm.rulebook.family import expand, is_family
from fpm.rulebook.faults import perhaps, spec_faults
from fpm.rulebook.layout import LayoutSpec
from fpm.rulebook.rule import RuleSpec
from fpm.rulebook.settings import (
    GuardsSpec,
    MatchingSpec,
    MeasuresSpec,
    TermsSpec,
    WorkbooksSpec,
    WorkflowSpec,
)
from fpm.rulebook.toml_file import TomlFile, read_toml

AnySpec = TypeVar("AnySpec", bound=Spec)

SETTINGS: Final[dict[str, type[Spec]]] = {
    "matching.toml": MatchingSpec,
    "guards.toml": GuardsSpec,
    "workflow.toml": WorkflowSpec,
    "measures.toml": MeasuresSpec,
    "workbooks.toml": WorkbooksSpec,
    "terms.toml": TermsSpec,
}

_PLACES: Final = (
    "layouts/<部门>/<种类>.toml、parameters/<名称>.toml、policies/<风险>/<编号>.toml、"
    "quality/<编号>.toml，以及 matching、guards、workflow、measures、workbooks、terms 六个设置文件"
)
_TEXT_SUFFIX: Final = ".toml.txt"


@dataclass(slots=True)
class Shelf:
    """What the files of one rules folder turned into.

    Attributes:
        names: of all files, relative to the folder.
        faults: of single files.
        digest: SHA-256 over the names and contents of all files that could be read.
    """

    names: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    parameters: list[tuple[TomlFile, NamedParameter]] = field(default_factory=list)
    settings: dict[str, tuple[TomlFile, Spec]] = field(default_factory=dict)
    digest: str = ""

    def setting(self, name: str, model: type[AnySpec]) -> AnySpec:
        """A settings file, or the values it starts from when there is none.

        What has no such value stays unset: a file that must be there and is not is a fault.
        """
        found = self.settings.get(name)
        return found[1] if found and isinstance(found[1], model) else model.model_construct()

    @property
    def risks(self) -> tuple[str, ...]:
        """Names of risks: the values that the roster's own risk column may hold."""
        for layout in self.layouts:
            if layout.spec.department == ROSTER and "risks" in layout.spec.fields:
                return tuple(layout.spec.fields["risks"].spellings)
        return ()


def filled_shelf(root: Path) -> Shelf:
    """Read every TOML file below ``root`` and see that it has the shape its place demands."""
    shelf = Shelf()
    digest = hashlib.sha256()
    for name, path in _toml_files(root):
        shelf.names.append(name)
        file = read_toml(path, name)
        if isinstance(file, Fault):
            shelf.faults.append(file)
            continue
        digest.update(f"{name}\0{file.text}\0".encode())
        _put(shelf, file)
    shelf.faults += _misnamed(root)
    shelf.digest = digest.hexdigest()
    return shelf


def _toml_files(root: Path) -> list[tuple[str, Path]]:
    """All TOML files below ``root`` by name; hidden ones and editors' locks left out."""
    found = (
        (path.relative_to(root).as_posix(), path)
        for path in root.rglob("*")
        if path.suffix.lower() == ".toml"
    )
    return sorted(
        (name, path)
        for name, path in found
        if not any(part.startswith((".", "~$")) for part in name.split("/"))
    )


def _misnamed(root: Path) -> list[Fault]:
    """Files that somebody means as rules and that are not read, as 记事本 names what it saves."""
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.[tT][oO][mM][lL].*"))
    return [
        Fault(name, "", f"文件名以 {_TEXT_SUFFIX} 结尾，没有读；请改名，去掉 .txt")
        for name in names
        if name.lower().endswith(_TEXT_SUFFIX) and not name.rpartition("/")[2].startswith(".")
    ]


def _put(shelf: Shelf, file: TomlFile) -> None:
    """Validate one file by the place it lies in."""
    parts = file.name.split("/")
    if len(parts) == 1 and file.name in SETTINGS:
        if (setting := _spec(shelf, file, SETTINGS[file.name])) is not None:
            shelf.settings[file.name] = (file, setting)
    elif parts[0] == "layouts" and len(parts) == 3:
        if (layout := _spec(shelf, file, LayoutSpec)) is not None:
            shelf.layouts.append(Layout(file, layout))
    elif parts[0] == "parameters" and len(parts) == 2:
        if (parameter := _spec(shelf, file, NamedParameter)) is not None:
            shelf.parameters.append((file, parameter))
    elif parts[0] in ("policies", "quality") and len(parts) in (2, 3):
        _put_rules(shelf, file)
    else:
        hint = perhaps(file.name, SETTINGS) if len(parts) == 1 else ""
        shelf.faults.append(
            Fault(file.name, "", f"不知道这个文件是什么{hint}（文件应放在 {_PLACES}）")
        )


def _put_rules(shelf: Shelf, file: TomlFile) -> None:
    """The rule of a file, or all rules of a family."""
    if not is_family(file):
        if (rule := _spec(shelf, file, RuleSpec)) is not None:
            shelf.rules.append(Rule(file, rule))
        return
    family = str(file.table.get("id", ""))
    expanded, faults = expand(file)
    shelf.faults += faults
    for one in expanded:
        if (rule := _spec(shelf, one, RuleSpec)) is not None:
            shelf.rules.append(Rule(one, rule, family))


def _spec(shelf: Shelf, file: TomlFile, model: type[AnySpec]) -> AnySpec | None:
    try:
        return model.model_validate(file.table)
    except ValidationError as error:
        shelf.faults += spec_faults(error, file, model)
        return None
