"""Ten years of one county in one ledger: how large it gets, and what the daily commands cost then.

A county of 500,000 people (about 140,000 households) is simulated month by month and written the
way ``fpm run`` and the follow-up verbs write: ``state_before`` → ``update_alerts`` → ``record``,
``add_feedback``, ``add_case_acts``. Assumed, since no county's ledger is public:

* so many households come into the data each month that between 3,000 and 5,000 are hit at a time,
  and one in eight leaves it again (a hit lasts eight months on average);
* a third have a second hit; one amount in ten rises from month to month, with its evidence;
* the file and row a hit came from change every month, as departments send new files;
* 80 % of what is sent is answered; 3 % of the answers confirm a household (counties report 0.7–5 %),
  which then has a case: seven steps, a visit a month, removed after a year;
* the last month is a campaign: new thresholds hit 4,500 households more, whose 4,000 answers come
  back in workbooks, written by openpyxl as officers would, and are imported by the command line.

    python tests/benchmarks/ledger_decade.py DIR [--months 120] [--households 140000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import pickle
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from fpm.ledger import (
    CASE_ACT_SCHEMA,
    FEEDBACK_SCHEMA,
    AlertRequest,
    Asked,
    Ledger,
    add_case_acts,
    rule_terms,
    state_before,
    update_alerts,
    verify,
)
from fpm.model import HIT_SCHEMA, OPEN_STATES, Period
from fpm.pipeline.export import Wanted, export_lists
from fpm.pipeline.followup import effects
from fpm.publish import PERSON_SCHEMA
from fpm.rulebook import Rulebook, load_rulebook
from fpm.workspace import Workspace

DIVISION = "999901"
FIRST = Period(2017, 1)
TOWNSHIPS, VILLAGES = 20, 15
STAY, SECOND, RISING = 7 / 8, 1 / 3, 0.1
ANSWERED, CONFIRMED, PENDING = 0.8, 0.03, 0.05
NEW_A_MONTH, CAMPAIGN, RETURNED = 500, 4_500, 4_000
MONTHS_IN_CASE = 12


@dataclass
class County:
    """What is true in the simulated county; ``hits`` by household."""

    dice: random.Random
    rules: list[tuple[str, str, str]]  # id, level, risk
    households: int
    hits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    cases: dict[str, tuple[str, int]] = field(default_factory=dict)  # number: household, months
    months: int = 0  # that are written
    seconds: float = 0.0  # of processor, that the ledger's part of the last run took

    def come(self, count: int) -> None:
        """So many more households come into the data."""
        for household in self.dice.sample(range(self.households), count):
            if household not in self.hits:
                self.hits[household] = [
                    self.hit() for _ in range(1 + (self.dice.random() < SECOND))
                ]

    def hit(self) -> dict[str, Any]:
        rule, level, risk = self.dice.choice(self.rules)
        rising = self.dice.random() < RISING
        return {
            "rule": rule, "level": level, "risk": risk, "member": self.dice.randint(1, 5),
            "amount": self.dice.randint(8_000, 60_000) if rising else None,
        }  # fmt: skip

    def pass_a_month(self) -> None:
        """Some leave the data; amounts rise."""
        self.hits = {name: told for name, told in self.hits.items() if self.dice.random() < STAY}
        for told in self.hits.values():
            for hit in told:
                if hit["amount"] is not None:
                    hit["amount"] += self.dice.randint(0, 3_000)


def hits_of(county: County, period: Period) -> pl.DataFrame:
    return pl.DataFrame(list(_hit_rows(county, period)), schema=HIT_SCHEMA, orient="row")


def _hit_rows(county: County, period: Period) -> Iterator[tuple[Any, ...]]:
    for household, told in county.hits.items():
        number = f"{household:012d}"
        known = set()
        for hit in told:
            if (key := (hit["rule"], hit["member"])) in known:
                continue
            known.add(key)
            amount = hit["amount"]
            spent = f"，本年自付医疗费用{amount}元" if amount is not None else ""
            evidence = (
                f"户内成员{hit['member']}（{20 + household % 60}岁）符合条件{spent}，请入户核实。"
            )
            yield (
                hit["rule"], "alert", "person", f"{number}{hit['member']:02d}", number,
                *_place(household), hit["level"], hit["risk"], evidence,
                json.dumps(_sources(county, period), ensure_ascii=False),
                None if amount is None else float(amount),
            )  # fmt: skip


def _sources(county: County, period: Period) -> list[dict[str, Any]]:
    compact = str(period).replace("-", "")
    return [
        {"department": "roster", "file": f"（自定义）农户信息_{compact}08.xlsx", "kind": "persons",
         "period": str(period), "row": county.dice.randint(2, 500_000), "sheet": "Sheet1"},
        {"department": "medical_insurance", "file": f"医保结算明细{compact}.xlsx",
         "kind": "settlement", "period": str(period), "row": county.dice.randint(2, 200_000),
         "sheet": "明细"},
    ]  # fmt: skip


def _place(household: int) -> tuple[str, str]:
    township = household % TOWNSHIPS
    return f"样例{township + 1:02d}镇", f"第{household // TOWNSHIPS % VILLAGES + 1}村"


def publish(ledger: Ledger, county: County, rulebook: Rulebook, period: Period) -> pl.DataFrame:
    """The ledger's part of ``fpm run``; returns the alerts."""
    day = period.shift(1).first_day + dt.timedelta(days=7)
    hits = hits_of(county, period)
    began = time.process_time()
    request = AlertRequest(
        period=period, division=DIVISION, issued_on=day, as_of=day,
        due_days={str(level): days for level, days in rulebook.workflow.due_days.items()},
        effects=effects(rulebook), terms=rule_terms(rulebook),
    )  # fmt: skip
    with ledger.transaction():
        asked = Asked(period, DIVISION, day, hits["household_id"].unique().to_list())
        update = update_alerts(hits, state_before(ledger, asked), request)
        ledger.record(update, day)
    county.seconds = time.process_time() - began
    return update.alerts


