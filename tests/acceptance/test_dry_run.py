"""A dry run decides as a worker would and cannot write: every write is denied, none is tried."""

import json
from contextlib import closing
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy.exc import DBAPIError

from tests.builders import NOON
from tests.desk import a_report, body
from tests.engines import an_engine
from tests.findings import ACCOUNT, finding, imported, organisation
from tests.pasts import BASE, s3_8
from tests.stored import STORES, SteppingClock, places_of
from triage.adapters.storage.looking import NothingThere, look_at
from triage.adapters.storage.peeking import PeekedInbox
from triage.adapters.storage.schema import cases, inbox, inbox_metadata, metadata
from triage.cli.dry_run import _text
from triage.domain.errors import TriageError
from triage.domain.message import Message
from triage.engine.dry_run import NOTHING, Lent, of_messages, of_queue
from triage.ports.queue import Unchanging

READS = ("Get", "List", "Describe", "Lookup", "BatchGet", "Head", "Search", "AssumeRole")


@dataclass
class LookedAt:
    """A queue that hands out and takes back, and breaks on anything that would change it."""

    waiting: list[bytes]
    released: list[str] = field(default_factory=list)
    given: int = 0

    def receive(self, *, at_most, wait_seconds):
        some = self.waiting[self.given : self.given + at_most]
        first = self.given
        self.given += len(some)
        return [Message(id=str(first + at), body=one, received=NOON) for at, one in enumerate(some)]

    def release(self, messages):
        self.released += [message.id for message in messages]

    def acknowledge(self, messages):
        raise AssertionError("a dry run acknowledged")

    def submit(self, bodies):
        raise AssertionError("a dry run submitted")

    def depth(self):
        return len(self.waiting)

    def oldest(self):
        return None

    def close(self):
        return None


def untouchable(world, queue):
    """The world of a dry run: nothing in it can be written to."""
    return replace(
        world,
        queue=queue,
        cases=NOTHING,
        incidents=NOTHING,
        outbox=NOTHING,
        quarantine=NOTHING,
        notifiers={},
    )


def test_it_decides_as_a_worker_does_and_aws_denies_every_change(scene, monkeypatch):
    finding_ = imported(finding())
    scene.load(organisation([finding()], public_access_block="all"))
    around = scene.sandbox.faults.around

    def only_reads(call, onward):
        if call.operation.startswith(READS):
            return around(call, onward)
        return scene.sandbox.faults.deny(None, call, onward)

    monkeypatch.setattr(scene.sandbox.faults, "around", only_reads)
    (row,) = of_queue(untouchable(scene.world, LookedAt([finding_])), at_most=10)
    asked = {one.operation for one in scene.sandbox.requests}
    assert all(name.startswith(READS) for name in asked), asked
    decided = scene.decide(finding_)
    told = ("decision", "verdict", "ground", "rule", "reasons")
    assert {name: row[name] for name in told} == {name: decided[name] for name in told}
    assert (row["status"], row["account"], row["case"]) == ("would close", ACCOUNT, decided["case"])


def test_what_was_taken_goes_back_even_when_nobody_reads_on(tmp_path):
    queue = LookedAt([s3_8(f"bucket-{number}") for number in range(25)])
    with an_engine(tmp_path) as engine:
        rows = of_queue(untouchable(engine.world, queue), at_most=12)
        next(rows)
        rows.close()
        assert queue.released == [str(number) for number in range(10)]
        again = LookedAt(queue.waiting)
        assert len(list(of_queue(untouchable(engine.world, again), at_most=12))) == 12
        assert len(again.released) == 12


def test_an_unreadable_message_and_a_failure_are_rows_of_their_own(tmp_path):
    class Broken:
        def fetch(self, reads, *, deadline, fresh):
            raise ConnectionError("gone")

    bodies = [b"{", s3_8("one")]
    messages = [Message(id=str(at), body=one, received=NOON) for at, one in enumerate(bodies)]
    with an_engine(tmp_path) as engine:
        world = replace(untouchable(engine.world, LookedAt([])), evidence=Broken())
        rows = list(of_messages(world, messages))
    assert [row["status"] for row in rows] == ["quarantined", "failed"]
    assert rows[1]["reason"] == "the engine could not decide: ConnectionError: gone"


def test_a_borrowed_queue_gives_back_and_does_nothing_else():
    queue = LookedAt([b"{", b"["])
    lent = Lent(queue)
    messages = lent.receive(at_most=2, wait_seconds=0)
    for refused in (lent.acknowledge, lent.submit):
        with pytest.raises(Unchanging, match="2 messages"):
            refused(messages)
    lent.release(messages)
    assert (queue.released, lent.depth(), lent.oldest()) == (["0", "1"], 2, None)
    lent.close()


