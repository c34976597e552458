"""The ledger against a plain model of the life of an alert, over any months and any answers."""

import datetime as dt
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.ledger.conftest import DUE_DAYS, County, Hit

from fpm.ledger import RuleTerms, verify
from fpm.model import Period

TERMS = {"illness_cost": RuleTerms(5000.0, 2, yearly=True), "dropout": RuleTerms(None, 1)}
FIRST = Period(2026, 11)
RISKS = {"illness_cost": "因病", "dropout": "因学"}
RANKS = {"red": 0, "orange": 1, "yellow": 2}
OPEN = {"new", "continuing", "escalated", "overdue"}
SPEAKING = {"new", "continuing", "worsened", "returned", "standing"}

HITS = st.lists(
    st.builds(
        Hit,
        household=st.sampled_from(["H1", "H2"]),
        rule=st.sampled_from(list(TERMS)),
        person=st.sampled_from(["P1", "P2"]),
        measure=st.sampled_from([None, 6000.0, 9000.0, 11000.0, 30000.0]),
        level=st.sampled_from(list(RANKS)),
    ),
    max_size=4,
    unique_by=lambda hit: (hit.household, hit.rule, hit.person),
).map(lambda hits: [replace(hit, risk=RISKS[hit.rule]) for hit in hits])


@dataclass
class Month:
    """What one list says: by household its alert, by hit its state and the amount last spoken."""

    index: int
    day: dt.date
    alerts: dict = field(default_factory=dict)
    hits: dict = field(default_factory=dict)  # (household, rule, person): state, spoken, measure
    standing: list = field(default_factory=list)  # hits on last year's totals
    listed: list = field(default_factory=list)  # hits that are on the list

    @property
    def year(self):
        return FIRST.shift(self.index).year


@dataclass
class Answer:
    month: int
    number: str
    result: str
    day: dt.date


class Model:
    """One household, one alert: read design §9 sentence by sentence."""

    def __init__(self):
        self.months, self.answers, self.numbers = [], [], Counter()

    def publish(self, hits, *, again=False):
        issued = {}
        if again:
            issued = {h: a["no"] for h, a in self.months[-1].alerts.items()} | self.given
            self.months.pop()
        index = len(self.months)
        day = FIRST.shift(index + 1).first_day + dt.timedelta(days=1)
        month = Month(index, day)
        before = self.months[-1] if self.months else Month(-1, day)
        for hit in hits:
            key = (hit.household, hit.rule, hit.person)
            month.hits[key] = (*self.hit_state(key, hit, before, month), hit.measure)
        month.standing = self.standing(before, month)
        for hit in month.standing:
            month.hits[hit.household, hit.rule, hit.person] = ("standing", 0.0, 0.0)
        hits = month.listed = [*hits, *month.standing]
        fresh = []
        for household in sorted({hit.household for hit in hits} | before.alerts.keys()):
            alert = self.alert(
                household, [h for h in hits if h.household == household], before, month
            )
            if alert:
                month.alerts[household] = alert
                if alert["no"] is None:
                    fresh.append((RANKS[alert["level"]], household))
        for _, household in sorted(fresh):
            number = issued.get(household)
            if number is None:
                self.numbers[month.year] += 1
                number = f"999901-{month.year}-{self.numbers[month.year]:05d}"
            month.alerts[household]["no"] = number
        self.given = issued | {h: a["no"] for h, a in month.alerts.items()}
        self.months.append(month)

    def last_answer(self, key, month):
        """The latest answer that is one, about a list on which this hit was put to the township."""
        found = None
        for answer in sorted(self.answers, key=lambda answer: answer.month):
            told = self.months[answer.month]
            hit = told.hits.get(key)
            if (
                answer.result != "待核实"
                and answer.day <= month.day
                and told.alerts.get(key[0], {}).get("no") == answer.number
                and hit
                and hit[0] in SPEAKING
            ):
                found = (answer, self.counted(hit[2], key, told, month))
        return found

    def counted(self, amount, key, told, month):
        """Of last year's total, 0."""
        return 0.0 if TERMS[key[1]].yearly and told.year != month.year else amount

    def standing(self, before, month):
        """Last year's totals that nobody answered for, of alerts that are open."""
        return [
            hit
            for hit in before.listed
            for key in [(hit.household, hit.rule, hit.person)]
            if TERMS[hit.rule].yearly
            and key not in month.hits
            and (
                before.hits[key][0] == "standing"
                or (before.hits[key][0] in SPEAKING and before.year != month.year)
            )
            and before.alerts[hit.household]["state"] in OPEN
            and not self.heard(before.alerts[hit.household], before, month)
            and not self.in_case(hit.household, hit.risk, month)
        ]

    def heard(self, old, before, month):
        return any(
            answer.number == old["no"] and answer.result != "待核实"
            and before.day < answer.day <= month.day
            for answer in self.answers
        )  # fmt: skip

    def in_case(self, household, risk, month):
        for rule_id, named in RISKS.items():
            for person in ("P1", "P2"):
                for answer in self.answers:
                    hit = self.months[answer.month].hits.get((household, rule_id, person))
                    number = self.months[answer.month].alerts.get(household, {}).get("no")
                    if (
                        answer.result == "纳入" and named == risk and number == answer.number
                        and hit and hit[0] in SPEAKING and answer.day <= month.day
                        and month.index - answer.month <= TERMS[rule_id].silence
                    ):  # fmt: skip
                        return True
        return False

    def hit_state(self, key, hit, before, month):
        """State, and the amount that was last put to the township."""
        margin, silence = TERMS[hit.rule].worsens_by, TERMS[hit.rule].silence
        earlier = before.hits.get(key)
        answered = self.last_answer(key, month)
        before_said = self.counted(earlier[1], key, before, month) if earlier else None
        said = [v for v in (answered and answered[1], before_said) if v is not None]
        known = margin is not None and hit.measure is not None and said
        worse = bool(known and hit.measure >= max(said) + margin)
        beyond = bool(
            answered and margin is not None and hit.measure is not None
            and answered[1] is not None and hit.measure >= answered[1] + margin
        )  # fmt: skip
        quiet = (
            answered
            and answered[0].result == "不实"
            and month.index - answered[0].month <= silence
            and not beyond
        )
        if self.in_case(hit.household, hit.risk, month):
            state = "case"
        elif quiet:
            state = "silent"
        elif earlier is None and answered is None:
            state = "new"
        elif worse:
            state = "worsened"
        elif earlier is None or earlier[0] in {"silent", "case"}:
            state = "returned"
        else:
            state = "continuing"
        kept = before_said if before_said is not None else hit.measure
        return state, hit.measure if state in {"new", "worsened", "returned"} else kept

    def alert(self, household, hits, before, month):
        old = before.alerts.get(household)
        if old and old["state"] == "cleared":
            old = None
        states = {hit: month.hits[hit.household, hit.rule, hit.person][0] for hit in hits}
        speaking = [hit for hit, state in states.items() if state in SPEAKING]
        closed = bool(old and old["state"] == "answered")
        heard = bool(old) and self.heard(old, before, month)
        if not speaking:
            if not old or not (hits or (heard and not closed) or not closed):
                return None
            if hits or (heard and not closed):
                return {**old, "state": "answered"}
            return {**old, "state": "cleared"}
        level = min((hit.level for hit in speaking), key=RANKS.get)
        risks = sorted({hit.risk for hit in speaking})
        due = month.day + dt.timedelta(days=DUE_DAYS[level])
        if not old:
            return {"no": None, "state": "new", "level": level, "risks": risks, "due": due}
        fresh = any(states[hit] in {"new", "worsened"} for hit in hits)
        rose = RANKS[level] < RANKS[old["level"]] or set(risks) - set(old["risks"])
        worse = "worsened" in states.values()
        was_answered = closed or heard
        if rose or worse or (was_answered and fresh):
            state = "escalated"
        elif not was_answered and old["due"] < month.day:
            state = "overdue"
        else:
            state = "continuing"
        if not was_answered:
            due = min(old["due"], due) if state == "escalated" else old["due"]
        return {"no": old["no"], "state": state, "level": level, "risks": risks, "due": due}


