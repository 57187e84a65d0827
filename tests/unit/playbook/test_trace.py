"""Why a pattern matches or not, and why a condition is true, false or unknown."""

import pytest

from tests.builders import a_ticket, an_account
from tests.playbooks import SHIPPED, a_playbook, a_rule, absent, facts, known, unknown
from triage.domain.decision import Priority
from triage.domain.verdict import Verdict
from triage.playbook.evaluate import evaluate
from triage.playbook.expression import parse
from triage.playbook.loader import load
from triage.playbook.syntax import CloseAs, EscalateTo
from triage.playbook.trace import APART, Value, ruled, tried
from triage.playbook.unparse import unparse
from triage.playbook.view import ticket_view
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.match import facts as facts_of
from triage.stages.rehearse import _context, _evidence, ticket_of

LOADED = load(SHIPPED, VOCABULARY)
CONDITIONS = sorted(
    {rule.when for playbook in LOADED.playbooks for rule in playbook.rules if rule.when}
)
THROTTLED = (
    'change.principal.name == "x" is unknown'
    " (change.principal.name is unknown (the look-up was throttled))"
)
CLOSE, TELL = CloseAs(verdict=Verdict.BENIGN), EscalateTo(priority=Priority.HIGH)


def try_(match, **changes):
    view = ticket_view(a_ticket(**changes), an_account())
    found = tried(a_playbook(match=match), view)
    return found.matches, found.held, found.failing


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ({"type": ["S3.8"]}, (True, 1, "")),
        ({"type": ["S3.8"], "region": ["us-east-1"]},
         (False, 1, "region is 'eu-west-1', not exact 'us-east-1'")),
        ({"type": [{"prefix": "EC2."}, "S3.2"]},
         (False, 0, "type is 'S3.8', not exact 'S3.2' or prefix 'EC2.'")),
        ({"severity": {"score": [{"numeric": [">", 90]}]}},
         (False, 0, "severity.score is 75, not numeric '> 90'")),
        ({"type": [{"cidr": "10.0.0.0/8"}]},
         (False, 0, "type is 'S3.8', not cidr '10.0.0.0/8'")),
        ({"event": {"gone": ["x"]}}, (False, 0, "event.gone is not there, not exact 'x'")),
        ({"type": [{"anything-but": ["S3.8", "S3.2"]}]},
         (False, 0, "type is 'S3.8', not anything-but exact 'S3.2, S3.8'")),
        # Of two ways, the one that came further is told.
        ({"$or": [{"type": ["x"]}, {"type": ["S3.8"], "status": ["gone"]}]},
         (False, 1, "status is 'open', not exact 'gone'")),
    ],
)  # fmt: skip
def test_the_first_clause_that_fails_is_told_with_what_stands_there(match, found):
    assert try_(match) == found


def test_fields_of_different_elements_are_told_apart():
    record = {"parts": [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]}
    both = {"event": {"parts": {"a": ["1"], "b": ["4"]}}}
    assert try_(both, record=record) == (False, 2, APART)


def rule_(when, answers):
    playbook = a_playbook(a_rule(when, TELL))
    (one,) = ruled(playbook, facts(answers))
    return str(one.value), one.operands


BUCKET = {"bucket": known(public_access_blocked=True, policy_public=False)}


@pytest.mark.parametrize(
    ("when", "value", "operands"),
    [
        ("bucket.public_access_blocked", "true", ("bucket.public_access_blocked is true",)),
        ("not bucket.public_access_blocked", "false",
         ("not bucket.public_access_blocked is false (bucket.public_access_blocked is True)",)),
        # Of an `and` that is false only the side that made it so.
        ("bucket.public_access_blocked and bucket.policy_public", "false",
         ("bucket.policy_public is false",)),
        ("bucket.public_access_blocked or change.principal.name == 'x'", "true",
         ("bucket.public_access_blocked is true",)),
        ("bucket.policy_public or change.principal.name == 'x'", "unknown",
         (THROTTLED,)),
        ("bucket.nothing", "unknown",
         ("bucket.nothing is unknown (bucket.nothing is not there)",)),
        ("keys is absent", "true", ("keys is absent is true (keys is absent)",)),
        ('account.tier == "production" and subject.name in ["reports", "x"]', "true",
         ("account.tier == \"production\" is true (account.tier is 'production')",
          "subject.name in [\"reports\", \"x\"] is true (subject.name is 'reports')")),
        ("ticket.event.detail.id == 'x'", "unknown",
         ('ticket.event.detail.id == "x" is unknown (ticket.event.detail.id is not there)',)),
    ],
)  # fmt: skip
def test_a_condition_is_told_by_the_operands_that_made_it_so(when, value, operands):
    answers = {**BUCKET, "change": unknown(), "keys": absent()}
    assert rule_(when, answers) == (value, operands)


def test_rules_below_an_unknown_are_passed_over_and_below_the_deciding_one_not_reached():
    playbook = a_playbook(
        a_rule("change.principal.name == 'x'", CLOSE, name="a"),
        a_rule("bucket.public_access_blocked", CLOSE, name="b"),
        a_rule(None, TELL, name="c"),
        a_rule(None, CLOSE, name="d"),
    )
    found = ruled(playbook, facts({**BUCKET, "change": unknown()}))
    assert [(one.rule, one.value) for one in found] == [
        ("a", Value.UNKNOWN),
        ("b", Value.PASSED_OVER),
        ("c", Value.TRUE),
        ("d", Value.NOT_REACHED),
    ]


@pytest.mark.parametrize("when", CONDITIONS)
def test_a_condition_written_out_is_the_condition(when):
    assert parse(unparse(parse(when))) == parse(when)


def test_what_is_traced_is_what_decides_for_every_test_of_every_playbook():
    for playbook in LOADED.playbooks:
        for example in playbook.tests:
            ticket = ticket_of(example)
            context = _context(playbook, example, ticket, VOCABULARY)
            evidence = _evidence(playbook, example, ticket, context.now)
            given = facts_of(ticket, playbook, evidence, context)
            decided = evaluate(playbook, given).rule
            holding = [one.rule for one in ruled(playbook, given) if one.value is Value.TRUE]
            assert holding == ([decided.name] if decided else []), (playbook.path, example.name)
