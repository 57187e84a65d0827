"""The law: what decides while an answer is unknown decides the same for every value of it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_ticket
from tests.examples import examples
from tests.playbooks import ASKS, a_context, a_signature, decided, facts
from tests.property.strategies import (
    BECAUSE,
    CLOSES,
    all_answers,
    answers_to,
    expressions,
    playbooks,
    tickets,
)
from triage.domain.decision import Close, Level
from triage.domain.evidence import Unknown
from triage.playbook.evaluate import _names, _signed, evaluate
from triage.playbook.expression import compile_condition
from triage.playbook.syntax import Playbook
from triage.playbook.values import Scope, Touched

VALUES_TRIED = 3
LAW = settings(deadline=None, max_examples=examples(150))


def value_of(when: str, answers: dict[str, Any], ticket: Any) -> bool | None:
    """True, false, or None for unknown."""
    known = facts(answers, ticket, signatures=[a_signature(ticket)])
    scope = Scope(names=_names(known), signed=_signed(known), now=known.now)
    try:
        return compile_condition(when)(scope)
    except Touched:
        return None


def completed(data: st.DataObject, answers: dict[str, Any]) -> dict[str, Any]:
    """The same answers with every unknown found out, somehow."""
    return {
        name: data.draw(answers_to(name)) if isinstance(answer, Unknown) else answer
        for name, answer in answers.items()
    }


@LAW
@given(st.data(), expressions(), all_answers())
def test_a_condition_that_decides_on_unknowns_decides_the_same_for_every_value(data, when, answers):
    decided_now = value_of(when, answers, a_ticket())
    for _ in range(VALUES_TRIED):
        found_out = value_of(when, completed(data, answers), a_ticket())
        assert decided_now is None or found_out is decided_now


@LAW
@given(st.data(), playbooks(), all_answers(), tickets())
def test_a_ruling_that_met_no_unknown_stands_for_every_value(data, playbook, answers, ticket):
    ruling = evaluate(playbook, facts(answers, ticket))
    for _ in range(VALUES_TRIED if ruling.rule and not ruling.unknowns else 0):
        again = evaluate(playbook, facts(completed(data, answers), ticket))
        assert again.rule == ruling.rule


@LAW
@given(st.data(), playbooks(CLOSES), all_answers(), tickets())
def test_a_close_on_unknowns_is_the_same_close_for_every_value(data, playbook, answers, ticket):
    world = a_context(playbook, signatures=[a_signature(ticket)], level=Level.AUTO)
    first = decided(ticket, world, answers)
    for _ in range(VALUES_TRIED if isinstance(first, Close) else 0):
        again = decided(ticket, world, completed(data, answers))
        assert (type(again), again.verdict, again.ground, again.rule) == (
            Close,
            first.verdict,
            first.ground,
            first.rule,
        )


@LAW
@given(playbooks(), all_answers(), tickets(), st.sampled_from(BECAUSE))
def test_because_never_changes_what_is_decided(playbook, answers, ticket, words):
    other = Playbook(
        **{
            name: getattr(playbook, name)
            for name in ("name", "title", "owner", "why", "match", "evidence")
        },
        rules=tuple(
            type(rule)(name=rule.name, because=words, outcome=rule.outcome, when=rule.when)
            for rule in playbook.rules
        ),
    )
    one, two = (evaluate(each, facts(answers, ticket)) for each in (playbook, other))
    told = [
        (ruling.rule.name if ruling.rule else None, ruling.unknowns, ruling.priority)
        for ruling in (one, two)
    ]
    assert told[0] == told[1]


@LAW
@given(expressions(), all_answers(), tickets())
def test_a_condition_is_true_false_or_unknown_and_nothing_else(when, answers, ticket):
    assert value_of(when, answers, ticket) in {True, False, None}


@LAW
@given(playbooks(CLOSES), tickets())
def test_knowing_nothing_never_closes_by_proof(playbook, ticket):
    nothing = {name: Unknown(reason="?") for name in ASKS}
    ruling = decided(ticket, a_context(playbook, level=Level.AUTO), nothing)
    sample = ticket.sample and isinstance(ruling, Close) and ruling.verdict == "test"
    assert sample or getattr(ruling, "ground", None) != "proof"
