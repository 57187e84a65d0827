"""Whatever somebody changes in the file, `audit verify` finds it."""

import sqlite3
from contextlib import closing
from functools import partial

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, minutes
from tests.examples import examples
from tests.stored import claimed, decided, message, received, told
from triage.adapters.storage import open_store, verify
from triage.domain.case import CaseEvent, EventKind, case_id, event_id, link
from triage.domain.effect import Effect
from triage.domain.json import canonical, digest
from triage.domain.message import Rejected
from triage.engine.escalation import Raised
from triage.stages.dedup import admit

EVIDENCE = b"what was seen"


def history(folder):
    """Three cases with two or three events each, an effect, bodies and a quarantined message."""
    store = open_store(folder / "triage.sqlite3")
    received(store, told(1), told(2), told(3))
    received(store, told(1, version=NOON + minutes(9), body=b"new"))
    store.cases.receive([message(Rejected(body=b"?", reason="no ticket"))], admit)
    store.cases.settle([_settlement(claim) for claim in claimed(store)])
    return store


def _settlement(claim):
    effect = Effect(id=f"e-{claim.case.id}", case=claim.case.id, kind="notify", data={}, due=NOON)
    inputs = {"evidence": digest(EVIDENCE), "now": NOON.isoformat()}
    data = {
        "decision": "escalate",
        "priority": "high",
        "inputs": inputs,
        "effects": Raised(effects=(effect,)).intents,
    }
    event = CaseEvent(
        id=event_id(claim.case.id, claim.case.version, "decided"),
        kind=EventKind.DECIDED,
        at=NOON,
        data=data,
    )
    return decided(claim, event=event, effects=(effect,), bodies={digest(EVIDENCE): EVIDENCE})


@pytest.fixture
def store(tmp_path):
    with closing(history(tmp_path)) as opened:
        yield opened


def change(store, *statements):
    with closing(sqlite3.connect(store.database.path)) as connection, connection:
        for statement in statements:
            sql, *values = [statement] if isinstance(statement, str) else statement
            assert connection.execute(sql, values).rowcount != 0


def problems(store):
    return verify(store).problems


def test_what_nobody_touched_verifies(store):
    report = verify(store)
    assert (report.cases, report.events, report.problems) == (3, 7, ())
    assert report.bodies == 6


