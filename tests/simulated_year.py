"""A year of a sample county: files come in, lists go out, officers answer as officers do."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace

from fpm.ledger import Ledger
from fpm.model import Period
from fpm.pipeline.followup import import_feedback
from fpm.pipeline.guards import CHECKS, Acceptance
from fpm.pipeline.run import run_period
from fpm.pipeline.verify import verify_workspace
from fpm.rulebook import load_rulebook
from fpm.sample.county import Month, make_county
from fpm.sample.write import FIELD_DIRT, deliveries
from fpm.sample.writers import write
from fpm.workspace import Workspace
from officers import Returned

PERSONS, SEED = 250, 7
MONTHS = [Period(2026, 3).shift(month) for month in range(12)]
DELIVERED = ("roster", "civil_affairs", "medical_insurance", "housing", "intake")
UNASKED = ("accident", "disability", "disaster", "hints", "scale", "schooling", "water", "work")
FORMS = (
    "renamed",
    "shuffled",
    "halves",
    "thinned",
    "xls",
    "contradicting",
    "late",
    "csv",
    "tampered",
)
RESULTS = {"monitored": "已核实-纳入", "no_risk": "已核实-不实", "pending": "待核实"}
TYPED = {
    "已核实-纳入": ("已核实-纳入", " 已核实－纳入", "纳入"),
    "已核实-不实": ("已核实-不实", "已核实—不实\n", "不实。"),
    "待核实": ("待核实",),
}
DAYS = ("{0}", "{0:%Y.%m.%d}", "{0:%Y年%m月%d日}", "{0:%Y%m%d}", "day", "serial")


def issued(period):
    return period.last_day + dt.timedelta(days=8)


def returned(period):
    return issued(period) + dt.timedelta(days=12)


@dataclass
class Filled:
    """Files that come back, and what must become of them: answers by list and alert, problems."""

    files: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    problems: Counter = field(default_factory=Counter)


@dataclass
class Year:
    """The workspace after the year, what was answered, and what was found wrong on the way."""

    workspace: Workspace
    rulebook: object
    folder: object
    answers: dict = field(default_factory=dict)  # (alert, period) → result
    received: dict = field(default_factory=dict)  # (alert, period) → day
    faults: list = field(default_factory=list)
    waiting: list = field(default_factory=list)  # what each run said that it needs a person for
    forms: Counter = field(default_factory=Counter)
    late: Filled = field(default_factory=Filled)

    def alerts(self, period):
        with Ledger.open(self.workspace.ledger) as ledger:
            return {row["household_id"]: row for row in ledger.alerts(str(period)).to_dicts()}

    def hits(self, period):
        """Hits of kind alert, by household."""
        found = {}
        numbers = {row["alert_no"]: home for home, row in self.alerts(period).items()}
        with Ledger.open(self.workspace.ledger) as ledger:
            rows = ledger.hits(str(period)).to_dicts()
        for row in rows:
            if row["kind"] == "alert":
                found.setdefault(numbers[row["alert_no"]], []).append(row)
        return found


def simulate(root):
    """Live through ``MONTHS``; every third month the sample's stories begin anew."""
    workspace = Workspace.create(root / "county", "样例县", "999901")
    # Corrections ask no township, and rules about what is not delivered say nothing but take time.
    for folder in ("quality", *(f"policies/{name}" for name in UNASKED)):
        shutil.rmtree(workspace.rules / folder)
    year = Year(workspace, load_rulebook(workspace.rules), root)
    county = make_county(SEED, PERSONS, MONTHS, FIELD_DIRT)
    months = tuple(Month(period, place % 3 - 2) for place, period in enumerate(MONTHS))
    county = replace(county, months=months)
    for place, month in enumerate(months):
        for delivery in deliveries(county, month):
            if delivery.department in DELIVERED:
                write(delivery, workspace.root / "inbox")
        year.waiting.append(_run(workspace, month.period))
        _answer(year, place, month.period)
        year.faults += verify_workspace(workspace).faults
    return year


def _run(workspace, period):
    day = issued(period)
    # A sample repeats its stories: lists grow, shrink and come again, which the office accepts.
    accepted = [Acceptance(check, None, "样例县", "测试", day) for check in CHECKS]
    with workspace.locked():
        report = run_period(workspace, period, day, lambda _title, _done, _total: None, accepted)
    return report.waiting


