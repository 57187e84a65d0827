"""From a ticket to a decision: what is read first, what when needed, what is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_threat, a_ticket, an_account
from tests.playbooks import LATER, a_context, a_playbook, a_rule, a_signature
from tests.unit.questions.test_source_finding import DUTY, HUB
from triage.domain.account import Tier
from triage.domain.decision import Close, Escalate, Ground, Level, Priority, Resolve, Suggestion
from triage.domain.evidence import Failed, Failure, Got, Missing, Read
from triage.domain.permission import Permission
from triage.domain.person import Use
from triage.domain.policy import Policy
from triage.domain.severity import Label, Severity
from triage.domain.verdict import Verdict
from triage.judgement.score import Model
from triage.playbook.meaning import meaning
from triage.playbook.syntax import Ask, CloseAs, EscalateTo, ResolveWith
from triage.stages.closed import Closer, closer, mender
from triage.stages.compare import Closing, outcome
from triage.stages.conclude import Conclusion, Wanted, conclude, consider, questions_of
from triage.stages.enrich import SOURCE
from triage.stages.inputs import (
    model_as_json,
    model_from_json,
    reads_as_json,
    reads_from_json,
    signatures_as_json,
    signatures_from_json,
    uses_as_json,
    uses_from_json,
)
from triage.stages.record import concern, conclusion_as_json, decision_as_json

THREAT = a_threat(severity=Severity(54))
MATCH = {"type": [THREAT.type]}
BENIGN = a_rule(None, CloseAs(verdict=Verdict.BENIGN), because="it is a scanner")
RULE = "a-playbook: a rule"
LICENSED = a_playbook(BENIGN, match=MATCH, evidence={})
FIX = Suggestion(fix="s3.block_public_access")
MENDING = a_playbook(a_rule(None, ResolveWith(fixes=(FIX,))), evidence={})


def source_reads(ticket, context):
    return next(one for one in questions_of(ticket, context) if one.name == SOURCE.name).reads


def confirmed(ticket, context):
    """What the threat's source says when it says the same."""
    got = Got(payload={"Findings": [DUTY]}, as_of=LATER, source="guardduty")
    return dict.fromkeys(source_reads(ticket, context), got)


def concluded(playbook, *, level=Level.AUTO, asked=True) -> Conclusion:
    context = a_context(playbook, level=level)
    return conclude(THREAT, confirmed(THREAT, context) if asked else {}, context)


CLOSER = Closer(
    rule=meaning(LICENSED, BENIGN),
    name=RULE,
    tier=Tier.PRODUCTION,
    ground=Ground.LICENCE,
    severity=Label.MEDIUM,
    likeness=(THREAT.type, "AWS::EC2::Instance"),
    closes=True,
)


def test_before_a_close_the_source_is_read_and_then_it_closes():
    context = a_context(LICENSED, level=Level.AUTO)
    reads = source_reads(THREAT, context)
    fresh = context.vocabulary.questions[SOURCE.question].fresh_seconds
    assert consider(THREAT, {}, context) == Wanted(reads=reads, fresh_seconds=fresh)
    found = consider(THREAT, confirmed(THREAT, context), context)
    assert isinstance(found, Conclusion)
    assert found.decision == Close(
        verdict=Verdict.BENIGN, ground=Ground.LICENCE, rule=RULE, reasons=("it is a scanner",)
    )


def test_what_costs_little_is_read_before_anything_scarce():
    rules = [
        a_rule("bucket.public_access_blocked and change.principal.kind == 'person'", BENIGN.outcome)
    ]
    context = a_context(a_playbook(*rules))
    cheap = {one.name: one for one in questions_of(a_ticket(), context) if not one.question.scarce}
    wanted = consider(a_ticket(), {}, context)
    assert isinstance(wanted, Wanted)
    reads = [read for one in cheap.values() for read in one.reads]
    assert wanted.reads == tuple(dict.fromkeys(reads))
    assert not any(read.kind.startswith("cloudtrail") for read in wanted.reads)
    asked = [one.question.fresh_seconds for one in questions_of(a_ticket(), context)]
    assert wanted.fresh_seconds == min(asked)


def test_what_escalates_reads_nothing_from_the_source():
    escalating = a_rule(None, EscalateTo(priority=Priority.LOW))
    never = a_rule("account.tier == 'sandbox'", CloseAs(verdict=Verdict.BENIGN), name="never")
    context = a_context(a_playbook(never, escalating, match=MATCH, evidence={}))
    found = consider(THREAT, {}, context)
    assert isinstance(found, Conclusion)
    assert found.decision == Escalate(priority=Priority.LOW, reasons=(".",), rule=RULE)


