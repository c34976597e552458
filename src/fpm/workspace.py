"""A workspace: where everything lies, who may write, and how a period is put in place whole.

::

    fpm.toml   rules/   inbox/<period>/   data/<period>/   ledger.db   out/<period>/   logs/
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import polars as pl
from filelock import FileLock, Timeout

from fpm.config import CONFIG, WorkspaceConfig, new_config, read_config
from fpm.errors import BusyError, WorkspaceError
from fpm.ingest.limits import Limits
from fpm.ledger import Ledger
from fpm.model import Period
from fpm.shipped import shipped_rules
from fpm.storage import (
    disk_errors,
    finish_replacing,
    parquet_bytes,
    replace_files,
    settle,
    swap_in,
    take_back,
    trying,
    unsettled,
    untry,
)

ROSTER_INBOX: Final = "roster"
_SKIPPED_PREFIXES: Final = (".", "~$")
_SKIPPED_FOLDERS: Final = frozenset({"__MACOSX"})
_SKIPPED_NAMES: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder with ``fpm.toml`` and everything beside it."""

    root: Path
    config: WorkspaceConfig
    passwords: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """Told for this run, for delivered workbooks that open with one; kept nowhere."""

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open the workspace at ``root``.

        Raises:
            WorkspaceError: there is no usable ``fpm.toml``.
        """
        return cls(root, read_config(root))

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
        (root / CONFIG).write_text(new_config(county, division), "utf-8")
        return cls.open(root)

    @property
    def rules(self) -> Path:
        """The office's copy of the rule book."""
        return self.root / self.config.rules

    @property
    def limits(self) -> Limits:
        """What one delivered file may use of the machine."""
        return self.config.limits.of_a_file

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

    @property
    def cache(self) -> Path:
        """Files as they were read, by content."""
        return self.root / "data/cache"

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
        """Hold the workspace; finish or take back what a killed run left half done.

        Raises:
            BusyError: another run holds it.
            StorageError: the folder cannot be written.
        """
        with self.held():
            self._recover()
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the workspace without touching anything in it; raises as ``locked`` does."""
        lock = FileLock(self.root / ".lock", timeout=0, mode=0o600)
        with disk_errors(self.root.name):
            try:
                lock.acquire()
            except Timeout as error:  # an OSError too, and no fault of the disk
                raise BusyError("另一个 fpm 正在使用这个工作区，请等它结束后再运行") from error
        try:
            yield
        finally:
            lock.release()

    def write_frames(
        self,
        period: Period,
        frames: Mapping[str, pl.DataFrame | bytes],
        replaces: Sequence[str] = (),
    ) -> None:
        """Write ``frames`` as ``data/<period>/<name>.parquet``: all of them or none.

        Args:
            period: whose frames they are.
            frames: or their files, by name; with a folder (``records/water.village_supply``).
            replaces: frames, and folders of frames, of which nothing older shall be left.
        """
        folder = self.data(period)
        files = {f"{name}.parquet": parquet_bytes(frame) for name, frame in frames.items()}
        with disk_errors(f"data/{period}"):
            before = [path for name in replaces for path in _frames_at(folder, name)]
            names = sorted(path.relative_to(folder).as_posix() for path in before)
            replace_files(folder, files, [name for name in names if name not in files])

    def read_frame(self, period: Period, name: str) -> pl.DataFrame | None:
        """A frame written earlier, or ``None``.

        Raises:
            WorkspaceError: the file is damaged.
        """
        path = self.data(period) / f"{name}.parquet"
        if not path.is_file():
            return None
        try:
            return pl.read_parquet(path)
        except pl.exceptions.PolarsError as error:
            raise WorkspaceError(
                f"data/{period}/{name}.parquet 已损坏，请重新运行 fpm run --period {period}"
            ) from error

    def receiving(self, files: Mapping[Path, Path]) -> AbstractContextManager[None]:
        """Have ``files`` in the inbox (their place there → where they lie) while the block runs.

        Unless it ends well the inbox is then as it was: what was refused is not counted later.
        """
        return trying(files, self._tried)

    @property
    def _tried(self) -> Path:
        return self.root / "inbox/.tried"

    @contextmanager
    def publishing(self, period: Period) -> Iterator[Placing]:
        """Build ``out/<period>`` beside its place; taken back unless the block ends well.

        The ledger commits inside the block, after ``put_in_place``: lists and ledger change as one.
        """
        target = self.out(period)
        placing = Placing(target.with_name(f".{target.name}.building"), target)
        with disk_errors(f"out/{period}"):
            shutil.rmtree(placing.folder, ignore_errors=True)
            placing.folder.mkdir(parents=True, mode=0o700)
            try:
                yield placing
            except BaseException:
                take_back(target, placing.folder)
                raise
            settle(target)

    def _recover(self) -> None:
        """Finish what was decided, take back what was not, sweep up the rest."""
        out = self.root / "out"
        with disk_errors(self.root.name):
            untry(self._tried)
            for period in self.periods():
                finish_replacing(self.data(period))
            if self.ledger.with_name("ledger.db-journal").exists():
                Ledger.open(self.ledger).close()  # SQLite takes back what was not committed
            for target in unsettled(out):
                if self._in_ledger(target):
                    settle(target)
                else:
                    take_back(target, target.with_name(f".{target.name}.building"))
            for left in (*out.glob(".*.building"), *self.cache.glob(".*.part")):
                shutil.rmtree(left, ignore_errors=True)

    def _in_ledger(self, published: Path) -> bool:
        """Whether the ledger committed the lists that lie at ``published``."""
        manifest, period = published / "manifest.json", _as_period(published.name)
        if period is None or not manifest.is_file() or not self.ledger.is_file():
            return False
        head = json.loads(manifest.read_text("utf-8")).get("ledger_head")
        with Ledger.open(self.ledger) as ledger:
            return bool(head == ledger.head(period))


@dataclass(frozen=True, slots=True)
class Placing:
    """A period's lists on their way: built in ``folder``, then put at ``target`` in one step."""

    folder: Path
    target: Path

    def put_in_place(self) -> None:
        """Show the finished lists in ``out/<period>``."""
        swap_in(self.folder, self.target)


def _frames_at(folder: Path, name: str) -> list[Path]:
    """The files of the frame ``name``, or of the frames in the folder ``name``."""
    whole = folder / f"{name}.parquet"
    return [whole] if whole.is_file() else sorted((folder / name).glob("*.parquet"))


def rules_folder(workspace: Workspace | None) -> Path:
    """The workspace's rules, or the shipped ones outside of any workspace."""
    return workspace.rules if workspace else shipped_rules()


def _as_period(name: str) -> Period | None:
    try:
        return Period.parse(name)
    except ValueError:
        return None


def _files_below(folder: Path) -> list[Path]:
    """All that is no folder: a pipe or a link to nowhere is for the reader to refuse by name."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if not path.is_dir()
        and not path.name.startswith(_SKIPPED_PREFIXES)
        and path.name.lower() not in _SKIPPED_NAMES
        and _SKIPPED_FOLDERS.isdisjoint(path.parts)
    )
