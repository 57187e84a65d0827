"""No mutation of text an attacker can choose turns an escalation into a close."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_ticket, an_account
from tests.examples import examples
from tests.playbooks import SHIPPED, a_context, absent, decided, known, unknown
from tests.property.strategies import RECORDS
from triage.domain.account import Tier
from triage.domain.decision import Close, Level
from triage.domain.ticket import Ticket
from triage.playbook.check import check
from triage.playbook.index import Index
from triage.playbook.samples import SAMPLES, sample
from triage.playbook.view import ticket_view
from triage.remediations.vocabulary import VOCABULARY

LIBRARY = tuple(
    found
    for path, text in SHIPPED.items()
    if (found := check(path, text, VOCABULARY).playbook) is not None
)
INDEX = Index.of(LIBRARY)
KEYS = st.sampled_from(
    ("service", "resourceRole", "userIdentity", "type", "responseElements", "ConsoleLogin", "tags")
)
TEXTS = st.sampled_from(("TARGET", "Success", "Yes", "IAMUser", "benign", "closed", "[SAMPLE] x"))
WRITTEN = st.recursive(
    st.one_of(TEXTS, RECORDS),
    lambda inner: st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
ANSWERS = {
    "s3.public_access": [
        {"public_access_blocked": on, "policy_public": False, "acl_public": not on}
        for on in (True, False)
    ],
    "cloudtrail.last_change": [{"principal": {"kind": "person", "name": "alice"}, "time": "x"}],
    "cloudtrail.principal_activity": [{"count": 3, "errors": 0}, {"count": 3, "errors": 9}],
    "ec2.security_group": [{"open_to_world": False, "attached": True, "port_22_open": False}],
    "cloudformation.stack": [
        {"well_since": well, "in_sync_since": well, "deleted": False, "drift": "DRIFTED"}
        for well in (True, False)
    ],
    "cloudtrail.deleted": [{"principal": {"name": "alice"}, "time": "x", "for_good": False}],
    "cloudtrail.trails": [{"everywhere": True}, {"everywhere": False, "logging": True}],
    "config.recorder": [{"complete": True}, {"complete": False, "recording": True}],
    "ec2.metadata_options": [
        {"token_required": required, "pending": False} for required in (True, False)
    ],
    "ec2.network_exposure": [{"reachable": True}, {"reachable": False}],
    "guardduty.detector": [{"enabled": True}, {"enabled": False}],
    "inspector.coverage": [{"gone": True, "covered": True}, {"gone": False, "covered": True}],
    "kms.key": [{"kept": kept, "deletion_scheduled": not kept} for kept in (True, False)],
    "lambda.policy": [
        {"public": public, "switched_off": False, "url_without_auth": False}
        for public in (True, False)
    ],
    "rds.instance": [{"public": on, "encrypted": on, "deleting": False} for on in (True, False)],
    "resource.exists": [{"exists": True}, {"exists": False}],
    "snapshot.sharing": [{"public": True}, {"public": False}],
    "access_analyzer.finding": [
        {"status": status, "over": status == "resolved", "resource_gone": False}
        for status in ("open", "resolved")
    ],
    "cloudwatch.alarm": [
        {"state": state, "actions_enabled": True, "heard": True} for state in ("OK", "ALARM")
    ],
    "guardduty.history": [{"count": 3, "days": 1, "earlier": 0, "earlier_here": 0}],
    "history.verdicts": [{"here": {"given": 3}, "principal": {"given": 0}}],
    "iam.access_key": [{"active": active, "explanation": "x"} for active in (True, False)],
    "iam.last_used": [
        {"unused_days": 400, "used_since": False, "any_key_active": on, "has_password": on}
        for on in (True, False)
    ],
    "macie.object": [
        {"public": public, "public_access_blocked": not public, "changed_since": False}
        for public in (True, False)
    ],
    "network.owner": [{"owner": "ours", "ours": True, "private": False, "aws": False}],
    "iam.user_keys": [{"overdue": False}, {"overdue": True, "unused_days": 3}],
}


ALARMING = (
    sample("guardduty-ssh-brute-force", {"event": {"service": {"resourceRole": "ACTOR"}}}),
    sample("guardduty-port-probe", {"event": {"service": {"resourceRole": "ACTOR"}}}),
    sample("cloudtrail-console-login", {"event": {"additionalEventData": {"MFAUsed": "No"}}}),
    sample(
        "cloudtrail-console-login", {"event": {"responseElements": {"ConsoleLogin": "Failure"}}}
    ),
)
"""Tickets whose record is what makes a rule escalate: the ones worth rewriting."""


@st.composite
def scenes(draw):
    """A shipped playbook's ticket with some answers, and the same with other words in it."""
    ticket = draw(st.sampled_from([*SAMPLES.values(), *ALARMING]))
    account = an_account(id=ticket.account, tier=draw(st.sampled_from(list(Tier))))
    speaking = INDEX.matching(ticket_view(ticket, account))
    now = a_ticket().version + timedelta(hours=1)
    answers = {}
    for playbook in speaking:
        for name, ask in playbook.evidence.items():
            values = [known(now, **value) for value in ANSWERS[ask.question]]
            answers[name] = draw(st.sampled_from([*values, absent(now), unknown()]))
    told = a_context(*speaking, level=Level.AUTO, account=account)
    return ticket, told, answers


@st.composite
def rewritten(draw, ticket: Ticket):
    """The ticket as somebody hostile would have it read, its facts untouched."""
    subject = replace(ticket.subject, name=draw(st.text(max_size=10)))
    return replace(ticket, title=draw(st.text(max_size=30)), subject=subject)


@settings(deadline=None, max_examples=examples(200))
@given(st.data(), scenes())
def test_other_titles_and_names_never_turn_an_escalation_into_a_close(data, scene):
    ticket, world, answers = scene
    before = decided(ticket, world, answers)
    after = decided(data.draw(rewritten(ticket)), world, answers)
    assert isinstance(before, Close) or not isinstance(after, Close)


@settings(deadline=None, max_examples=examples(200))
@given(scenes(), WRITTEN)
def test_extra_text_in_a_record_never_turns_an_escalation_into_a_close(scene, written):
    ticket, world, answers = scene
    record = {**ticket.record, "tags": written, "userAgent": "x", "description": written}
    before = decided(ticket, world, answers)
    after = decided(replace(ticket, record=record), world, answers)
    assert isinstance(before, Close) or not isinstance(after, Close)


@settings(deadline=None, max_examples=examples(200))
@given(scenes(), st.one_of(st.just({}), RECORDS))
def test_a_record_in_another_shape_never_turns_an_escalation_into_a_close(scene, record):
    ticket, world, answers = scene
    before = decided(ticket, world, answers)
    after = decided(replace(ticket, record={"shape": record}), world, answers)
    assert isinstance(before, Close) or not isinstance(after, Close)