def _answer(year, place, period):
    dice = random.Random(f"{SEED}{period}")
    batch, year.late = year.late, Filled()
    lists = sorted((year.workspace.out(period) / "乡镇").glob("*.xlsx"))
    homes = {row["alert_no"]: home for home, row in year.alerts(period).items()}
    for number, path in enumerate(lists):
        form = FORMS[(place * 2 + number) % len(FORMS)]
        year.forms[form] += 1
        filled = _fill(path, form, (period, dice, homes), year.folder / f"{period}-{number}")
        target = year.late if form == "late" else batch
        target.files += filled.files
        target.answers |= filled.answers
        target.problems += filled.problems
    if not batch.files:
        return
    day = returned(period)
    first = import_feedback(year.workspace, year.rulebook, batch.files, day)
    again = import_feedback(year.workspace, year.rulebook, batch.files[::-1], day)
    found = Counter(first.answers.problems["problem"].to_list())
    if (first.recorded, found) != (len(batch.answers), batch.problems):
        year.faults.append(f"{period}: {first.recorded} {found} {batch}")
    if again.recorded or Counter(again.answers.problems["problem"].to_list()) != found:
        year.faults.append(f"{period}: not the same the second time")
    year.answers |= batch.answers
    year.received |= dict.fromkeys(batch.answers, day)


def _fill(path, form, about, folder):
    """Answer a list in the manner of ``form``."""
    period = about[0]
    book, filled = Returned(path), Filled()
    for number in book.numbers():
        _visit(book, number, about, filled)
    said = [number for number, _ in filled.answers]
    if form == "thinned":
        for number in book.numbers()[::2]:
            if (
                number not in said
                and book.sheet.cell(book.row_numbered(number), book.column("核实结果")).value
                is None
            ):
                book.drop(number)
    if form == "shuffled":
        book.shuffle(str(period)).add_column("包村干部")
    if form == "tampered" and said:
        key = book.sheet.cell(book.row_numbered(said[0]), 1)
        key.value = key.value[:-8] + "00000000"
        del filled.answers[said[0], str(period)]
        filled.problems["tampered"] += 1
    if form == "contradicting" and said:
        other = Returned(path)
        home = filled.answers.pop((said[0], str(period)))
        result = RESULTS["no_risk" if home == RESULTS["monitored"] else "monitored"]
        if home == RESULTS["pending"]:  # a copy made before the visit contradicts nothing
            filled.answers[said[0], str(period)] = result
        else:
            filled.problems["copies_differ"] += 2
        other.fill_row(other.row_numbered(said[0]), result=result)
        filled.files.append(other.save(folder / path.name))
    if form == "halves":
        filled.files.append(_second_half(path, book, said, folder))
    save = {"xls": book.save_xls, "csv": book.save_csv}.get(form, book.save)
    suffix = form if form in {"xls", "csv"} else "xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    filled.files.append(save(folder / f"新建 {form} (2).{suffix}"))
    return filled


def _visit(book, number, about, filled):
    """What an officer writes on one row, and what must come of it."""
    period, dice, homes = about
    row, chance = book.row_numbered(number), dice.random()
    day = issued(period) + dt.timedelta(days=dice.randrange(1, 10))
    if chance < 0.55:
        kind = "monitored" if sum(map(ord, homes[number])) % 4 == 0 else "no_risk"
    elif chance < 0.65:
        kind = "pending"
    elif chance < 0.75:
        book.fill_row(row, result="去过两次" if chance < 0.7 else None, findings="没有人在家")
        filled.problems["unknown_result" if chance < 0.7 else "no_result"] += 1
        return
    elif chance < 0.8:
        book.fill_row(row, result=RESULTS["no_risk"], visited_on="上个星期")
        filled.problems["bad_date"] += 1
        return
    else:
        return
    result = RESULTS[kind]
    book.fill_row(
        row, result=dice.choice(TYPED[result]), visited_on=_written(day, dice), officer="王干事"
    )
    filled.answers[number, str(period)] = result


def _written(day, dice):
    form = dice.choice(DAYS)
    if form == "day":
        return day
    return (day - dt.date(1899, 12, 30)).days if form == "serial" else form.format(day)


def _second_half(path, book, said, folder):
    """Take every second answer out of ``book`` and write it on another officer's copy."""
    other = Returned(path)
    for number in said[::2]:
        row, there = book.row_numbered(number), other.row_numbered(number)
        for title in ("核实结果", "核实日期", "核实人"):
            mine = book.sheet.cell(row, book.column(title))
            other.sheet.cell(there, other.column(title)).value = mine.value
            mine.value = None
    return other.save(folder / path.name)