class AlertLife(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.county = County(Path(self.folder.name) / "ledger.db", terms=TERMS)
        self.model, self.hits = Model(), []

    def teardown(self):
        assert not self.model.months or verify(self.county.path).sound
        self.folder.cleanup()

    @property
    def period(self):
        return str(FIRST.shift(len(self.model.months) - 1))

    def judge(self):
        day = self.model.months[-1].day
        self.update, self.recorded = self.county.judge(self.period, *self.hits, today=day)

    @precondition(lambda self: len(self.model.months) < 11)
    @rule(hits=HITS)
    def a_month_passes(self, hits):
        self.hits = hits
        self.model.publish(hits)
        self.judge()

    @precondition(lambda self: self.model.months and not self.answered_last())
    @rule(hits=HITS)
    def the_month_is_corrected(self, hits):
        self.hits = hits
        self.model.publish(hits, again=True)
        self.judge()

    @precondition(lambda self: self.model.months)
    @rule()
    def the_month_is_run_again(self):
        head = self.recorded.head
        self.hits = list(reversed(self.hits))
        update, recorded = self.county.judge(self.period, *self.hits, today=dt.date(2029, 1, 1))
        assert (recorded.changed, recorded.head) == (False, head)
        assert update.alerts.equals(self.update.alerts)

    @precondition(lambda self: any(a["state"] in OPEN for a in self.last().alerts.values()))
    @rule(which=st.integers(0, 2), result=st.sampled_from(["不实", "不实", "纳入", "待核实"]))
    def an_answer_comes_back(self, which, result):
        month = self.last()
        numbers = sorted(a["no"] for a in month.alerts.values() if a["state"] in OPEN)
        answer = Answer(
            month.index, numbers[which % len(numbers)], result, month.day + dt.timedelta(days=9)
        )
        self.model.answers.append(answer)
        self.county.answer(answer.number, self.period, result, answer.day)

    def last(self):
        return self.model.months[-1] if self.model.months else Month(-1, dt.date(2026, 1, 1))

    def answered_last(self):
        return any(a.month == self.last().index for a in self.model.answers)

    @invariant()
    def the_list_says_what_the_model_says(self):
        if not self.model.months:
            return
        rows = self.update.alerts.to_dicts()
        told = {
            row["household_id"]: {
                "no": row["alert_no"], "state": row["state"], "level": row["level"],
                "risks": sorted(r for r in row["risks"].split("、") if r), "due": row["due_date"],
            }
            for row in rows
        }  # fmt: skip
        assert len(rows) == len(told)
        assert told == self.model.months[-1].alerts


TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
