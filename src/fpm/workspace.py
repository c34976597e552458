"""A workspace: where everything lies, who may write, and how a period is put in place whole.

::

    fpm.toml   rules/   inbox/<period>/   data/<period>/   ledger.db   out/<period>/   logs/
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Self

import polars as pl
from filelock import FileLock, Timeout
from pydantic import Field, ValidationError

from fpm.errors import BusyError, StorageError, WorkspaceError
from fpm.model import Period
from fpm.rulebook.base import Spec, Title
from fpm.shipped import shipped_rules

CONFIG: Final = "fpm.toml"
ROSTER_INBOX: Final = "roster"
_SKIPPED_PREFIXES: Final = (".", "~$")
_SKIPPED_FOLDERS: Final = frozenset({"__MACOSX"})
_SKIPPED_NAMES: Final = frozenset({"thumbs.db", "desktop.ini"})

_CONFIG_TEXT: Final = """\
# fpm 工作区设置
county = "{county}"
# 县级行政区划代码，6 位；按县→市→省→全国的顺序取规则参数
division = "{division}"
# 规则库所在文件夹
rules = "rules"
# 下发的表里证件号码只留前 6 位和后 4 位；确需完整号码时改为 false
mask_ids = true
"""


class WorkspaceConfig(Spec):
    """The keys of ``fpm.toml``."""

    county: Title
    division: Annotated[str, Field(pattern=r"^\d{6}$")]
    rules: Title = "rules"
    mask_ids: bool = True


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder with ``fpm.toml`` and everything beside it."""

    root: Path
    config: WorkspaceConfig

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open the workspace at ``root``.

        Raises:
            WorkspaceError: there is no usable ``fpm.toml``.
        """
        path = root / CONFIG
        if not path.is_file():
            raise WorkspaceError(
                f"“{root}”不是工作区（没有 {CONFIG}），请先运行 fpm init，或用 -w 指定工作区"
            )
        try:
            config = WorkspaceConfig.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"{CONFIG} 不是有效的 TOML 文件：{error}") from error
        except ValidationError as error:
            keys = "、".join(".".join(map(str, fault["loc"])) for fault in error.errors())
            raise WorkspaceError(f"{CONFIG} 中这些项缺失、写错或不认识：{keys}") from error
        return cls(root, config)

    @classmethod
    def find(cls, start: Path) -> Self:
        """Open the nearest workspace at or above ``start``."""
        for folder in (start, *start.parents):
            if (folder / CONFIG).is_file():
                return cls.open(folder)
        raise WorkspaceError(
            f"“{start}”及其上级文件夹中没有工作区，请先运行 fpm init，或用 -w 指定工作区"
        )

    @classmethod
    def create(cls, root: Path, county: str, division: str) -> Self:
        """Make a workspace at ``root``: ``fpm.toml``, a copy of the shipped rules, empty inbox.

        Raises:
            WorkspaceError: there already is one.
        """
        if (root / CONFIG).exists():
            raise WorkspaceError(f"“{root}”已经是工作区，没有改动任何文件")
        root.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shipped_rules(), root / "rules", dirs_exist_ok=True)
        for name in (f"inbox/{ROSTER_INBOX}", "data", "out", "logs"):
            (root / name).mkdir(parents=True, exist_ok=True)
        text = _CONFIG_TEXT.format(county=county, division=division)
        (root / CONFIG).write_text(text, "utf-8")
        return cls.open(root)

    @property
    def rules(self) -> Path:
        """The office's copy of the rule book."""
        return self.root / self.config.rules

    @property
    def ledger(self) -> Path:
        """The memory."""
        return self.root / "ledger.db"

    def inbox(self, period: Period) -> Path:
        """Where a period's extracts are dropped."""
        return self.root / "inbox" / str(period)

    def data(self, period: Period) -> Path:
        """Rebuildable frames of a period."""
        return self.root / "data" / str(period)

    def out(self, period: Period) -> Path:
        """What is handed on for a period."""
        return self.root / "out" / str(period)

    def periods(self) -> list[Period]:
        """Periods that have an inbox or data, in order."""
        names = {
            path.name
            for parent in ("inbox", "data")
            if (self.root / parent).is_dir()
            for path in (self.root / parent).iterdir()
            if path.is_dir()
        }
        return sorted(period for name in names if (period := _as_period(name)) is not None)

    def delivered(self, period: Period) -> list[Path]:
        """Files in the period's inbox, sorted by name."""
        return _files_below(self.inbox(period))

    def roster_files(self) -> list[Path]:
        """Files in ``inbox/roster``: the roster that holds until it is replaced."""
        return _files_below(self.root / "inbox" / ROSTER_INBOX)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace; recover what a killed run left half done.

        Raises:
            BusyError: another run holds it.
        """
        lock = FileLock(self.root / ".lock", timeout=0)
        try:
            with lock:
                self._recover()
                yield
        except Timeout as error:
            raise BusyError("另一个 fpm 正在使用这个工作区，请等它结束后再运行") from error

    def write_frames(self, period: Period, frames: dict[str, pl.DataFrame]) -> None:
        """Write ``frames`` to ``data/<period>/<name>.parquet``, synced before any is renamed."""
        folder = self.data(period)
        staged: list[tuple[Path, Path]] = []
        try:
            for name, frame in frames.items():
                target = folder / f"{name}.parquet"
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary = target.with_name(f".{target.name}.part")
                frame.write_parquet(temporary)
                _sync(temporary)
                staged.append((temporary, target))
            for temporary, target in staged:
                temporary.replace(target)
        except OSError as error:
            raise StorageError(
                f"写入“{folder}”失败（{error.strerror}），请检查磁盘后重新运行"
            ) from error

    def forget(self, period: Period, folder: str) -> None:
        """Remove ``data/<period>/<folder>``: what it held is about to be written anew."""
        shutil.rmtree(self.data(period) / folder, ignore_errors=True)

    def read_frame(self, period: Period, name: str) -> pl.DataFrame | None:
        """A frame written earlier, or ``None``."""
        path = self.data(period) / f"{name}.parquet"
        return pl.read_parquet(path) if path.is_file() else None

    @contextmanager
    def publishing(self, period: Period) -> Iterator[Path]:
        """A folder to build ``out/<period>`` in; put in place whole when the block ends well."""
        target = self.out(period)
        building = target.with_name(f".{target.name}.building")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        try:
            yield building
            _swap(building, target)
        except OSError as error:
            raise StorageError(
                f"写入“{target}”失败（{error.strerror}），请检查磁盘后重新运行"
            ) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _recover(self) -> None:
        out = self.root / "out"
        if not out.is_dir():
            return
        for old in sorted(out.glob(".*.old")):
            target = out / old.name[1 : -len(".old")]
            if target.exists():
                shutil.rmtree(old)
            else:
                old.rename(target)


def _swap(building: Path, target: Path) -> None:
    """Replace ``target`` by ``building``; a kill in between leaves ``.old``, which is recovered."""
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        target.rename(old)
    building.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    path.chmod(0o600)
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _as_period(name: str) -> Period | None:
    try:
        return Period.parse(name)
    except ValueError:
        return None


def _files_below(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith(_SKIPPED_PREFIXES)
        and path.name.lower() not in _SKIPPED_NAMES
        and _SKIPPED_FOLDERS.isdisjoint(path.parts)
    )
