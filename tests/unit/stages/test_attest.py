"""What a signature says of who, what and when is looked up; what cannot be is not covered."""

from datetime import timedelta

import pytest

from tests.builders import NOON, a_ticket
from tests.playbooks import CONFIRMED, a_context, a_playbook, a_rule, a_signature, decided, known
from triage.domain.decision import Close, Escalate
from triage.domain.evidence import Unknown
from triage.domain.person import Use
from triage.domain.ticket import Source
from triage.domain.verdict import Verdict
from triage.playbook.syntax import CloseAs

BENIGN = CloseAs(verdict=Verdict.BENIGN)
ROLE = "AROAEXAMPLEPIPELINE01"
BY_ROLE = {"principal": {"id": f"{ROLE}:run-7", "arn": "arn:x"}, "call": "PutBucketPolicy"}
DAY = timedelta(days=1)


def decision(signed, *, change=None, source=None, use=None):
    ticket = a_ticket()
    playbook = a_playbook(a_rule('signed("public-website", subject)', BENIGN))
    world = a_context(playbook, signatures=[a_signature(ticket, **signed)])
    world = world.having({"s1": use} if use else {})
    return decided(ticket, world, {"change": change} if change else {}, source)


@pytest.mark.parametrize(
    "signed",
    [
        {},
        {"identities": (ROLE,)},
        {"identities": (ROLE, "AROAOTHER")},
        {"actions": ("s3:PutBucketPolicy",)},
        {"actions": ("PutBucketPolicy", "PutBucketAcl"), "identities": (ROLE,)},
        {"window": (NOON - DAY, NOON + DAY)},
    ],
)
def test_what_was_foreseen_closes(signed):
    found = decision(signed, change=known(**BY_ROLE))
    assert isinstance(found, Close)
    assert found.signature == "s1"


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        ({"identities": ("AROAOTHER",)}, "somebody acted whom the signature does not name"),
        ({"actions": ("s3:DeleteBucket",)}, "a call was made that the signature does not permit"),
        ({"window": (NOON + DAY, NOON + 2 * DAY)}, "it happened outside the window"),
        ({"window": (NOON - 2 * DAY, NOON)}, "it happened outside the window"),
    ],
)
def test_what_was_not_foreseen_goes_to_a_person(signed, why):
    found = decision(signed, change=known(**BY_ROLE))
    assert isinstance(found, Escalate)
    assert why in found.reasons[0]


@pytest.mark.parametrize("change", [None, Unknown(reason="throttled")])
@pytest.mark.parametrize("signed", [{"identities": (ROLE,)}, {"actions": ("s3:PutBucketPolicy",)}])
def test_who_or_what_nobody_can_find_out_is_not_covered(signed, change):
    found = decision(signed, change=change)
    assert isinstance(found, Escalate)
    assert "could not find out" in found.reasons[0]


def test_a_source_that_does_not_say_when_leaves_a_window_open():
    told = known(**CONFIRMED | {"began": ""})
    found = decision({"window": (NOON - DAY, NOON + DAY)}, source=told)
    assert "does not say when it began" in found.reasons[0]


@pytest.mark.parametrize(
    ("use", "closes"),
    [
        (Use(today=19), True),
        (Use(today=20), False),
        (Use(missed=True), False),
    ],
)
def test_a_cap_or_a_miss_ends_it(use, closes):
    assert isinstance(decision({}, use=use), Close) is closes


def test_who_has_no_unique_id_is_known_by_arn():
    change = known(principal={"id": "", "arn": "arn:x"}, call="PutBucketPolicy")
    assert isinstance(decision({"identities": ("arn:x",)}, change=change), Close)
    assert isinstance(decision({"identities": (ROLE,)}, change=change), Escalate)


SESSION = {"principalId": f"{ROLE}:run-7"}
ISSUED = {
    "principalId": "AROASESSION:x",
    "sessionContext": {"sessionIssuer": {"principalId": ROLE}},
}


@pytest.mark.parametrize(
    ("record", "principal", "identity", "closes"),
    [
        ({"userIdentity": SESSION}, None, ROLE, True),
        ({"userIdentity": ISSUED}, None, ROLE, True),
        ({"userIdentity": ISSUED}, None, "AROASESSION", False),
        ({}, "arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x", True),
        ({}, None, ROLE, False),
    ],
)
def test_a_call_itself_says_who_made_it(record, principal, identity, closes):
    ticket = a_ticket(
        source=Source.CLOUDTRAIL, type="s3:PutBucketPolicy", record=record, principal=principal
    )
    for signed, as_signed in (({"identities": (identity,)}, closes),
                              ({"actions": ("s3:PutBucketPolicy",)}, True),
                              ({"actions": ("s3:PutBucketAcl",)}, False)):  # fmt: skip
        playbook = a_playbook(
            a_rule('signed("public-website", subject)', BENIGN), match={"type": [ticket.type]}
        )
        world = a_context(playbook, signatures=[a_signature(ticket, **signed)])
        assert isinstance(decided(ticket, world, {}), Close) is as_signed, signed


@pytest.mark.parametrize(
    ("use", "why"),
    [
        (Use(today=20), "the signature s1 spoke for 20 cases today, all that it may"),
        (Use(missed=True), "the signature s1 is revoked: what it covered was real once"),
    ],
)
def test_a_signature_that_is_spent_or_revoked_says_so(use, why):
    assert decision({}, use=use).reasons[0] == why