@pytest.mark.parametrize("repairs", [False, True])
def test_the_source_is_read_before_a_repair_only_where_the_engine_repairs(repairs):
    context = replace(a_context(MENDING), policy=Policy(repairs=repairs))
    found = consider(a_ticket(record=HUB), {}, context)
    assert isinstance(found, Wanted) is repairs


def test_a_signature_that_lowers_a_page_is_worth_asking_the_source_for():
    rule = a_rule('signed("public-website", subject)', EscalateTo(priority=Priority.LOW))
    book = a_playbook(
        rule, match=MATCH, evidence={"change": Ask(question="cloudtrail.last_change")}
    )
    for acted in (False, True):
        actions = ("ec2:RunInstances",) if acted else ()
        context = a_context(book, signatures=[a_signature(THREAT, actions=actions)])
        inquiries = {one.name: one for one in questions_of(THREAT, context)}
        change = inquiries["cloudtrail.last_change"].reads
        wanted = consider(THREAT, {}, context)
        assert isinstance(wanted, Wanted)
        assert set(inquiries[SOURCE.name].reads) <= set(wanted.reads)
        assert (set(change) <= set(wanted.reads)) is acted


def test_what_a_case_was_opened_again_for_and_what_it_may_be_about_reach_the_decision():
    context = a_context(LICENSED, level=Level.AUTO)
    reads = confirmed(THREAT, context)
    for decide in (conclude, consider):
        related = decide(THREAT, reads, context, "case x", lapsed="it was revoked").decision
        assert related == Escalate(
            priority=Priority.MEDIUM,
            reasons=(
                "it is related to case x, which is real",
                "the rule said: it is a scanner",
                "it was revoked",
            ),
            rule=RULE,
            would="close: benign",
        )
        rivalled = decide(THREAT, reads, context, rivals=("S3.8 on b in 1",)).decision
        assert rivalled == Escalate(
            priority=Priority.MEDIUM,
            reasons=("or it is about S3.8 on b in 1: its source did not say", "it is a scanner"),
            rule=RULE,
        )


def test_while_it_is_unclear_what_it_is_about_the_higher_priority_stays():
    for asked, kept in ((Priority.LOW, Priority.MEDIUM), (Priority.HIGH, Priority.HIGH)):
        book = a_playbook(a_rule(None, EscalateTo(priority=asked)), match=MATCH, evidence={})
        found = conclude(THREAT, {}, a_context(book), rivals=("another",)).decision
        assert found.priority is kept


def test_a_close_says_nothing_of_a_signature_that_has_lapsed():
    context = a_context(LICENSED, level=Level.AUTO)
    found = conclude(THREAT, confirmed(THREAT, context), context, lapsed="it was revoked")
    assert found.decision.reasons == ("it is a scanner",)


def test_who_closed_it_is_a_rule_by_its_meaning_and_comes_back_from_the_record():
    found = closer(concluded(LICENSED))
    assert found == CLOSER
    assert found.as_record() == {
        "rule": CLOSER.rule,
        "name": RULE,
        "tier": "production",
        "ground": "licence",
        "likeness": [THREAT.type, "AWS::EC2::Instance"],
    }
    assert Closer.from_record(found.as_record(), Label.MEDIUM) == CLOSER


def test_a_rule_on_trial_would_have_closed_it_and_keeps_its_reasons_back():
    assert closer(concluded(LICENSED, level=Level.SHADOW)) == replace(
        CLOSER,
        closes=False,
        keeps=(
            "the rule's licence is shadow, not auto",
            "the rule said: it is a scanner",
        ),
    )


def test_where_more_than_its_licence_stands_against_it_no_rule_would_have_closed():
    assert closer(concluded(LICENSED, level=Level.SHADOW, asked=False)) is None
    assert closer(concluded(LICENSED, asked=False)) is None
    escalating = a_rule(None, EscalateTo(priority=Priority.LOW))
    other = a_playbook(escalating, LICENSED.rules[0], match=MATCH, evidence={})
    assert closer(concluded(other)) is None


