"""How rules are tried, and what an unknown one changes."""

import pytest

from tests.playbooks import a_playbook, a_rule, facts, known, unknown
from triage.domain.decision import Priority
from triage.domain.evidence import NOT_ASKED
from triage.domain.verdict import Verdict
from triage.playbook.evaluate import UnknownMet, evaluate
from triage.playbook.syntax import CloseAs, EscalateTo, ResolveWith

CLOSE = CloseAs(verdict=Verdict.BENIGN)
LOW, HIGH = EscalateTo(priority=Priority.LOW), EscalateTo(priority=Priority.HIGH)
BUCKET = {"bucket": known(acl_public=True, policy_public=False)}
THROTTLED = UnknownMet(
    name="group",
    phrase="what the security group lets in",
    reason="the look-up was throttled",
)


def ruling(*rules, **answers):
    found = evaluate(a_playbook(*rules), facts({**BUCKET, "group": unknown(), **answers}))
    return found.rule.name if found.rule else None, found.unknowns, found.priority


def test_the_first_rule_that_holds_decides():
    rules = (
        a_rule("bucket.policy_public", HIGH, "one"),
        a_rule("bucket.acl_public", CLOSE, "two"),
        a_rule(None, LOW, "three"),
    )
    assert ruling(*rules) == ("two", (), None)


def test_no_rule_may_hold():
    assert ruling(a_rule("bucket.policy_public", CLOSE)) == (None, (), None)


@pytest.mark.parametrize("acting", [CLOSE, ResolveWith(fixes=())])
def test_after_an_unknown_rule_nothing_that_acts_is_tried(acting):
    rules = (a_rule("group.attached", HIGH, "one"), a_rule("bucket.acl_public", acting, "two"))
    assert ruling(*rules) == (None, (THROTTLED,), Priority.HIGH)


def test_after_an_unknown_rule_escalations_are_still_tried():
    rules = (
        a_rule("group.attached", CLOSE, "one"),
        a_rule("bucket.acl_public", CLOSE, "two"),
        a_rule("bucket.acl_public", LOW, "three"),
    )
    assert ruling(*rules) == ("three", (THROTTLED,), Priority.LOW)


def test_an_unknown_never_lowers_a_page():
    rules = (a_rule("group.attached", HIGH, "one"), a_rule("bucket.acl_public", LOW, "two"))
    assert ruling(*rules) == ("two", (THROTTLED,), Priority.HIGH)


def test_an_unknown_that_decides_nothing_is_none():
    rules = (a_rule("bucket.policy_public and group.attached", HIGH, "one"),)
    assert ruling(*rules, a_rule("bucket.acl_public", CLOSE, "two")) == ("two", (), None)


def test_the_deciding_rule_wants_what_its_because_tells_of():
    rule = a_rule(
        "bucket.acl_public", HIGH, because="{{ change.principal.name }} {{ subject.name }}"
    )
    found = evaluate(a_playbook(rule), facts({**BUCKET, "change": NOT_ASKED}))
    assert found.wanting == ("change",)


def test_an_unasked_answer_that_a_rule_needed_is_wanted():
    found = evaluate(a_playbook(a_rule("group.attached", HIGH)), facts({"group": NOT_ASKED}))
    assert found.wanting == ("group",)
    throttled = evaluate(a_playbook(a_rule("group.attached", HIGH)), facts({"group": unknown()}))
    assert throttled.wanting == ()