def test_whatever_a_dry_run_has_no_business_with_refuses():
    with pytest.raises(TriageError, match="would need settle"):
        NOTHING.settle([])


# --- the stores -----------------------------------------------------------------------------------


def everything(place, tables):
    with closing(look_at(place, versioned=False)) as database, database.reading() as connection:
        return {
            table.name: connection.execute(table.select()).all() for table in tables.sorted_tables
        }


@pytest.fixture(params=list(STORES))
def places(request, tmp_path):
    """A store with a case and an inbox with three messages: where they are, and the settings."""
    clock = SteppingClock()
    with an_engine(tmp_path, "first", backend=request.param) as engine:
        engine.escalated()
        engine.world.queue.submit([body(a_report(1)), body(a_report(2)), b"{"])
    return places_of(tmp_path, request.param), clock


def test_a_store_that_is_looked_at_refuses_every_write(places):
    (store, queue, _), clock = places
    with closing(look_at(store)) as database:
        for table in (cases, metadata.tables["bodies"]):
            with pytest.raises(DBAPIError), database.writing() as connection:
                connection.execute(table.delete())
    with closing(PeekedInbox(look_at(queue, versioned=False), clock)) as peeked:
        assert len(peeked.receive(at_most=2, wait_seconds=9)) == 2
        messages = peeked.receive(at_most=2, wait_seconds=9)
        assert [message.body for message in messages] == [b"{"]
        assert (list(peeked.receive(at_most=2, wait_seconds=9)), peeked.depth()) == ([], 3)
        peeked.release(messages)
        for refused in (peeked.acknowledge, peeked.submit):
            with pytest.raises(Unchanging):
                refused(messages)


def test_the_command_judges_what_waits_and_leaves_every_row_as_it_was(places, desk):
    (store, queue, settings), _ = places
    desk.environment |= {**settings, "TRIAGE_PATHS__PLAYBOOKS": "all"}
    desk.write("all/one.yaml", BASE)
    before = everything(store, metadata), everything(queue, inbox_metadata)
    said = desk.triage("playbook", "dry-run", "--queue", "-o", "json")
    assert said.code == 0
    assert [row["status"] for row in said.json] == [
        "would escalate",
        "would escalate",
        "quarantined",
    ]
    assert said.err.endswith("2 would escalate, 1 quarantined; nothing was changed\n")
    assert (everything(store, metadata), everything(queue, inbox_metadata)) == before
    assert len(before[1][inbox.name]) == 3


def test_a_file_is_judged_where_there_is_no_store_and_none_is_made(desk):
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "all"
    desk.write("all/one.yaml", BASE)
    desk.write("ticket.json", body(a_report()))
    for form in ("table", "jsonl"):
        said = desk.triage("playbook", "dry-run", "ticket.json", "-o", form)
        assert (said.code, "would escalate" in said.text) == (0, True)
    assert {path.name for path in desk.folder.iterdir()} == {"all", "ticket.json"}
    queue = desk.triage("playbook", "dry-run", "--queue", "-o", "jsonl")
    assert (queue.code, queue.err) == (0, "no messages; nothing was changed\n")
    assert {path.name for path in desk.folder.iterdir()} == {"all", "ticket.json"}


def test_a_dry_run_of_nothing_or_of_both_is_a_usage_error(desk):
    assert desk.triage("playbook", "dry-run").code == 2
    assert desk.triage("playbook", "dry-run", "x.json", "--queue").code == 2


def test_a_playbook_with_an_error_is_not_tried(desk):
    desk.write("all/a.yaml", "playbook: [")
    desk.write("ticket.json", json.dumps({}))
    said = desk.triage("playbook", "dry-run", "ticket.json", "--playbooks", "all")
    assert said.code != 0
    assert "a.yaml:1:" in said.err


def test_there_is_nothing_to_look_at_where_there_is_nothing(tmp_path):
    with pytest.raises(NothingThere):
        look_at(tmp_path / "gone.sqlite3")


@pytest.mark.parametrize(
    ("decision", "shown"),
    [
        ({"decision": "close", "verdict": "benign", "ground": "signature"}, "as benign by sig"),
        ({"decision": "escalate", "priority": "high"}, "would high"),
        ({"decision": "resolve", "suggestions": [{"fix": "a"}, {"fix": "b"}]}, "with a, b"),
    ],
)
def test_every_decision_has_a_line_of_its_own(decision, shown):
    row = {"message": "1", "status": "would", "type": "t", "subject": "s", "reasons": ["because"]}
    assert shown in _text({**row, **decision})