def mended(playbook=MENDING, **changes: Any) -> Conclusion:
    ticket = a_ticket(record=HUB, **changes)
    context = replace(a_context(playbook), policy=Policy(repairs=True))
    got = Got(payload={"Findings": [HUB]}, as_of=LATER, source="securityhub")
    return conclude(ticket, dict.fromkeys(source_reads(ticket, context), got), context)


def test_a_repair_that_ends_the_case_closes_by_proof_in_the_name_of_its_rule():
    conclusion = mended()
    assert conclusion.decision == Resolve(
        fixes=(FIX,), rule=RULE, reasons=(".",), priority=Priority.HIGH
    )
    assert mender(conclusion) == Closer(
        rule=meaning(MENDING, MENDING.rules[0]),
        name=RULE,
        tier=Tier.PRODUCTION,
        ground=Ground.PROOF,
        severity=Label.HIGH,
        likeness=("S3.8", "AwsS3Bucket"),
        closes=False,
    )
    assert closer(conclusion) is None
    assert outcome(conclusion).told == "resolve with s3.block_public_access"


def test_a_repair_that_only_contains_closes_nothing():
    contained = replace(mended(), decision=replace(mended().decision, contains="a threat"))
    assert mender(contained) is None
    assert mender(concluded(LICENSED)) is None


def test_two_playbooks_that_repair_do_so_together_and_the_stricter_one_rules():
    first = replace(MENDING, limits=replace(MENDING.limits, per_hour=9))
    limits = replace(MENDING.limits, per_hour=4, ask_in=frozenset({Tier.PRODUCTION}))
    second = replace(
        MENDING, name="b-playbook", limits=limits, rules=(a_rule(None, MENDING.rules[0].outcome),)
    )
    context = replace(a_context(first, second), policy=Policy(repairs=True))
    ticket = a_ticket(record=HUB)
    got = Got(payload={"Findings": [HUB]}, as_of=LATER, source="securityhub")
    reads = dict.fromkeys(source_reads(ticket, context), got)
    assert conclude(ticket, reads, context).decision == Resolve(
        fixes=(FIX,), rule=RULE, reasons=(".",), priority=Priority.HIGH, asks=True, per_hour=4
    )


def test_a_repair_that_its_source_did_not_confirm_is_a_suggestion():
    context = replace(a_context(MENDING), policy=Policy(repairs=True))
    found = conclude(a_ticket(record=HUB), {}, context).decision
    assert isinstance(found, Escalate)
    assert found.reasons == (".", "could not confirm it at its source: it was not asked")
    assert (found.suggestions, found.would) == ((FIX,), "resolve: s3.block_public_access")


def test_what_only_people_apply_is_a_suggestion_and_says_so():
    by_hand = next(name for name, fix in a_context().vocabulary.fixes.items() if not fix.applied)
    fixes = (FIX, Suggestion(fix=by_hand))
    found = mended(a_playbook(a_rule(None, ResolveWith(fixes=fixes)), evidence={})).decision
    assert isinstance(found, Escalate)
    assert found.reasons == (".", f"only people do this: {by_hand}")
    assert found.would == f"resolve: s3.block_public_access, {by_hand}"


@pytest.mark.parametrize(
    ("level", "asked", "closing"),
    [
        (Level.AUTO, True, Closing.YES),
        (Level.AUTO, False, Closing.UNCONFIRMED),
        (Level.SHADOW, True, Closing.UNLICENSED),
        (Level.SHADOW, False, Closing.UNLICENSED),
    ],
)
def test_a_close_that_waits_for_its_source_or_its_licence_is_no_escalation(level, asked, closing):
    found = outcome(concluded(LICENSED, level=level, asked=asked))
    assert found.closing is closing
    assert found.action == str(closing)
    told = {Closing.YES: "close as benign by licence"}
    assert found.told == told.get(closing, f"{closing}: close: benign")


def test_a_close_that_policy_bars_is_an_escalation():
    barred = replace(THREAT, in_attack_sequence=True)
    context = a_context(LICENSED, level=Level.AUTO)
    found = outcome(conclude(barred, confirmed(barred, context), context))
    assert (found.closing, found.action, found.told) == (Closing.NO, "escalate", "escalate medium")


GOT = Got(payload={"a": [1]}, as_of=NOON, source="s3")
READS = {
    Read.of("s3.get_bucket", "1", "eu-west-1", Bucket="b", Deep=True): GOT,
    Read.of("s3.get_bucket", "1", "eu-west-1", Bucket="a"): Missing(
        code="NoSuchBucket", as_of=NOON, source="s3"
    ),
    Read.of("iam.get_role", "1", "us-east-1"): Failed(failure=Failure.DENIED, detail="no"),
}


