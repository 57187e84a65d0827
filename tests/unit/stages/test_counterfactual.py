"""The smallest sets of facts whose change changes a decision, each proven by deciding again."""

from datetime import timedelta

import pytest

from tests.builders import a_ticket, an_account
from tests.playbooks import (
    ASKS,
    CONFIRMED,
    a_context,
    a_playbook,
    a_rule,
    a_signature,
    absent,
    known,
    unknown,
)
from triage.domain.account import Tier
from triage.domain.decision import Level, Priority
from triage.domain.evidence import Evidence
from triage.domain.verdict import Verdict
from triage.playbook.syntax import CloseAs, EscalateTo
from triage.stages.classify import classify
from triage.stages.conclude import Conclusion
from triage.stages.counterfactual import otherwise
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE
from triage.stages.explain import explain
from triage.stages.match import rule
from triage.stages.matter import Matter

GONE, BENIGN = CloseAs(verdict=Verdict.NO_LONGER_PRESENT), CloseAs(verdict=Verdict.BENIGN)
TELL = EscalateTo(priority=Priority.HIGH)
REST = a_rule(None, TELL, name="the rest")
BLOCKED = a_rule("bucket.public_access_blocked", GONE, name="blocked")


def concluded(*rules, answers=None, source=None, ticket=None, **context):
    ticket = ticket or a_ticket()
    playbook = a_playbook(*rules)
    world = a_context(playbook, **context)
    given = {ASKS[name].name: answer for name, answer in (answers or {}).items()}
    evidence = Evidence(answers={**given, SOURCE.name: source or known(**CONFIRMED)})
    opinion = classify(ticket, world.account(ticket.account), world.model)
    matter = Matter(ticket=ticket, evidence=evidence, opinion=opinion, context=world)
    rulings = rule(ticket, [playbook], evidence, world)
    return Conclusion(
        ticket=ticket,
        evidence=evidence,
        rulings=rulings,
        opinion=opinion,
        decision=decide(matter, rulings),
        matter=matter,
    )


def told(conclusion):
    """By outcome, every smallest set of changes."""
    found = {}
    for one in otherwise(conclusion):
        found.setdefault(one.outcome, set()).add(one.changes)
    return found


OPEN = {"bucket": known(public_access_blocked=False)}
SHUT = {"bucket": known(public_access_blocked=True)}
PROOF = "close as no longer present by proof"


def test_one_field_of_one_answer_is_named():
    found = told(concluded(BLOCKED, REST, answers=OPEN))
    assert found[PROOF] == {("bucket.public_access_blocked were True",)}


def test_what_closed_says_what_would_have_kept_it_open():
    found = told(concluded(BLOCKED, REST, answers=SHUT))
    assert found["escalate high"] == {
        ("bucket.public_access_blocked were False",),
        ("bucket were unknown",),
        ("its source did not answer",),
        ("the classifier objected",),
    }


def test_two_facts_are_named_where_one_is_not_enough():
    found = told(concluded(BLOCKED, REST, answers=OPEN, source=unknown()))
    assert found[PROOF] == {("bucket.public_access_blocked were True", "its source confirmed it")}


def test_an_unknown_answer_is_supposed_to_be_known():
    found = told(concluded(BLOCKED, REST, answers={"bucket": unknown()}))
    assert found[PROOF] == {("bucket were known: public_access_blocked True",)}


def test_an_answer_is_supposed_to_be_absent_where_a_condition_asks_for_it():
    gone = a_rule("bucket is absent", EscalateTo(priority=Priority.LOW), name="gone")
    assert told(concluded(gone, REST, answers=OPEN))["escalate low"] == {("bucket were absent",)}
    found = told(concluded(gone, REST, answers={"bucket": absent()}))
    assert found["escalate high"] == {("bucket were known",)}


def test_a_missing_signature_is_named():
    signed = a_rule('signed("public-website", subject)', BENIGN, name="signed")
    found = told(concluded(signed, REST))
    assert found["close as benign by signature"] == {("it were signed as public-website",)}
    with_it = concluded(signed, REST, signatures=[a_signature(a_ticket())])
    assert ("no signature were in force",) in told(with_it)["escalate high"]


@pytest.mark.parametrize(
    ("level", "outcome", "words"),
    [
        (Level.SHADOW, "close as benign by licence", "the rule 'fine' had a licence"),
        (Level.AUTO, "escalate high", "the rule 'fine' had no licence"),
    ],
)
def test_a_licence_is_named(level, outcome, words):
    fine = a_rule('subject.name == "reports"', BENIGN, name="fine")
    assert (words,) in told(concluded(fine, REST, level=level))[outcome]


def test_the_tier_is_named_where_a_condition_asks_for_it():
    lab = a_rule('account.tier == "sandbox"', EscalateTo(priority=Priority.LOW), name="lab")
    found = told(concluded(lab, REST, account=an_account(tier=Tier.PRODUCTION)))
    assert found["escalate low"] == {("the account were sandbox",)}


def test_a_number_is_tried_around_what_it_is_compared_with():
    old = a_rule("keys.unused_days > 45", EscalateTo(priority=Priority.LOW), name="old")
    found = told(concluded(old, REST, answers={"keys": known(unused_days=3)}))
    assert found["escalate low"] == {("keys.unused_days were 46",)}


def test_nothing_is_said_where_nothing_changes_it():
    ticket = a_ticket(in_attack_sequence=True)
    conclusion = concluded(REST, ticket=ticket)
    assert told(conclusion) == {}


def test_two_parts_of_one_answer_may_change_together_and_all_of_it_only_alone():
    both = a_rule("bucket.policy_public and bucket.acl_public", BENIGN, name="both")
    answers = {"bucket": known(policy_public=False, acl_public=False)}
    found = told(concluded(both, REST, answers=answers, level=Level.AUTO))
    assert found["close as benign by licence"] == {
        ("bucket.policy_public were True", "bucket.acl_public were True")
    }


def test_an_explanation_holds_everything_that_led_there():
    conclusion = concluded(BLOCKED, REST, answers=SHUT, source=unknown())
    told_ = explain(conclusion)
    (guarded,) = told_.guarded
    assert (guarded.ground, guarded.licence) == ("proof", "shadow")
    against = {name: why for name, why in guarded.checks if why}
    assert against == {"source": "could not confirm it at its source: the look-up was throttled"}
    assert [(one.names, one.age) for one in told_.answers] == [
        (("bucket",), timedelta(0)),
        ((), None),
    ]
    assert (told_.tried[0].matches, told_.barred) == (True, None)
