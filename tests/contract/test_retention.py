"""Retention: what ended long ago loses its bytes, and nothing else loses anything."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.engines import an_engine, finding
from tests.stored import STORES, message
from triage.adapters.storage import verify
from triage.domain.case import CaseEvent, EventKind
from triage.domain.inputs import kept_own_bytes
from triage.domain.message import Rejected
from triage.domain.ticket import FindingClass
from triage.engine.commands import InputsDeleted, replay
from triage.engine.retention import delete, due
from triage.engine.rules import InputGone
from triage.ports.case_store import Filter, Retirement
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.dedup import admit

pytestmark = pytest.mark.slow

AFTER = NOON + timedelta(days=40)
DAYS = {FindingClass.POSTURE: 31}


@pytest.fixture(params=STORES)
def engine(request, tmp_path):
    with an_engine(tmp_path, "first", backend=request.param) as made:
        yield made


def told(engine, bucket, **changes):
    engine.submit(finding(bucket, **changes))
    (case,) = engine.decide()
    return case


def closed(engine, bucket):
    case = told(engine, bucket)
    data = {"verdict": "benign", "by": "alice", "closes": True}
    event = CaseEvent(id="v", kind=EventKind.VERDICT_GIVEN, at=engine.clock.now(), data=data)
    return engine.store.cases.append(case.id, event, version=case.version)


def waiting(engine, now=AFTER, days=DAYS, at_most=100):
    return due(engine.store.cases, days, now=now, at_most=at_most)


def retire(engine, now=AFTER):
    return [delete(engine.store.cases, one, now=now) for one in waiting(engine, now)]


def ticket_of(engine, case):
    return engine.store.cases.events(case.id)[0].data["body"]


def replayed(engine, case):
    return replay(engine.store.cases, case.id, VOCABULARY)


def test_a_closed_case_loses_its_bytes_and_an_open_one_keeps_them(engine):
    gone, kept = closed(engine, "gone"), told(engine, "kept")
    own = kept_own_bytes(engine.store.cases.events(gone.id))
    size = sum(len(engine.store.cases.body(name)) for name in own)
    (counted,) = [one.counted() for one in waiting(engine)]
    assert (counted.cases, counted.bodies, counted.size) == (1, 2, size)
    assert verify(engine.store).problems == ()
    (said,) = retire(engine)
    assert said == counted
    assert [engine.store.cases.body(name) for name in own] == [None, None]
    assert engine.store.cases.body(ticket_of(engine, kept)) is not None
    assert verify(engine.store).problems == ()
    assert replayed(engine, kept).equal


def test_a_replay_says_when_its_inputs_were_deleted_and_why(engine):
    case = closed(engine, "gone")
    retire(engine)
    with pytest.raises(InputsDeleted) as raised:
        replayed(engine, case)
    assert str(raised.value) == (
        f"the inputs of case {case.id} were deleted on 2026-12-30 by retention"
        " (31 days for posture); what was decided stays, and cannot be replayed"
    )


def test_bytes_that_nobody_deleted_on_purpose_are_missed(engine):
    case = told(engine, "lost")
    closed(engine, "gone")
    retire(engine)
    name = ticket_of(engine, case)
    with engine.store.database.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM bodies WHERE hash = '{name}'")  # noqa: S608
    assert verify(engine.store).problems == (f"case {case.id}: body {name} is gone",)
    with pytest.raises(InputGone):
        replayed(engine, case)


def test_the_deletion_is_an_event_that_is_no_news(engine):
    case, later = closed(engine, "gone"), closed(engine, "later")
    listed = [one.id for one in engine.store.cases.cases(Filter())]
    own = sorted(kept_own_bytes(engine.store.cases.events(case.id)))
    retire(engine)
    after = engine.store.cases.case(case.id)
    assert (after.status, after.changed, after.version) == (
        "closed",
        case.changed,
        case.version + 1,
    )
    event = engine.store.cases.events(case.id)[-1]
    assert (event.kind, event.at, event.data["bodies"]) == (EventKind.INPUTS_DELETED, AFTER, own)
    assert [one.id for one in engine.store.cases.cases(Filter())] == listed
    assert later.id in listed


def test_what_was_deleted_is_not_looked_at_again(engine):
    closed(engine, "gone")
    assert [one.cases for one in retire(engine)] == [1]
    assert [one.cases for one in retire(engine)] == [0]


def test_a_case_that_ended_lately_or_of_another_class_keeps_everything(engine):
    closed(engine, "gone")
    assert [len(one.cases) for one in waiting(engine, NOON + timedelta(days=30))] == [0]
    assert [len(one.cases) for one in waiting(engine, days={FindingClass.THREAT: 31})] == [0]
    assert waiting(engine, days={}) == []


def test_no_more_cases_than_asked_and_the_oldest_first(engine):
    first = closed(engine, "first")
    engine.clock.time += timedelta(days=1)
    closed(engine, "second")
    (found,) = waiting(engine, at_most=1)
    assert list(found.cases) == [first.id]


def test_what_another_case_rests_on_stays(engine):
    gone, kept = closed(engine, "gone"), told(engine, "kept")
    name = ticket_of(engine, gone)
    also = CaseEvent(id="s", kind=EventKind.SUPERSEDED, at=NOON, data={"body": name})
    engine.store.cases.append(kept.id, also, version=kept.version)
    assert [one.bodies for one in retire(engine)] == [1]
    assert engine.store.cases.body(name) is not None
    assert verify(engine.store).problems == ()


def test_what_is_in_quarantine_stays(engine):
    case = closed(engine, "gone")
    body = engine.store.cases.body(ticket_of(engine, case))
    engine.store.cases.receive([message(Rejected(body=body, reason="odd"))], admit)
    (said,) = retire(engine)
    assert (said.cases, said.bodies) == (1, 1)
    (entry,) = engine.store.quarantine.list()
    assert engine.store.quarantine.show(entry.id)[1] == body


def test_a_case_to_which_something_happened_meanwhile_keeps_everything(engine):
    case = closed(engine, "gone")
    (found,) = waiting(engine)
    engine.submit(finding("gone", UpdatedAt="2026-11-20T11:00:00Z"))
    assert delete(engine.store.cases, found, now=AFTER).cases == 0
    assert engine.store.cases.body(ticket_of(engine, case)) is not None


def test_an_open_case_is_not_retired_whoever_asks(engine):
    case = told(engine, "open")
    event = CaseEvent(id="r", kind=EventKind.INPUTS_DELETED, at=AFTER, data={"bodies": []})
    names = frozenset({ticket_of(engine, case)})
    asked = Retirement(case=case, event=event, bodies=names)
    assert engine.store.cases.retire([asked]) == 0
    assert engine.store.cases.body(ticket_of(engine, case)) is not None


def test_news_of_what_was_deleted_is_a_case_like_any_other(engine):
    case = closed(engine, "gone")
    retire(engine)
    engine.clock.time = AFTER
    again = told(engine, "gone", UpdatedAt="2026-12-30T11:00:00Z")
    assert (again.id, again.status) == (case.id, "escalated")
    assert replayed(engine, again).equal
    assert verify(engine.store).problems == ()
