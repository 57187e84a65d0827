"""Every rule of "Decide", against a reference that is plainly the design's own sentences."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest

from tests.builders import a_ticket, an_account, minutes
from tests.playbooks import (
    CALM,
    CONFIRMED,
    a_context,
    a_playbook,
    a_rule,
    a_signature,
    absent,
    decided,
    known,
    unknown,
)
from triage.domain.account import Organisation, Tier
from triage.domain.decision import Close, Escalate, Ground, Level, Priority, Suggestion
from triage.domain.policy import Policy
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Source, SourceStatus
from triage.domain.verdict import Verdict
from triage.judgement.score import Opinion
from triage.playbook.syntax import CloseAs, EscalateTo, Limits, ResolveWith
from triage.stages.refuse import SIGNS

OBJECTS = Opinion(score=0.97, veto=True, shares=())
GONE = CloseAs(verdict=Verdict.NO_LONGER_PRESENT)
BENIGN = CloseAs(verdict=Verdict.BENIGN)
TEST = CloseAs(verdict=Verdict.TEST)
BLOCKED = {"bucket": known(public_access_blocked=True)}
SOURCES: dict[str, Any] = {
    "confirms": known(**CONFIRMED),
    "confirms a sample": known(**CONFIRMED | {"sample": True}),
    "calls it critical": known(**CONFIRMED | {"severity": 95, "sample": True}),
    "denies": known(**CONFIRMED | {"confirmed": False}),
    "does not know it": absent(),
    "cannot be asked": unknown(),
}


@dataclass(frozen=True)
class Asked:
    """A close that a rule asks for, by the ground it would rest on."""

    when: str | None
    outcome: CloseAs
    ground: Ground
    sample: bool = False


ASKED = {
    "a proof": Asked("bucket.public_access_blocked", GONE, Ground.PROOF),
    "a signature": Asked('signed("public-website", subject)', BENIGN, Ground.SIGNATURE),
    "a licence": Asked("bucket.public_access_blocked", BENIGN, Ground.LICENCE),
    "a sample": Asked(None, TEST, Ground.PROOF, sample=True),
}


@dataclass(frozen=True, kw_only=True)
class World:
    """One row of the table."""

    asked: Asked
    class_: FindingClass
    label: Label
    source: str
    level: Level
    at_most: Level
    veto: bool
    tier: Tier


def obstacle(world: World) -> str | None:
    """What the design says stands against this close, first things first."""
    proof = world.asked.ground is Ground.PROOF
    critical = world.label is Label.CRITICAL or world.source == "calls it critical"
    confirmed = world.source in {"confirms", "confirms a sample", "calls it critical"}
    sample = world.source in {"confirms a sample", "calls it critical"}
    sentences = (
        ("policy keeps it", world.tier is Tier.MANAGEMENT),
        ("past", proof and not world.asked.sample and world.class_ is FindingClass.EXPOSURE),
        ("the present", proof and not world.asked.sample and world.class_ is FindingClass.THREAT),
        ("critical severity", not proof and critical),
        ("licence is", world.asked.ground is Ground.LICENCE and world.level is not Level.AUTO),
        ("limits itself", world.at_most is not Level.AUTO),
        ("source", not confirmed),
        ("does not call it a sample", world.asked.sample and not sample),
        ("the classifier objects", world.veto and not world.asked.sample),
    )
    return next((sentence for sentence, holds in sentences if holds), None)


def outcome(world: World) -> Any:
    ticket = a_ticket(
        finding_class=world.class_, severity=Severity.of(world.label), sample=world.asked.sample
    )
    rule = a_rule(world.asked.when, world.asked.outcome)
    playbook = a_playbook(rule, limits=Limits(at_most=world.at_most))
    account = an_account(tier=world.tier)
    context = a_context(
        playbook, signatures=[a_signature(ticket)], level=world.level, account=account
    )
    opinion = OBJECTS if world.veto else CALM
    return decided(ticket, context, BLOCKED, SOURCES[world.source], opinion)


@pytest.mark.parametrize("asked", ASKED)
def test_a_close_happens_exactly_where_the_design_allows_it(asked):
    closed = 0
    for row in product(
        FindingClass,
        (Label.LOW, Label.HIGH, Label.CRITICAL),
        SOURCES,
        Level,
        Level,
        (False, True),
        (Tier.PRODUCTION, Tier.MANAGEMENT),
    ):
        names = ("class_", "label", "source", "level", "at_most", "veto", "tier")
        world = World(asked=ASKED[asked], **dict(zip(names, row, strict=True)))
        found, against = outcome(world), obstacle(world)
        if against is None:
            assert isinstance(found, Close), world
            assert (found.ground, found.verdict) == (
                world.asked.ground,
                world.asked.outcome.verdict,
            )
            closed += 1
        else:
            assert isinstance(found, Escalate), world
            assert against in found.reasons[0], world
            assert found.would == f"close: {world.asked.outcome.verdict}"
            assert found.priority == Priority(str(world.label)), world
    assert closed


def test_a_ticket_that_no_playbook_speaks_about_goes_to_a_person():
    assert decided(a_ticket(), a_context(), {}) == Escalate(
        priority=Priority.HIGH, reasons=("no playbook speaks about this type of finding",)
    )


def test_a_playbook_in_which_nothing_holds_leaves_it_to_the_severity():
    playbook = a_playbook(a_rule("not bucket.public_access_blocked", EscalateTo(priority="low")))
    found = decided(a_ticket(), a_context(playbook), BLOCKED)
    assert found == Escalate(priority=Priority.HIGH, reasons=("no rule of a-playbook held",))


@pytest.mark.parametrize("status", [SourceStatus.RESOLVED, SourceStatus.SUPPRESSED])
def test_what_the_source_says_of_its_own_finding_closes_nothing(status):
    playbook = a_playbook(
        a_rule("not bucket.public_access_blocked", BENIGN), match={"status": [str(status)]}
    )
    source = known(**CONFIRMED | {"status": str(status)})
    found = decided(a_ticket(status=status), a_context(playbook, level=Level.AUTO), BLOCKED, source)
    assert found.reasons == ("no rule of a-playbook held",)


def test_a_finding_its_source_suppressed_still_ends_by_proof():
    playbook = a_playbook(a_rule("bucket.public_access_blocked", GONE))
    source = known(**CONFIRMED | {"status": "suppressed"})
    ticket = a_ticket(status=SourceStatus.SUPPRESSED)
    assert decided(ticket, a_context(playbook), BLOCKED, source).ground is Ground.PROOF


def test_a_repair_is_a_suggestion_and_says_what_it_would_have_done():
    fix = Suggestion(fix="s3.block_public_access")
    playbook = a_playbook(a_rule(None, ResolveWith(fixes=(fix,)), because="it is off"))
    assert decided(a_ticket(), a_context(playbook), BLOCKED) == Escalate(
        priority=Priority.HIGH,
        reasons=("it is off",),
        rule="a-playbook: a rule",
        suggestions=(fix,),
        would="resolve: s3.block_public_access",
    )


@pytest.mark.parametrize("class_", FindingClass)
def test_the_classifier_keeps_a_repair_from_ending_a_case_and_from_containing_nothing(class_):
    fix = Suggestion(fix="s3.block_public_access")
    playbook = a_playbook(a_rule(None, ResolveWith(fixes=(fix,)), because="it is off"))
    context = replace(a_context(playbook), policy=Policy(repairs=True))
    found = decided(a_ticket(finding_class=class_), context, BLOCKED, SOURCES["confirms"], OBJECTS)
    if class_ is FindingClass.POSTURE:
        assert "the classifier objects (score 0.97)" in found.reasons
    else:
        assert found.contains


def test_a_repair_that_policy_bars_says_so():
    playbook = a_playbook(a_rule(None, ResolveWith(fixes=()), because="it is off"))
    account = an_account(tier=Tier.MANAGEMENT)
    found = decided(a_ticket(), a_context(playbook, account=account), BLOCKED)
    assert found.reasons == ("it is off", "and it is about the management account")


def test_where_playbooks_disagree_the_most_cautious_wins_and_the_others_are_heard():
    closing = a_playbook(a_rule("bucket.public_access_blocked", GONE), name="a")
    low = a_playbook(a_rule(None, EscalateTo(priority=Priority.LOW), because="low"), name="b")
    high = a_playbook(a_rule(None, EscalateTo(priority=Priority.HIGH), because="high"), name="c")
    found = decided(a_ticket(), a_context(closing, low, high), BLOCKED)
    assert (found.priority, found.rule, found.reasons) == (
        Priority.HIGH,
        "c: a rule",
        ("high", "low"),
    )


def test_one_playbooks_unknown_keeps_the_others_from_closing():
    closing = a_playbook(a_rule("bucket.public_access_blocked", GONE), name="a")
    unsure = a_playbook(a_rule("group.attached", BENIGN), name="b")
    found = decided(a_ticket(), a_context(closing, unsure), {**BLOCKED, "group": unknown()})
    assert found.reasons == (
        "could not find out what the security group lets in: the look-up was throttled",
    )


def test_a_playbook_in_which_nothing_holds_abstains():
    closing = a_playbook(a_rule("bucket.public_access_blocked", GONE), name="a")
    silent = a_playbook(a_rule("bucket.acl_public", BENIGN), name="b")
    answers = {"bucket": known(public_access_blocked=True, acl_public=False)}
    assert isinstance(decided(a_ticket(), a_context(closing, silent), answers), Close)


SIGNED = 'signed("public-website", subject)'


@pytest.mark.parametrize(
    ("when", "changes"),
    [
        (SIGNED, {"kind": "public-websites"}),
        (SIGNED, {"kind": "Public-Website"}),
        (SIGNED, {"subject": "arn:aws:s3:::www"}),
        (SIGNED, {"account": "999988887777"}),
        (SIGNED, {"types": ("S3.2",)}),
        (SIGNED, {"people": ("alice", "alice")}),
        (SIGNED, {"expires": a_ticket().version}),
        ('signed("public-website", "arn:aws:s3:::www")', {"subject": "arn:aws:s3:::www"}),
        ('signed("public-website", subject.name)', {"subject": "reports"}),
        (f"{SIGNED} or bucket.acl_public", {}),
        (f"not not {SIGNED}", {}),
    ],
)
def test_a_signature_closes_only_what_it_says_exactly(when, changes):
    ticket = a_ticket()
    playbook = a_playbook(a_rule(when, BENIGN))
    context = a_context(playbook, signatures=[a_signature(ticket, **changes)])
    assert isinstance(decided(ticket, context, BLOCKED), Escalate)


def test_a_signature_about_who_acted_closes_too():
    ticket = a_ticket(principal="arn:aws:iam::111122223333:role/scanner")
    playbook = a_playbook(a_rule('signed("scanner", ticket.principal)', BENIGN))
    signature = a_signature(ticket, kind="scanner", subject=ticket.principal)
    found = decided(ticket, a_context(playbook, signatures=[signature]), {})
    assert isinstance(found, Close)
    assert found.ground is Ground.SIGNATURE


def test_two_signatures_of_which_the_last_is_about_something_else_close_nothing():
    ticket = a_ticket()
    other = a_signature(ticket, id="s2", subject="arn:aws:s3:::www")
    when = f'{SIGNED} and signed("public-website", "arn:aws:s3:::www")'
    context = a_context(a_playbook(a_rule(when, BENIGN)), signatures=[a_signature(ticket), other])
    found = decided(ticket, context, {})
    assert found.reasons[0] == "the signature is about another subject"


def test_break_glass_principals_are_for_people_whatever_is_signed():
    role = "arn:aws:iam::111122223333:role/break-glass"
    ticket = a_ticket(principal=role)
    organisation = Organisation(accounts={"111122223333": an_account()}, break_glass={role})
    playbook = a_playbook(a_rule(SIGNED, BENIGN))
    context = a_context(playbook, signatures=[a_signature(ticket)], organisation=organisation)
    assert "break-glass" in decided(ticket, context, {}).reasons[0]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (unknown(), "could not confirm it at its source: the look-up was throttled"),
        (absent(), "its source does not know it"),
        (known(**CONFIRMED | {"confirmed": False}), "its source does not confirm it"),
        (
            known(**CONFIRMED | {"in_attack_sequence": True}),
            f"policy keeps it for a person: {SIGNS['in_attack_sequence']}, says its source",
        ),
        (
            known(**CONFIRMED | {"threat_intelligence": True}),
            f"policy keeps it for a person: {SIGNS['threat_intelligence']}, says its source",
        ),
    ],
)
def test_what_the_source_has_against_a_close_is_told(source, why):
    playbook = a_playbook(a_rule("bucket.public_access_blocked", GONE, because="it is off"))
    found = decided(a_ticket(), a_context(playbook), BLOCKED, source)
    assert found.reasons == (why, "the rule said: it is off")


@pytest.mark.parametrize("sign", ["in_attack_sequence", "threat_intelligence"])
def test_a_sample_closes_as_a_test_whatever_it_makes_up(sign):
    ticket = a_ticket(sample=True)
    source = known(**CONFIRMED | {"sample": True, sign: True})
    playbook = a_playbook(a_rule(None, TEST))
    assert decided(ticket, a_context(playbook), {}, source) == Close(
        verdict=Verdict.TEST, ground=Ground.PROOF, rule="a-playbook: a rule", reasons=(".",)
    )


@pytest.mark.parametrize("level", [Level.SHADOW, Level.SUGGEST])
def test_every_sentence_against_a_close_says_what_it_is_about(level):
    ticket = a_ticket(severity=Severity(95))
    playbook = a_playbook(a_rule("bucket.public_access_blocked", BENIGN))
    found = decided(ticket, a_context(playbook, level=level), BLOCKED)
    assert found.reasons[0] == "critical severity is beyond any licence"
    limited = a_playbook(a_rule("bucket.public_access_blocked", GONE), limits=Limits(at_most=level))
    found = decided(a_ticket(), a_context(limited), BLOCKED)
    assert found.reasons[0] == f"the playbook limits itself to {level}"
    found = decided(a_ticket(), a_context(a_playbook(playbook.rules[0])), BLOCKED, opinion=OBJECTS)
    assert found.reasons[0] == "the rule's licence is shadow, not auto"
    proof = a_playbook(a_rule("bucket.public_access_blocked", GONE))
    found = decided(a_ticket(), a_context(proof), BLOCKED, opinion=OBJECTS)
    assert found.reasons[0] == "the classifier objects (score 0.97)"


def lowered(source, **changes):
    """An escalation that a signature makes less urgent, if the signature carries that far."""
    rule = a_rule(SIGNED, EscalateTo(priority=Priority.LOW), because="it is an exercise")
    ticket = a_ticket(**changes)
    return decided(
        ticket, a_context(a_playbook(rule), signatures=[a_signature(ticket)]), {}, source
    )


def test_a_signature_lowers_a_page_only_where_it_could_have_closed():
    assert lowered(known(**CONFIRMED)) == Escalate(
        priority=Priority.LOW,
        reasons=("it is an exercise",),
        rule="a-playbook: a rule",
        signature="s1",
    )
    assert lowered(unknown()) == Escalate(
        priority=Priority.HIGH,
        reasons=(
            "could not confirm it at its source: the look-up was throttled",
            "it is an exercise",
        ),
        rule="a-playbook: a rule",
    )
    critical = lowered(known(**CONFIRMED), severity=Severity(95))
    assert critical.priority is Priority.CRITICAL
    assert critical.reasons[0] == "critical severity is beyond any signature"


def test_a_threat_that_began_before_it_was_signed_was_not_foreseen():
    threat = {"finding_class": FindingClass.THREAT}
    signed = a_signature(a_ticket()).signed
    assert lowered(known(**CONFIRMED | {"began": signed.isoformat()}), **threat).signature == "s1"
    early = known(**CONFIRMED | {"began": (signed - minutes(1)).isoformat()})
    assert lowered(early, **threat).reasons[0] == "it began before the signature was made"
    late = lowered(known(**CONFIRMED), **threat, occurred=signed - minutes(1))
    assert late.reasons[0] == "it began before the signature was made"
    unsaid = lowered(known(**CONFIRMED | {"began": ""}), **threat)
    why = "its source does not say when it began, so no signature can have foreseen it"
    assert unsaid.reasons[0] == why


def test_what_the_engines_own_role_did_without_an_intent_is_critical():
    role = "arn:aws:iam::111122223333:role/triage"
    organisation = Organisation(engine_roles=frozenset({role}))
    ticket = a_ticket(source=Source.CLOUDTRAIL, principal=role)
    found = decided(ticket, a_context(organisation=organisation), {})
    assert found == Escalate(
        priority=Priority.CRITICAL,
        reasons=(
            "the engine's own role made this change and no intent of ours asked for it",
            "no playbook speaks about this type of finding",
            *found.reasons[2:],
        ),
    )
