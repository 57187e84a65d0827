"""The whole life of a licence on a store full of verdicts, as its operator types it.

A model is taught by people's verdicts, beats the one before on labels that neither saw, earns a
licence, closes, is audited, closes something it should not have, and loses it.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.quarters import ORGANISATION, RULE, TIER, a_quarter
from tests.stored import STORES, places_of
from triage.adapters.files.people import read_people
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.system.clock import SystemClock
from triage.domain.permission import Permission
from triage.engine.demoting import Demoter
from triage.engine.licensed import Licensing
from triage.engine.reviewing import Reviews
from triage.engine.rulebook import Rulebook
from triage.judgement.score import model_from

pytestmark = pytest.mark.slow
DAYS = 28
SIGNED = ("--by", "alice", "--key", "alice")
LICENCE = (RULE, "--tier", TIER)


class Life:
    """A quarter of verdicts, and the desk from which it is looked at."""

    def __init__(self, desk, quarter, backend):
        self.desk, self.quarter = desk, quarter
        self.store, self.clock = quarter.engine.store, quarter.engine.clock
        desk.people("alice")
        (desk.folder / "alice").chmod(0o600)
        desk.write("people.toml", (desk.folder / "people.toml").read_text() + quarter.listed())
        desk.write("organization.toml", ORGANISATION)
        _, _, environment = places_of(desk.folder, backend)
        desk.environment |= environment
        desk.environment["TRIAGE_PATHS__ORGANIZATION"] = "organization.toml"

    def ok(self, *words):
        said = self.desk.triage(*words)
        assert said.code == 0, said.err
        return said

    def train(self):
        """Judge ten days, then twelve more that only measure; learn from the first."""
        self.quarter.judged(10, 40, real=8)
        starts = self.clock.now() + timedelta(days=2)
        self.clock.time += timedelta(days=2)
        self.quarter.judged(12, 90, real=12)
        self.clock.time += timedelta(days=1)
        self.quarter.arrive(80)
        day = starts.strftime("%Y-%m-%dT%H:%M:%S")
        return self.ok("judge", "train", "--name", "ours", "--calibrate-from", day)

    def rule(self, model):
        """Put a model in force: on the command line, and in the engine."""
        self.desk.environment["TRIAGE_PATHS__MODEL"] = model
        content = json.loads((self.desk.folder / model).read_text())
        rules = replace(self.quarter.engine.world.rules, model=model_from(model, content))
        self.rulebook = Rulebook(rules)
        self.quarter.engine.change(rules=rules, rulebook=self.rulebook)

    def enforce(self):
        """What a worker does every few seconds."""
        people = {**self.quarter.people.people, **self.alice}
        keeper = Licensing(
            grants=self.store.grants,
            rulebook=self.rulebook,
            clock=self.clock,
            people=lambda: replace(self.quarter.people, people=people),
            verifier=SshVerifier(),
        )
        keeper.step()
        return next(iter(self.rulebook.current().licences.values()), Permission())

    @property
    def alice(self):
        return {"alice": read_people(self.desk.folder / "people.toml").get("alice")}

    def watch(self):
        """What a worker does every minute."""
        Reviews(closes=self.store.closes, cases=self.store.cases).step()
        return Demoter(
            grants=self.store.grants,
            closes=self.store.closes,
            cases=self.store.cases,
            queue=self.quarter.engine.world.queue,
            clock=self.clock,
            rules=self.rulebook.current,
        ).step()


@pytest.mark.parametrize("backend", sorted(STORES))
def test_a_licence_is_earned_used_and_lost(desk, backend):
    pytest.importorskip("sklearn")
    with a_quarter(desk.folder, backend, DAYS) as quarter:
        life = Life(desk, quarter, backend)
        taught(life)
        promoted(life)
        granted(life)
        used(life)
        lost(life)


def taught(life):
    """Training says what it learnt from, what it would certify, and where it wrote it."""
    said = life.train()
    assert "taught      400 labels, 80 real, AUC 1.000" in said.text
    assert "measured    1080 labels, 144 real, AUC 1.000" in said.text
    assert re.search(r"certifies   ours would close 8\d\.\d% \(both bounds hold\)", said.text)
    card = (life.desk.folder / "models" / "ours.md").read_text()
    assert "It carries no licence" in card
    assert "guardduty: 1080 labels" in card


def promoted(life):
    """The hand-made model certifies nothing here; the taught one is put in place, and only once."""
    files = ("--challenger", "models/ours.json", "--calibration", "models/ours.calibration.json")
    shadow = life.ok("judge", "compare", *files, "--days", "60")
    assert "1560 in shadow" in shadow.text
    won = life.ok("judge", "promote", *files, "--to", "models/live.json")
    assert "simulated would close 0.0%" in won.text
    life.rule("models/live.json")
    same = life.desk.triage("judge", "promote", *files, "--to", "models/other.json")
    assert same.code == 1
    assert "the challenger stays one: ours would close" in same.err
    assert not (life.desk.folder / "models" / "other.json").exists()


def granted(life):
    """Two steps, each signed; the licence reads as a sentence with its numbers."""
    before = life.ok("licence", "show", *LICENCE)
    assert "Nothing may close: " in before.text
    assert life.ok("licence", "grant", *LICENCE, *SIGNED).text.endswith("in staging: suggest\n")
    assert life.ok("licence", "grant", *LICENCE, *SIGNED).text.endswith("in staging: auto\n")
    again = life.desk.triage("licence", "grant", *LICENCE, *SIGNED)
    assert "nothing is raised" in again.err
    (row,) = life.ok("licence", "list", "-o", "json").json
    assert (row["rule"], row["level"]) == (RULE, "auto")
    page = life.ok("licence", "show", *LICENCE).text
    assert "at most 1.00% of what I close is real" in page
    assert "(0 of 144) would be closed" in page


def used(life):
    """Noise closes by licence, and every first close waits for a person."""
    life.clock.time = SystemClock().now()
    assert life.enforce().level == "auto"
    closed = [case for case, _ in life.quarter.arrive(30) if case.decided["decision"] == "close"]
    assert {case.decided["ground"] for case in closed} == {"licence"}
    assert len(closed) > 20
    waiting = life.ok("review", "list", "-o", "json").json
    assert len(waiting) == len(closed)
    life.first, life.miss = closed[0].id, closed[1].id
    numbers = life.ok("judge", "report", "-o", "json").json
    (line,) = numbers["licences"]
    assert line["closed by licence"] == len(closed)
    assert line["labelled attacks"] == "144 of 216"
    life.ok("judge", "report")


def lost(life):
    """One critical miss: shadow, told, and what it closed in 30 days is opened again."""
    words = ("--as", "true_positive", "--severity", "critical", "--because", "It was real.")
    life.ok("verdict", life.miss, *words, *SIGNED)
    life.ok("verdict", life.first, "--as", "benign", "--because", "Noise.", *SIGNED)
    life.clock.time += timedelta(minutes=1)
    assert life.watch() == 1
    assert life.enforce() == Permission()
    (row,) = life.ok("licence", "list", "-o", "json").json
    assert row["level"] == "shadow"
    assert "critical severity" in row["because"]
    events = life.ok("licence", "history", *LICENCE, "-o", "json").json
    assert [one["event"] for one in events] == ["raised", "raised", "fell"]
    cases = life.store.cases
    assert cases.case(life.first).status == "closed"
    opened = life.ok("review", "list", "-o", "json").json
    assert {cases.case(one["case"]).status for one in opened} == {"received"}
    why_not = life.desk.triage("licence", "grant", *LICENCE, *SIGNED)
    assert why_not.code == 1
    assert "0 of 216 labelled attacks" in why_not.err
    assert life.quarter.arrive(5)[0][0].decided["decision"] == "escalate"
