"""The read-only proof that the ledger, its chain of events and the published periods agree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from fpm.errors import LedgerDamagedError, StorageError, WorkspaceError
from fpm.ledger import Ledger, handed_on, verify
from fpm.model import ALERT_SCHEMA, Period
from fpm.publish.period import MANIFEST
from fpm.storage import disk_errors
from fpm.workspace import Workspace

_GENESIS: Final = "0" * 64
_AGAIN: Final = "请重新运行 fpm run --period {}"
_IGNORED: Final = (".", "~$")
"""Office programs put such files beside a workbook while it is open."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the proof found.

    Attributes:
        events: how many events the ledger holds.
        head: hash of the last one.
        periods: period → number of published files that were compared.
        faults: one Chinese sentence each; empty when everything agrees.
        notes: what is worth knowing and no fault.
    """

    events: int
    head: str
    periods: Mapping[str, int]
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The proof as one JSON document."""
        return {
            "sound": not self.faults,
            "events": self.events,
            "head": self.head,
            "periods": dict(self.periods),
            "faults": list(self.faults),
            "notes": list(self.notes),
        }


def verify_workspace(workspace: Workspace) -> Proof:
    """Prove ledger, chain and published periods without writing anything.

    Raises:
        BusyError: a run is at work; what it is about to change cannot be proved.
    """
    with ExitStack() as stack:
        # A folder that cannot be written needs no lock: nobody else can write either.
        with suppress(StorageError):
            stack.enter_context(workspace.held())
        with disk_errors(workspace.root.name):
            return _prove(workspace)


def dump_ledger(workspace: Workspace) -> Iterator[tuple[int, str, str, str, str, str]]:
    """Every event in the order of the chain, one at a time, as ``Ledger.dump`` gives it.

    Raises:
        WorkspaceError: there is no ledger yet.
    """
    if not workspace.ledger.is_file():
        raise WorkspaceError("还没有台账：发布第一期清单后才有")
    with Ledger.open_read_only(workspace.ledger) as ledger:
        yield from ledger.dump()


def _prove(workspace: Workspace) -> Proof:
    published = {folder.name: folder for folder in _published(workspace)}
    faults = list(_unfinished(workspace))
    manifests: dict[str, dict[str, Any]] = {}
    for name, folder in published.items():
        if (manifest := _manifest(folder)) is None:
            faults.append(f"out/{name} 没有可用的 {MANIFEST}，无法核对")
        else:
            manifests[name] = manifest
            faults += _changed_files(folder, manifest)
    events, head = 0, _GENESIS
    if faults and _half_written(workspace):
        pass  # SQLite would have to write to say what the ledger holds
    elif workspace.ledger.is_file() or published:
        heads = {name: str(manifest.get("ledger_head")) for name, manifest in manifests.items()}
        try:
            proof = verify(workspace.ledger, heads)
            events, head = proof.events, proof.head
            faults += proof.faults or _disagreements(workspace, manifests)
        except LedgerDamagedError as error:
            faults.append(str(error))
    compared = {name: len(manifest.get("outputs", ())) for name, manifest in manifests.items()}
    notes = tuple(_strangers(published, manifests))
    return Proof(events, head, compared, tuple(faults), notes)


def _published(workspace: Workspace) -> list[Path]:
    out = workspace.root / "out"
    folders = sorted(out.iterdir()) if out.is_dir() else []
    return [path for path in folders if path.is_dir() and not path.name.startswith(".")]


def _half_written(workspace: Workspace) -> bool:
    """Whether SQLite must take back a write: it knows by the first byte of its journal."""
    journal = workspace.ledger.with_name(f"{workspace.ledger.name}-journal")
    return journal.is_file() and journal.read_bytes()[:1] not in (b"", b"\0")


def _unfinished(workspace: Workspace) -> Iterator[str]:
    """Traces of a run that was killed; the next run of any command that writes clears them."""
    if _half_written(workspace):
        yield "台账有一次没有完成的写入，请重新运行 fpm run，它会先复原再继续"
    out = workspace.root / "out"
    for left in sorted(out.glob(".*.building")) + sorted(out.glob(".*.old")):
        name = left.name.removeprefix(".").rpartition(".")[0]
        yield f"{name} 期的运行中断过、没有收尾，{_AGAIN.format(name)}"


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _changed_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    for output in manifest.get("outputs", ()):
        path = folder / output["path"]
        if not path.is_file():
            yield f"out/{folder.name}/{output['path']} 不见了"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != output["sha256"]:
            yield f"out/{folder.name}/{output['path']} 在发布之后被改过"


def _strangers(
    published: Mapping[str, Path], manifests: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Files in the published folders that fpm did not put there."""
    for name, manifest in manifests.items():
        known = {MANIFEST, *(output["path"] for output in manifest.get("outputs", ()))}
        for path in sorted(published[name].rglob("*")):
            below = path.relative_to(published[name]).as_posix()
            if path.is_file() and below not in known and not path.name.startswith(_IGNORED):
                yield f"out/{name}/{below} 不是发布的文件"


def _disagreements(
    workspace: Workspace, manifests: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Periods on which a sound ledger, the lists and the kept alerts do not say the same."""
    with Ledger.open_read_only(workspace.ledger) as ledger:
        for name in ledger.periods():
            period = Period.parse(name)
            manifest = manifests.get(name)
            if manifest is None:
                yield f"台账里有 {name} 期的清单，out/{name} 里却没有"
            elif manifest.get("ledger_head") != ledger.head(period):
                yield f"out/{name} 不是台账里该期最后一次发布的清单，{_AGAIN.format(name)}"
            else:
                yield from _exchanged(name, manifest, handed_on(ledger, name))
            yield from _alert_differences(workspace, period, ledger.alerts(name))


def _exchanged(name: str, manifest: Mapping[str, Any], recorded: pl.DataFrame) -> Iterator[str]:
    """Lists that were changed together with the manifest that vouches for them."""
    last = dict(recorded.select("path", "sha256").iter_rows())
    for output in manifest.get("outputs", ()):
        if last.get(output["path"], output["sha256"]) != output["sha256"]:
            yield f"out/{name}/{output['path']} 不是台账里记录发出的那一份，{_AGAIN.format(name)}"


def _alert_differences(workspace: Workspace, period: Period, known: pl.DataFrame) -> Iterator[str]:
    try:
        kept = workspace.read_frame(period, "alerts")
    except WorkspaceError as error:
        yield str(error)
        return
    if kept is None:
        yield f"data/{period}/alerts.parquet 不见了，{_AGAIN.format(period)}"
        return
    names = [name for name in ALERT_SCHEMA if name in kept.columns]
    first, second = (frame.select(names).sort("alert_no") for frame in (kept, known))
    if names != list(ALERT_SCHEMA) or not first.equals(second):
        yield f"data/{period}/alerts.parquet 与台账不一致，{_AGAIN.format(period)}"