CHANGES = {
    "an event's bytes": "UPDATE events SET body = cast(body || ' ' AS BLOB) WHERE sequence = 2",
    "an event's time": """UPDATE events
        SET body = cast(replace(body, '2026', '2027') AS BLOB) WHERE sequence = 1""",
    "an event as text": "UPDATE events SET body = cast(body AS TEXT) WHERE sequence = 1",
    "an event's hash": "UPDATE events SET hash = replace(hash, substr(hash, 1, 1), '_')",
    "an event's name": "UPDATE events SET id = 'other' WHERE sequence = 2",
    "an event's place": "UPDATE events SET sequence = 9 WHERE sequence = 2",
    "the last event gone": "DELETE FROM events WHERE sequence = 2",
    "the first event gone": "DELETE FROM events WHERE sequence = 1",
    "all events of a case gone": "DELETE FROM events WHERE case_id = (SELECT min(id) FROM cases)",
    "a case gone": "DELETE FROM cases WHERE id = (SELECT min(id) FROM cases)",
    "an event of no case": "INSERT INTO events VALUES ('nowhere', 1, 'e', x'7b7d', 'h')",
    "a cached state": """UPDATE cases SET state = replace(state, 'escalated', 'closed')""",
    "a space in a cached state": "UPDATE cases SET state = replace(state, ':', ': ')",
    "a cached state that is no JSON": "UPDATE cases SET state = '{'",
    "a cached state that is no object": "UPDATE cases SET state = '[]'",
    "a cached column": "UPDATE cases SET status = 'closed'",
    "a cached account": "UPDATE cases SET account = '999988887777'",
    "a version": "UPDATE cases SET version = version + 1",
    "a key": "UPDATE cases SET key = key || 'x' WHERE id = (SELECT min(id) FROM cases)",
    "a body": "UPDATE bodies SET bytes = cast(bytes || ' ' AS BLOB)",
    "a body as text": "UPDATE bodies SET bytes = cast(bytes AS TEXT)",
    "a body under another name": "UPDATE bodies SET hash = 'f' || hash",
    "a ticket's body gone": "DELETE FROM bodies WHERE hash = (SELECT min(hash) FROM bodies)",
    "the evidence gone": ("DELETE FROM bodies WHERE hash = ?", digest(EVIDENCE)),
    "a quarantined body gone": ("DELETE FROM bodies WHERE hash = ?", digest(b"?")),
    "an effect nobody intended": """INSERT INTO effects SELECT 'x', id, 'notify', '{}', 'intended',
        0, 0, '', NULL, NULL FROM cases LIMIT 1""",
    "an effect's address": """UPDATE effects SET data = '{"address":"elsewhere"}'""",
    "an effect gone": "DELETE FROM effects",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_any_change_to_the_record_is_found(store, statement):
    change(store, statement)
    assert problems(store)


def test_two_events_that_changed_places_are_found(store):
    change(
        store,
        "UPDATE events SET sequence = 99 WHERE sequence = 1",
        "UPDATE events SET sequence = 1 WHERE sequence = 2",
        "UPDATE events SET sequence = 2 WHERE sequence = 99",
    )
    assert problems(store)


def test_an_event_put_in_between_with_a_hash_that_fits_is_found(store):
    (case,) = [one for one in store.cases.chains() if len(one.links) == 3]
    last = case.links[-1]
    content = orjson.loads(last[1]) | {"sequence": 4, "id": "forged"}
    body = canonical(content)
    forged = ("INSERT INTO events VALUES (?, 4, 'forged', ?, ?)", case.case, body)
    change(store, (*forged, link(last[2], body)))
    assert problems(store) == (f"case {case.case}: 3 events are on record and 4 are there",)


def test_a_problem_says_which_case_and_what_does_not_fit(store):
    name = min(chain.case for chain in store.cases.chains())
    sql = "UPDATE events SET body = cast(body || ' ' AS BLOB) WHERE case_id = ? AND sequence = 2"
    change(store, (sql, name))
    assert problems(store) == (f"case {name}: event 2 was changed",)
    assert name in {case_id(told(number).key) for number in (1, 2, 3)}


def test_a_damaged_case_keeps_no_other_from_being_claimed(store):
    received(store, *[told(number, version=NOON + minutes(20), body=b"n") for number in (1, 2, 3)])
    change(store, "UPDATE cases SET state = '{' WHERE id = (SELECT min(id) FROM cases)")
    assert len(claimed(store)) == 2
    assert claimed(store) == []
    assert store.cases.count()["due"] == 3


BLOBS = {
    "events": ("events", "body"),
    "bodies": ("bodies", "bytes"),
    "states": ("cases", "state"),
    "hashes": ("events", "hash"),
    "names": ("events", "id"),
    "effects": ("effects", "data"),
}


def _flipped(value, place, bit):
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[place % len(raw)] ^= 1 << bit
    return raw.decode("latin-1") if isinstance(value, str) else bytes(raw)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    what=st.sampled_from(sorted(BLOBS)),
    row=st.integers(0, 50),
    place=st.integers(0, 5000),
    bit=st.integers(0, 6),
)
def test_any_single_bit_of_the_record_is_found(store, what, row, place, bit):
    table, column = BLOBS[what]
    query = f"SELECT rowid, {column} FROM {table} ORDER BY rowid"  # noqa: S608 - our own words
    with closing(sqlite3.connect(store.database.path)) as connection:
        rows = connection.execute(query).fetchall()
    number, value = rows[row % len(rows)]
    put = partial(change, store)
    statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
    put((statement, _flipped(value, place, bit), number))
    try:
        assert problems(store)
    finally:
        put((statement, value, number))
    assert problems(store) == ()
