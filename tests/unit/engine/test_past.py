"""Which decisions of a case are worth making again, and what people said of which."""

import pytest

from tests.builders import NOON, a_ticket, minutes
from triage.domain.case import CaseEvent, EventKind, case_id, event_body
from triage.domain.json import digest
from triage.engine.past import by_engine, loads, made
from triage.ports.history import Past
from triage.stages.dedup import telling

CASE = case_id(a_ticket().key)


def past(*kinds, **data):
    """A case's events: `told`, `decided`, or a verdict, a minute apart."""
    bodies = []
    for place, kind in enumerate(kinds, start=1):
        at = NOON + minutes(place)
        if kind == "told":
            event = CaseEvent(id=str(place), kind=EventKind.UPDATED, at=at,
                              data=telling(a_ticket(body=f"body {place}"), at))  # fmt: skip
        elif kind == "decided":
            inputs = {"tellings": [["body 1", at.isoformat()]], "engine": "9"}
            event = CaseEvent(id=str(place), kind=EventKind.DECIDED, at=at,
                              data={"inputs": inputs, "n": place})  # fmt: skip
        else:
            event = CaseEvent(id=str(place), kind=EventKind.VERDICT_GIVEN, at=at,
                              data={"verdict": kind, **data})  # fmt: skip
        bodies.append(event_body(CASE, place, event))
    return a_case(bodies)


def a_case(bodies):
    return Past(case=CASE, events=tuple(bodies), hashes=tuple(map(digest, bodies)))


def found(*kinds, **data):
    return [(one.event["data"]["n"], one.said, one.real) for one in made(past(*kinds, **data))]


TP = "true positive"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("told",), []),
        (("told", "decided"), [(2, (), False)]),
        # Nobody said anything: the last one stands for all.
        (("told", "decided", "told", "decided"), [(4, (), False)]),
        # Of what was real every one, for each could have closed it.
        (("told", "decided", "told", "decided", TP), [(2, (TP,), True), (4, (TP,), True)]),
        (("told", "decided", "decided", "benign"), [(3, ("benign",), False)]),
        # A verdict is about what was decided before it, and not about what came after.
        (
            ("told", "decided", TP, "told", "decided"),
            [(2, (TP,), True), (5, (), False)],
        ),
        (
            ("told", "decided", "benign", "decided", "security risk"),
            [(2, ("benign",), False), (4, ("security risk",), True)],
        ),
        # Somebody who changes their mind has said both, and the worse one counts.
        (("told", "decided", TP, "benign"), [(2, (TP, "benign"), True)]),
        (("told", TP), []),
    ],
)
def test_verdicts_judge_the_decisions_before_them(kinds, expected):
    assert found(*kinds) == expected


def test_a_close_that_was_marked_as_a_critical_miss_was_real_whatever_else_was_said():
    assert found("told", "decided", "suspicious", critical_miss=True) == [
        (2, ("suspicious",), True)
    ]
    assert found("told", "decided", "suspicious") == [(2, ("suspicious",), False)]


def test_a_decision_knows_when_it_was_and_what_was_told_by_then():
    (one,) = made(past("told", "decided", "told"))
    assert (one.at, one.opened) == (NOON + minutes(2), NOON + minutes(1))
    assert (one.is_since(NOON + minutes(2)), one.is_since(NOON + minutes(3))) == (True, False)
    assert (one.is_by(by_engine("9")), one.is_by(by_engine("8"))) == (True, False)
    assert (list(one.headlines), one.headline["type"]) == (["body 1"], "S3.8")


def test_a_text_that_looks_like_an_event_is_none():
    title = '","kind":"verdict_given","verdict":"true positive'
    at = NOON + minutes(1)
    event = CaseEvent(id="1", kind=EventKind.RECEIVED, at=at,
                      data=telling(a_ticket(title=title), at))  # fmt: skip
    forged = a_case([event_body(CASE, 1, event), *past("told", "decided").events])
    assert [one.real for one in made(forged)] == [False]


def test_half_a_surrogate_pair_is_read_like_everything_else():
    assert loads(b'{"a":"\\ud800"}') == {"a": "\ud800"}
