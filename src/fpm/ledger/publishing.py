"""A publication as events: only what differs from the publication it builds on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fpm.ledger import queries
from fpm.ledger.bodies import Statement, carried, digests, said_before, statements
from fpm.ledger.chain import Event, canonical
from fpm.ledger.moves import move_bodies
from fpm.ledger.state import LEDGER_HIT_SCHEMA, AlertUpdate

_PLACE_OF_SOURCES: Final = list(LEDGER_HIT_SCHEMA).index("sources")
_PLACED_IN_FILE: Final = "row"
"""The part of a reference that differs between the records of one sheet."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The publication in force: its number, digests, seal."""

    publication: int
    digest: str
    aside: str | None
    head: str


def in_force(connection: sqlite3.Connection, period: str) -> Sealed | None:
    """The publication in force for ``period``, if there is one."""
    row = connection.execute(queries.CURRENT, (period,)).fetchone()
    return Sealed(*row) if row else None


def says_the_same(sealed: Sealed, update: AlertUpdate) -> bool:
    """Whether ``sealed`` says exactly what the update says.

    A publication of a ledger of version 2 says nothing of what is kept aside.
    """
    digest, aside = digests(update)
    return sealed.digest == digest and sealed.aside in (None, aside)


def publication_events(
    connection: sqlite3.Connection, update: AlertUpdate, recorded_on: str
) -> Iterator[Event]:
    """What the update says and its base does not, then the event that seals the publication."""
    number = int(connection.execute(queries.NEXT_PUBLICATION).fetchone()[0])
    base = connection.execute(queries.BASE, (update.period,)).fetchone()
    before = _read(connection, base[0], update.period) if base else {}
    now = statements(update)
    differing = [name for name in now if name not in before or not _same(before[name], now[name])]
    for name in differing:
        yield Event(now[name].kind, update.period, recorded_on, canonical(now[name].body))
    moved = {
        name: said.sources
        for name, said in now.items()
        if said.sources and (name not in before or before[name].sources != said.sources)
    }
    if moved:
        body = {"publication": number, **_packed(moved)}
        yield Event("sources", update.period, recorded_on, canonical(body))
    for move in move_bodies(update.moves):
        body = {"publication": number, **move}
        yield Event("move", update.period, recorded_on, canonical(body))
    digest, aside = digests(update)
    seal = {
        "publication": number,
        "issued_on": update.issued_on.isoformat(),
        "digest": digest,
        "aside": aside,
        "alerts": update.alerts.height,
        "base": base[0] if base else None,
        "dropped": sorted(set(before) & (set(differing) | (set(before) - set(now)))),
    }
    yield Event("publication", update.period, recorded_on, canonical(seal))


def listed_hits(connection: sqlite3.Connection, period: str) -> Iterator[tuple[Any, ...]]:
    """LEDGER_HIT_SCHEMA, one tuple a hit, of the publication in force for ``period``."""
    current = in_force(connection, period)
    if current is None:
        return
    rows = connection.execute(queries.HITS, (current.publication,)).fetchall()
    told = sources_of(connection, current.publication, {alert_no for alert_no, *_ in rows})
    for number, place, said, *hit in rows:
        hit.insert(_PLACE_OF_SOURCES, told[number][place] if number in told else said)
        yield tuple(hit)


def sources_of(
    connection: sqlite3.Connection, publication: int, subjects: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """For each hit of ``subjects`` its references as canonical JSON.

    A publication states the references that differ from its base's; so the chain of bases is
    followed until every subject is found. Mostly that is one step: every month has files anew.
    """
    found: dict[str, tuple[str, ...]] = {}
    missing, at = set(subjects), publication
    while missing and at is not None:
        for (body,) in connection.execute(queries.SOURCES, (at,)):
            stated = json.loads(body)
            for subject in missing & stated["rows"].keys():
                found[subject] = _unpacked(stated["files"], stated["rows"][subject])
            missing -= found.keys()
        (at,) = connection.execute(queries.BASE_OF, (at,)).fetchone()
    return found


def _read(connection: sqlite3.Connection, publication: int, period: str) -> dict[str, Statement]:
    """What ``publication`` says, as it reads in ``period``, by subject."""
    reads = dict(connection.execute(queries.CARRIED))
    rows = connection.execute(queries.SAID, (publication,)).fetchall()
    said = {}
    for subject, kind, said_in, body in rows:
        statement = said_before(kind, json.loads(body))
        said[subject] = carried(statement, reads) if said_in < period else statement
    sources = sources_of(connection, publication, said)
    return {
        name: Statement(each.kind, each.body, sources.get(name, each.sources))
        for name, each in said.items()
    }


def _same(one: Statement, other: Statement) -> bool:
    return one.kind == other.kind and one.body == other.body


def _packed(sources: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """References, each sheet written once: ``rows`` holds, a hit, [sheet, row, sheet, row …]."""
    files: dict[str, int] = {}
    rows: dict[str, list[list[Any]]] = {}
    for subject, hits in sources.items():
        rows[subject] = []
        for references in hits:
            flat: list[Any] = []
            for reference in json.loads(references):
                row = reference.pop(_PLACED_IN_FILE, None)
                flat += [files.setdefault(canonical(reference), len(files)), row]
            rows[subject].append(flat)
    return {"files": [json.loads(file) for file in files], "rows": rows}


def _unpacked(files: list[dict[str, Any]], hits: list[list[Any]]) -> tuple[str, ...]:
    return tuple(
        canonical(
            [
                {**files[file], _PLACED_IN_FILE: row}
                for file, row in zip(flat[::2], flat[1::2], strict=True)
            ]
        )
        for flat in hits
    )
