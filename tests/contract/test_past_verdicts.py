"""Past verdicts out of the case store: signed ones of people, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import NOON, a_case, a_ticket, minutes
from tests.stored import SteppingClock
from triage.adapters.history import evidence_source
from triage.adapters.history.evidence_source import PastVerdicts
from triage.adapters.storage.history import SqlHistory
from triage.domain.case import CaseEvent, EventKind, case_id
from triage.domain.evidence import Failed, Failure, Got, Read
from triage.domain.message import Message, Parsed
from triage.domain.ticket import CanonicalKey, Ticket
from triage.domain.verdict import Verdict
from triage.stages.dedup import admit

READ = Read.of("history.verdicts", "111122223333", "", type="S3.8")
OTHER = Read.of("iam.get_role", "111122223333", "us-east-1", role="web")


class Following:
    """Answers whatever is left, and remembers what that was."""

    def __init__(self) -> None:
        self.asked: list[Read] = []

    def fetch(self, reads: Any, **_times: Any) -> dict[Read, Failed]:
        self.asked += reads
        return {read: Failed(failure=Failure.DENIED, detail=read.kind) for read in reads}


@pytest.fixture
def following() -> Following:
    return Following()


@pytest.fixture
def fetch(store, following) -> Any:
    source = PastVerdicts(store.cases, SteppingClock(), following)
    return lambda *reads: source.fetch(reads, deadline=NOON + minutes(1), fresh=NOON)


def received(store: Any, **changes: Any) -> Ticket:
    ticket = a_ticket(**changes)
    message = Message(id=ticket.key, body=b"{}", received=NOON)
    store.cases.receive([Parsed(message=message, parts=(ticket,), bodies=())], admit)
    return ticket


def say(store: Any, ticket: Ticket, verdict: Verdict, by: str = "alice") -> None:
    case = store.cases.case(case_id(ticket.key))
    event = CaseEvent(
        id=f"{by}-{verdict}",
        kind=EventKind.VERDICT_GIVEN,
        at=NOON + minutes(1),
        data={"verdict": verdict, "by": by, "reason": "-", "closes": False},
    )
    store.cases.append(case.id, event, version=case.version)


def test_a_signed_verdict_is_told_with_whom_it_was_about(store, fetch):
    ticket = received(store, principal="arn:aws:iam::111122223333:user/alice")
    say(store, ticket, Verdict.TRUE_POSITIVE)
    answer = fetch(READ)[READ]
    assert isinstance(answer, Got)
    assert answer.payload == {
        "Verdicts": [
            {
                "verdict": "true positive",
                "by": "alice",
                "at": (NOON + minutes(1)).isoformat(),
                "case": case_id(ticket.key),
                "subject": "arn:aws:s3:::reports",
                "principal": "arn:aws:iam::111122223333:user/alice",
            }
        ]
    }


def test_what_the_engine_closed_by_itself_is_no_verdict(store, fetch):
    ticket = received(store)
    case = store.cases.case(case_id(ticket.key))
    closed = CaseEvent(
        id="closed",
        kind=EventKind.DECIDED,
        at=NOON,
        data={"decision": "close", "verdict": "benign", "inputs": None},
    )
    store.cases.append(case.id, closed, version=case.version)
    assert fetch(READ)[READ].payload == {"Verdicts": []}


@pytest.mark.parametrize("changes", [{"type": "S3.2"}, {"account": "444455556666"}])
def test_other_types_and_other_accounts_have_their_own_past(store, fetch, changes):
    say(store, received(store, key=CanonicalKey("another"), **changes), Verdict.BENIGN)
    assert fetch(READ)[READ].payload == {"Verdicts": []}


def test_a_history_too_long_to_look_through_is_none(store, fetch, monkeypatch):
    monkeypatch.setattr(evidence_source, "CASES_MAX", 1)
    for name in ("one", "two"):
        received(store, key=CanonicalKey(name))
    assert fetch(READ)[READ] == Failed(failure=Failure.PARTIAL, detail="history.verdicts")


def test_a_store_that_fails_is_an_answer_and_no_traceback(store, following):
    class Broken:
        def cases(self, _wanted: Any) -> Any:
            raise OSError("disk")

    source = PastVerdicts(Broken(), SteppingClock(), following)  # type: ignore[arg-type] - half a store
    found = source.fetch([READ], deadline=NOON, fresh=NOON)
    assert found == {READ: Failed(failure=Failure.BROKEN, detail="history.verdicts: OSError")}


def test_everything_else_is_asked_of_the_next_source(fetch, following):
    assert set(fetch(READ, OTHER)) == {READ, OTHER}
    assert following.asked == [OTHER]
    fetch(READ)
    assert following.asked == [OTHER]


def test_a_case_from_before_principals_were_kept_has_none(store, fetch):
    ticket = received(store)
    say(store, ticket, Verdict.BENIGN)
    old = a_case(ticket)
    head = {name: one for name, one in old.headline.items() if name != "principal"}
    (told,) = PastVerdicts(store.cases, SteppingClock(), Following())._said(
        replace(old, headline=head)
    )
    assert told["principal"] == ""


def test_of_the_past_only_cases_that_say_something_are_read_whole(store):
    past = SqlHistory(store.database)
    one, other = (received(store, key=CanonicalKey(name)) for name in ("a", "b"))
    say(store, one, Verdict.BENIGN)
    say(store, one, Verdict.BENIGN, by="bob")
    (found,) = past.telling(NOON - minutes(60), b"verdict_given")
    assert found.case == case_id(one.key)
    assert [body.count(b"verdict_given") > 0 for body in found.events] == [False, True, True]
    assert len(found.hashes) == 3
    everything = {past.case for page in past.pages(NOON - minutes(60)) for past in page}
    assert everything == {case_id(one.key), case_id(other.key)}
    assert not list(past.telling(NOON - minutes(60), b"verdict%given"))
    assert not list(past.telling(NOON + minutes(10_000), b"verdict_given"))