def test_raw_reads_come_back_equal_and_are_written_in_one_order():
    rows = reads_as_json(READS)
    assert reads_from_json(rows) == READS
    assert rows == reads_as_json(dict(reversed(READS.items())))
    assert {
        "read": {"kind": "iam.get_role", "account": "1", "region": "us-east-1", "arguments": {}},
        "raw": {"failed": "denied", "detail": "no"},
    } in rows
    shuffled = [{**row, "read": {**row["read"], "arguments": dict(
        reversed(row["read"]["arguments"].items()))}} for row in rows]  # fmt: skip
    assert reads_from_json(shuffled) == READS


def test_signatures_come_back_equal_and_are_written_in_one_order():
    one = a_signature(
        THREAT,
        id="s2",
        actions=("a:B",),
        identities=("AROA1",),
        pattern='{"type": ["x"]}',
        window=(NOON, NOON + timedelta(hours=1)),
        requester="carol",
        per_day=3,
    )
    rows = signatures_as_json([one, a_signature(THREAT)])
    assert [row["id"] for row in rows] == ["s1", "s2"]
    assert signatures_from_json(rows) == (a_signature(THREAT), one)


def test_uses_and_the_model_come_back_equal():
    uses = {"s2": Use(today=3, missed=True), "s1": Use()}
    assert uses_as_json(uses) == {"s1": [0, False], "s2": [3, True]}
    assert list(uses_as_json(uses)) == ["s1", "s2"]
    assert uses_from_json(uses_as_json(uses)) == uses
    model = Model(name="m", intercept=-1.0, weights={"severity": 2.0}, veto_at=0.5)
    assert model_from_json(model_as_json(model)) == model


def test_a_close_is_written_down_whole():
    written = conclusion_as_json(concluded(LICENSED))
    opinion = written.pop("opinion")
    assert written == {
        "decision": "close",
        "verdict": "benign",
        "ground": "licence",
        "signature": None,
        "rule": RULE,
        "reasons": ["it is a scanner"],
    }
    assert set(opinion) == {"score", "veto", "shares"}
    assert opinion["veto"] is False
    assert opinion["score"] == round(concluded(LICENSED).opinion.score, 9)
    assert opinion["shares"] == {
        name: round(share, 9) for name, share in concluded(LICENSED).opinion.shares
    }


def test_a_repair_and_an_escalation_are_written_down_whole():
    fix = Suggestion(fix="f", parameters=(("a", "1"),))
    resolve = Resolve(
        fixes=(fix,),
        rule="p: r",
        reasons=("x",),
        priority=Priority.LOW,
        contains="c",
        asks=True,
        per_hour=2,
    )
    suggestion = {"fix": "f", "parameters": {"a": "1"}}
    assert decision_as_json(resolve) == {
        "decision": "resolve",
        "priority": "low",
        "rule": "p: r",
        "reasons": ["x"],
        "suggestions": [suggestion],
        "contains": "c",
        "asks": True,
        "per_hour": 2,
    }
    escalate = Escalate(
        priority=Priority.HIGH,
        reasons=("x",),
        rule="p: r",
        suggestions=(fix,),
        would="close: benign",
        signature="s1",
    )
    assert decision_as_json(escalate) == {
        "decision": "escalate",
        "priority": "high",
        "rule": "p: r",
        "reasons": ["x"],
        "suggestions": [suggestion],
        "would": "close: benign",
        "signature": "s1",
    }


def test_a_row_tells_what_a_ticket_is_about():
    assert concern(a_ticket()) == {
        "type": "S3.8",
        "class": "posture",
        "severity": "high",
        "account": "111122223333",
        "region": "eu-west-1",
        "subject": "arn:aws:s3:::reports",
    }


def test_a_licence_is_for_one_tier():
    key = f"{meaning(LICENSED, BENIGN)} {Tier.SANDBOX}"
    context = replace(a_context(LICENSED), licences={key: Permission(level=Level.AUTO)})
    assert isinstance(conclude(THREAT, confirmed(THREAT, context), context).decision, Escalate)
    sandbox = a_context(LICENSED, account=an_account(tier=Tier.SANDBOX))
    context = replace(sandbox, licences={key: Permission(level=Level.AUTO)})
    assert isinstance(conclude(THREAT, confirmed(THREAT, context), context).decision, Close)