def answer(ledger: Ledger, county: County, alerts: pl.DataFrame, period: Period) -> None:
    """What comes back in the weeks after; a confirmed household becomes a case."""
    day = period.shift(1).first_day + dt.timedelta(days=20)
    opened = alerts.filter(pl.col("state").is_in(OPEN_STATES)).to_dicts()
    rows, acts = [], []
    for alert in opened:
        if county.dice.random() > ANSWERED:
            continue
        confirmed = county.dice.random() < CONFIRMED
        pending = county.dice.random() < PENDING
        result = (
            "已核实-纳入" if confirmed else "待核实" if pending else "已核实-不纳入(有应对能力)"
        )
        rows.append(
            (alert["alert_no"], str(period), result, day, *_findings(alert["household_id"]))
        )
        if confirmed:
            number = f"{DIVISION}-J{period.year}-{len(county.cases) + 1:05d}"
            county.cases[number] = (alert["household_id"], 0)
            acts += [_act(alert, period, number, ("open", ""), day)]
            acts += [_act(alert, period, number, ("advance", f"step{n}"), day) for n in range(7)]
    ledger.add_feedback(pl.DataFrame(rows, schema=FEEDBACK_SCHEMA, orient="row"), day)
    acts += visits(county, period, day)
    add_case_acts(ledger, pl.DataFrame(acts, schema=CASE_ACT_SCHEMA, orient="row"), day)


def visits(county: County, period: Period, day: dt.date) -> list[tuple[Any, ...]]:
    acts = []
    for number, (household, months) in list(county.cases.items()):
        if months > MONTHS_IN_CASE:
            continue
        township, village = _place(int(household))
        alert = {"household_id": household, "township": township, "village": village}
        what = ("clear", "") if months == MONTHS_IN_CASE else ("visit", "")
        acts.append(_act(alert, period, number, what, day))
        county.cases[number] = (household, months + 1)
    return acts


def _findings(household: str) -> tuple[str, str, str, str]:
    return (
        f"干部{int(household) % 97}",
        "入户查看，家中有两人务工，收入稳定，医疗费用报销后自付部分能够承担，暂无返贫致贫风险。",
        "城乡居民医保、养老保险",
        "继续关注",
    )


def _act(
    alert: dict[str, Any], period: Period, number: str, what: tuple[str, str], day: dt.date
) -> tuple[Any, ...]:
    return (
        str(period), number, alert["household_id"], alert["township"], alert["village"], *what,
        "突发严重困难户" if what[0] == "open" else "", "因病" if what[0] == "open" else "",
        alert.get("alert_no"), day, "包户干部", "每月走访，家庭情况稳定，帮扶措施已落实。",
    )  # fmt: skip


def build(workspace: Workspace, rulebook: Rulebook, months: int, households: int) -> None:
    """Write the years; the last month's lists are not answered yet."""
    rules = [
        (rule.id, rule.level, rule.risk)
        for rule in rulebook.rules
        if rule.kind == "alert" and rule.scope == "person"
    ][:15]
    kept = workspace.root / "county.pickle"
    county = County(random.Random(1), rules, households)
    county.come(NEW_A_MONTH * 8)
    if kept.exists():  # a build that was stopped goes on
        county = pickle.loads(kept.read_bytes())
    started = time.perf_counter()
    with Ledger.open(workspace.ledger) as ledger:
        for number in range(county.months, months):
            period = FIRST.shift(number)
            last = number == months - 1
            if last:
                county.come(CAMPAIGN)
            alerts = publish(ledger, county, rulebook, period)
            if number % 12 in (0, 11) or last:
                size = workspace.ledger.stat().st_size / 1e6
                opened = alerts.filter(pl.col("state").is_in(OPEN_STATES)).height
                say(
                    f"{period}: {alerts.height} alerts, {opened} open, {size:.0f} MB, "
                    f"{county.seconds:.2f} CPU s of the run, {time.perf_counter() - started:.0f} s"
                )
            if not last:
                answer(ledger, county, alerts, period)
                county.pass_a_month()
                county.come(NEW_A_MONTH)
                county.months += 1
                kept.write_bytes(pickle.dumps(county))
    people = [
        (f"{name:012d}01", f"{name:012d}", *_place(name), f"户主{name}", None, None, "男", "户主",
         50, True)
        for name in county.hits
    ]  # fmt: skip
    facts = pl.DataFrame(people, schema=PERSON_SCHEMA, orient="row")
    workspace.write_frames(period, {"facts": facts, "alerts": alerts})


