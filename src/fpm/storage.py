"""Files that are there whole or not at all: private, synced, renamed, and finished after a kill.

A rename is the only step that the next reader can see. What a killed run left is either finished
or thrown away by ``finish_replacing``; files that were only tried out go back with ``untry``.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from fpm.errors import StorageError, system_reason

_PART: Final = ".part"
_JOURNAL: Final = ".replacing.json"
_TRIED: Final = "tried.json"


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn a failure of the disk into one sentence about ``what``.

    Raises:
        StorageError: the system refused to read or write.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"读写“{what}”失败（{system_reason(error)}），请检查磁盘和权限后重新运行"
        ) from error


def parquet_bytes(frame: pl.DataFrame | bytes) -> bytes:
    """``frame`` as a parquet file, which may be one; polars hides why a disk refused to write."""
    if isinstance(frame, bytes):
        return frame
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def write_new(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Write ``data`` to ``path`` for the owner alone; with ``sync`` it lasts when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
        if sync:
            handle.flush()
            os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Make the renames in ``folder`` last; Windows keeps no such promise to ask for."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``: temporary name, sync, rename, sync."""
    part = _part(path)
    try:
        write_new(part, data, sync=True)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_files(folder: Path, files: Mapping[str, bytes], removed: Sequence[str]) -> None:
    """Replace several files below ``folder`` as one: all or none, after a kill as well.

    Args:
        folder: where the names are looked up.
        files: content by path below ``folder``.
        removed: paths below ``folder`` that are gone afterwards.
    """
    parents = sorted({(folder / name).parent for name in files})
    try:
        for name, data in files.items():
            write_new(_part(folder / name), data, sync=True)
        for parent in parents:
            sync_folder(parent)
        journal = json.dumps({"files": list(files), "removed": list(removed)}, ensure_ascii=False)
        write_whole(folder / _JOURNAL, journal.encode())
    except BaseException:
        # Without the journal nothing is decided; without the parts nothing is left.
        (folder / _JOURNAL).unlink(missing_ok=True)
        _drop_parts(folder)
        raise
    finish_replacing(folder)


def finish_replacing(folder: Path) -> None:
    """Finish a replacement that was decided on in ``folder``; throw away one that was not."""
    journal = folder / _JOURNAL
    if not journal.is_file():
        _drop_parts(folder)
        return
    decided = json.loads(journal.read_text("utf-8"))
    touched = {folder}
    for name in decided["files"]:
        part = _part(folder / name)
        touched.add(part.parent)
        if part.exists():
            part.replace(folder / name)
    for name in decided["removed"]:
        (folder / name).unlink(missing_ok=True)
    for parent in sorted(touched):
        sync_folder(parent)
    journal.unlink()
    sync_folder(folder)


@contextmanager
def trying(files: Mapping[Path, Path], waiting: Path) -> Iterator[None]:
    """Have copies of files in place while the block runs; taken back unless it ends well.

    Args:
        files: where each copy goes, below the folder of ``waiting``, and what it is a copy of.
        waiting: a folder for what was in their place. What a kill leaves there, ``untry`` undoes.
    """
    root = waiting.parent
    targets = [target.relative_to(root).as_posix() for target in files]
    above = {folder for target in files for folder in target.parents if root in folder.parents}
    folders = [folder.relative_to(root).as_posix() for folder in above if not folder.exists()]
    replaced = [target for target in targets if (root / target).exists()]
    plan = {"targets": targets, "replaced": replaced, "folders": sorted(folders, reverse=True)}
    try:
        with disk_errors(root.name):
            shutil.rmtree(waiting, ignore_errors=True)
            waiting.mkdir(parents=True, mode=0o700)
            for number, source in enumerate(files.values()):
                shutil.copyfile(source, waiting / f"{number}{_PART}")
            write_whole(waiting / _TRIED, json.dumps(plan, ensure_ascii=False).encode())
            for number, target in enumerate(files):
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists():
                    target.rename(waiting / f"{number}.old")
                (waiting / f"{number}{_PART}").rename(target)
        yield
    except BaseException:
        untry(waiting)
        raise
    (waiting / _TRIED).unlink()  # from here on they stay
    shutil.rmtree(waiting, ignore_errors=True)


def untry(waiting: Path) -> None:
    """Undo ``trying`` at whatever point it stopped; nothing where it ended well."""
    journal, root = waiting / _TRIED, waiting.parent
    if journal.is_file():
        plan = json.loads(journal.read_text("utf-8"))
        for number, target in enumerate(plan["targets"]):
            old, part = waiting / f"{number}.old", waiting / f"{number}{_PART}"
            if old.exists():
                old.replace(root / target)
            elif target not in plan["replaced"] and not part.exists():
                (root / target).unlink(missing_ok=True)
        for folder in map(root.joinpath, plan["folders"]):
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        journal.unlink()
    shutil.rmtree(waiting, ignore_errors=True)


def swap_in(building: Path, target: Path) -> None:
    """Put the folder ``building`` at ``target``; what was there waits beside it until ``settle``.

    The waiting folder stands for "not settled yet", so it is made even if there was nothing.
    """
    old = _old(target)
    if target.exists():
        target.rename(old)
    else:
        old.mkdir(mode=0o700)
    sync_folder(target.parent)
    building.rename(target)
    sync_folder(target.parent)


def settle(target: Path) -> None:
    """Keep what ``swap_in`` put at ``target``."""
    shutil.rmtree(_old(target), ignore_errors=True)


def take_back(target: Path, building: Path) -> None:
    """Undo ``swap_in`` at whatever point it stopped, and drop ``building``."""
    old = _old(target)
    if old.exists():
        if target.exists():
            shutil.rmtree(building, ignore_errors=True)
            target.rename(building)
        if any(old.iterdir()):
            old.rename(target)
        else:
            old.rmdir()
        sync_folder(target.parent)
    shutil.rmtree(building, ignore_errors=True)


def unsettled(parent: Path) -> list[Path]:
    """Targets below ``parent`` of which nobody said ``settle`` or ``take_back``."""
    return [
        parent / old.name.removeprefix(".").removesuffix(".old")
        for old in sorted(parent.glob(".*.old"))
    ]


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}{_PART}")


def _drop_parts(folder: Path) -> None:
    for part in folder.rglob(f".*{_PART}"):
        part.unlink()
