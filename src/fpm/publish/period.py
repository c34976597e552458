"""Writing everything that is handed on for a period into one folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fpm.publish.check import require_usable
from fpm.publish.corrections import correction_books
from fpm.publish.county import county_book
from fpm.publish.manifest import manifest
from fpm.publish.publication import Forms, Publication
from fpm.publish.returns import return_books
from fpm.publish.review import review_book
from fpm.publish.storage import Written, file_name, sync_tree, write_private
from fpm.publish.township import township_books

MANIFEST: Final = "manifest.json"
_OTHERWISE: Final = "未注明"


def publish_period(folder: Path, publication: Publication, forms: Forms) -> list[Written]:
    """Write the lists of ``publication`` and the manifest into ``folder``.

    Every file is private to its owner and is written under a temporary name, synced and renamed.
    The same publication gives the same bytes, the timings in the manifest apart. A township or
    department with nothing to receive gets no file.

    Args:
        folder: an empty folder; putting it in place whole is the caller's part.
        publication: frames as its docstring states.
        forms: lists, results and measures of the rule book.

    Returns:
        The files written, the manifest last.

    Raises:
        RulebookError: ``workbooks.toml`` lacks a list, names a column that the list does not
            have, or has an unknown word in ``{}``; nothing was written.
        StorageError: the disk refused.
    """
    require_usable(forms.workbooks)
    written = []
    taken: set[str] = set()
    for path, data, rows in _files(publication, forms):
        unique = _unused(path, taken)
        written.append(Written(unique, write_private(folder / unique, data), rows))
    data = manifest(publication, written)
    written.append(Written(MANIFEST, write_private(folder / MANIFEST, data), 0))
    sync_tree(folder)
    return written


def _files(publication: Publication, forms: Forms) -> Iterator[tuple[str, bytes, int]]:
    """Path below the folder, content and rows of every workbook."""
    for place, data, rows in township_books(publication, forms):
        yield f"乡镇/{file_name(place, _OTHERWISE)}.xlsx", data, rows
    data, rows = county_book(publication, forms)
    yield "县级汇总.xlsx", data, rows
    for place, data, rows in return_books(publication, forms):
        yield f"部门反馈/{file_name(place, _OTHERWISE)}.xlsx", data, rows
    for place, data, rows in correction_books(publication, forms):
        yield f"信息更正/{file_name(place, _OTHERWISE)}.xlsx", data, rows
    review = review_book(publication, forms)
    if review is not None:
        yield "身份待核.xlsx", *review


def _unused(path: str, taken: set[str]) -> str:
    """``path``, or with a number when two places come to the same name on a case-blind disk."""
    stem, dot, suffix = path.rpartition(".")
    choice, number = path, 2
    while choice.casefold() in taken:
        choice, number = f"{stem}（{number}）{dot}{suffix}", number + 1
    taken.add(choice.casefold())
    return choice