def fill(workspace: Workspace, rulebook: Rulebook, period: Period, folder: Path) -> int:
    """Export the period's lists and answer them in the workbooks; returns how many rows."""
    day = period.shift(1).first_day + dt.timedelta(days=10)
    left = RETURNED
    for written in export_lists(workspace, rulebook, folder, Wanted(period, day)):
        book = openpyxl.load_workbook(folder / written.path)
        sheet = book["预警线索"]
        header = next(r for r in sheet.iter_rows() if any(c.value == "核实结果" for c in r))
        columns = {cell.value: cell.column for cell in header}
        for row in range(header[0].row + 1, sheet.max_row + 1):
            if left and sheet.cell(row, columns["行标识"]).value:
                left -= 1
                values = ("已核实-不实", day, "王干事", "入户看过，情况不属实。")
                for title, value in zip(
                    ("核实结果", "核实日期", "核实人", "核实情况"), values, strict=True
                ):
                    sheet.cell(row, columns[title]).value = value
        book.save(folder / written.path)
    return RETURNED - left


def say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def timed(title: str, action: Callable[[], object]) -> object:
    """Seconds by the clock, and of processor (the machine may have other work)."""
    started, used = time.perf_counter(), _processor()
    result = action()
    wall, busy = time.perf_counter() - started, _processor() - used
    say(f"{title:<56}{wall:7.2f} s {busy:7.2f} CPU s")
    return result


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def fpm(workspace: Workspace, *arguments: str) -> Callable[[], object]:
    """The command in a process of its own, as a person runs it."""
    order = [sys.executable, "-m", "fpm", *arguments, "-w", str(workspace.root)]

    def call() -> object:
        done = subprocess.run(order, capture_output=True, check=False)
        if done.returncode:
            say(done.stderr.decode() or done.stdout.decode())
        return done

    return call


def measure(workspace: Workspace, rulebook: Rulebook, period: Period) -> None:
    month = period.shift(1)
    day = str(month.first_day + dt.timedelta(days=14))
    size = workspace.ledger.stat().st_size / 1e6
    with Ledger.open_read_only(workspace.ledger) as ledger:
        say(f"{size:.0f} MB, {ledger.number('SELECT MAX(seq) FROM event', ()):,} events")
    timed("open the ledger", lambda: Ledger.open(workspace.ledger).close())
    timed("fpm --version (Python alone)", fpm(workspace, "status", "--help"))
    timed("fpm status", fpm(workspace, "status"))
    timed("fpm feedback status", fpm(workspace, "feedback", "status", "--as-of", day))
    timed("fpm case list", fpm(workspace, "case", "list", "--as-of", day))
    folder = workspace.root / "returned"
    rows = timed("(export and fill the lists)", lambda: fill(workspace, rulebook, period, folder))
    files = [str(path) for path in sorted(folder.glob("*.xlsx"))]
    done = timed(
        f"fpm feedback import, {rows} answers, {len(files)} workbooks",
        fpm(workspace, "feedback", "import", *files, "--as-of", day),
    )
    say(done.stdout.decode().strip().splitlines()[-1:] or done.stderr.decode()[-300:])
    timed(
        "fpm feedback import once more",
        fpm(workspace, "feedback", "import", *files, "--as-of", day),
    )
    timed("fpm ledger dump", fpm(workspace, "ledger", "dump"))
    timed("verify the whole ledger", lambda: say(verify(workspace.ledger).faults))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--households", type=int, default=140_000)
    chosen = parser.parse_args()
    workspace = (
        Workspace.open(chosen.folder)
        if (chosen.folder / "fpm.toml").exists()
        else Workspace.create(chosen.folder, "样例县", DIVISION)
    )
    rulebook = load_rulebook(workspace.rules)
    period = FIRST.shift(chosen.months - 1)
    if not (workspace.data(period) / "facts.parquet").exists():
        build(workspace, rulebook, chosen.months, chosen.households)
    measure(workspace, rulebook, period)


if __name__ == "__main__":
    main()
