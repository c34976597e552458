"""Whenever a run is killed, nothing is lost or half done, and the next run finishes the job."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
from pathlib import Path

import pytest

from deliveries import OCTOBER, bills, county, deliver, dibao
from fpm.ledger import Ledger
from fpm.pipeline.verify import verify_workspace
from fpm.workspace import Workspace
from killing import Killer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks and counts as Linux does")
KILLS = 5
"""In each of three situations, all at moments of a seeded dice: 15 by change, and 3 by clock."""


@pytest.fixture(scope="module")
def killer():
    killer = Killer()
    yield killer
    killer.close()


def first_delivery(root: Path) -> Workspace:
    place = county(root)
    deliver(place, OCTOBER, "低保名单.csv", dibao(60))
    deliver(place, OCTOBER, "结算.xlsx", bills(["202610"] * 30, paid=60_000))
    return place


def second_delivery(place: Workspace) -> Workspace:
    """What the departments send instead: more alerts, other lists."""
    deliver(place, OCTOBER, "低保名单.csv", dibao(50))
    deliver(place, OCTOBER, "结算.xlsx", bills(["202610"] * 40, paid=70_000))
    return place


@pytest.fixture(scope="module")
def undisturbed(killer, tmp_path_factory):
    """Workspaces on which nobody laid hands: published once, and published anew."""
    root = tmp_path_factory.mktemp("undisturbed")
    once = first_delivery(root / "once")
    assert killer.run(once.root)["exit"] == 0
    anew = Workspace.open(Path(shutil.copytree(once.root, root / "anew")))
    made = killer.run(second_delivery(anew).root)
    assert made["exit"] == 0
    assert verify_workspace(anew).events >= verify_workspace(once).events + 40
    return once, anew, made["changes"]


def lists(place: Workspace) -> dict[str, str]:
    folder = place.out(OCTOBER)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"  # it holds timings
    }


def assert_whole(place: Workspace) -> None:
    """What can be seen is a whole period or none, before anything is tidied up."""
    out = place.root / "out"
    for folder in out.glob("[!.]*"):
        outputs = json.loads((folder / "manifest.json").read_text("utf-8"))["outputs"]
        told = {item["path"]: item["sha256"] for item in outputs}
        assert lists(place) == told


def assert_tidy(place: Workspace) -> None:
    """Once the workspace is held again, nothing is left over and the lists are the ledger's."""
    with place.locked():
        pass
    left = {path.name for path in place.root.rglob(".*")} - {".lock", ".ledger.db.new"}
    assert left == set()
    assert [
        fault for fault in verify_workspace(place).faults if not fault.startswith("data/")
    ] == []


def assert_finished(place: Workspace, expected: Workspace) -> None:
    proof = verify_workspace(place)
    assert proof.faults == ()
    assert proof.head == verify_workspace(expected).head, "the same events, number by number"
    assert lists(place) == lists(expected)
    with Ledger.open(place.ledger) as now, Ledger.open(expected.ledger) as then:
        assert now.alerts("2026-10").equals(then.alerts("2026-10"))


@pytest.mark.parametrize("situation", ["nothing published", "published anew", "nothing new"])
def test_a_run_killed_at_any_change_is_finished_by_the_next(
    killer, undisturbed, tmp_path, situation
):
    once, anew, changes = undisturbed
    dice = random.Random(situation)
    if situation == "nothing published":
        place, expected = first_delivery(tmp_path / "county"), once
    else:
        place = Workspace.open(Path(shutil.copytree(once.root, tmp_path / "county")))
        expected = once
        if situation == "published anew":
            place, expected = second_delivery(place), anew
    # The last tenth of the changes puts the lists in place: it is hit at least twice.
    moments = [dice.randint(1, changes) for _ in range(KILLS - 2)]
    moments += [dice.randint(changes * 9 // 10, changes) for _ in range(2)]
    for moment in sorted(moments):
        ended = killer.run(place.root, at=moment)
        assert ended["signal"] == 9 or ended["exit"] == 0
        assert_whole(place)
        assert_tidy(place)
    killer.run(place.root, after=dice.uniform(0.2, 1.0))
    assert_whole(place)
    assert killer.run(place.root)["exit"] == 0
    assert_finished(place, expected)
