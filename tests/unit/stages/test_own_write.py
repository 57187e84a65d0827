"""Claims about what is our own change, and what only looks like one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_threat
from triage.domain.account import Organisation
from triage.domain.case import CaseEvent, CaseId, EventKind
from triage.domain.effect import Effect
from triage.domain.message import Reception
from triage.domain.severity import Severity
from triage.domain.ticket import Source
from triage.stages.dedup import telling
from triage.stages.own_write import (
    APPLY,
    admit_own,
    by_engine,
    intended,
    intended_at_source,
    session_of,
)

ROLE = "arn:aws:iam::111122223333:role/triage/TriageAct"
SESSION = "arn:aws:sts::111122223333:assumed-role/TriageAct/abcdef234567"
ORGANISATION = Organisation(engine_roles=frozenset({ROLE}))
PARAMETERS = {"groupId": "sg-1", "securityGroupRuleIds": ["sgr-1"]}


def a_call(**changes: Any):
    fields: dict[str, Any] = {
        "source": Source.CLOUDTRAIL,
        "type": "ec2:RevokeSecurityGroupIngress",
        "severity": Severity(30),
        "principal": SESSION,
        "occurred": NOON,
        "record": {"requestParameters": PARAMETERS},
    }
    return a_threat(**(fields | changes))


INTENT = Effect(
    id="e1",
    case=CaseId("abcdef234567"),
    kind=APPLY,
    # It was tried again meanwhile, and failed; what it meant to do before is recorded.
    due=NOON + timedelta(hours=2),
    data={
        "repair": "r1",
        "role": ROLE,
        "session": "abcdef234567",
        "writes": [{"call": "ec2:RevokeSecurityGroupIngress", "parameters": PARAMETERS}],
    },
)

MEANT = CaseEvent(
    id="i1",
    kind=EventKind.INTENDED,
    at=NOON - timedelta(seconds=2),
    data={"repair": "r1", "call": "ec2:RevokeSecurityGroupIngress", "step": 0},
)


def test_a_change_that_matches_its_intent_is_our_own():
    assert by_engine(a_call(), ORGANISATION)
    assert session_of(a_call()) == "abcdef234567"
    assert intended(a_call(), [INTENT], [MEANT])


@pytest.mark.parametrize(
    ("intent", "told"),
    [
        (
            {"bucketName": "reports", "policy": "", "bucketPolicy": {"Version": "2012-10-17"}},
            {
                "bucketName": "reports",
                "policy": [""],
                "bucketPolicy": {"Version": "2012-10-17"},
                "host": ["s3.eu-west-1.amazonaws.com"],
            },
        ),
        (
            {"dBInstanceIdentifier": "orders", "publiclyAccessible": False},
            {
                "dBInstanceIdentifier": "orders",
                "publiclyAccessible": False,
                "allowMajorVersionUpgrade": False,
            },
        ),
    ],
    ids=["S3's older records", "RDS's default"],
)
def test_how_a_service_is_logged_changes_nothing_of_what_it_did(intent, told):
    ours = {"call": "ec2:RevokeSecurityGroupIngress", "parameters": intent}
    effect = replace(INTENT, data={**INTENT.data, "writes": [ours]})
    assert intended(a_call(record={"requestParameters": told}), [effect], [MEANT])
    more = {**told, "allowMajorVersionUpgrade": True, "policy": ["x"]}
    assert not intended(a_call(record={"requestParameters": more}), [effect], [MEANT])


def test_cloudtrails_own_host_parameter_changes_nothing():
    told = {"requestParameters": {**PARAMETERS, "Host": "ec2.eu-west-1.amazonaws.com"}}
    assert intended(a_call(record=told), [INTENT], [MEANT])


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": SESSION.replace("TriageAct", "TriageActor")},
        {"principal": SESSION.replace("111122223333", "999988887777")},
        {"principal": SESSION.replace("abcdef234567", "another-one")},
        {"principal": ROLE},
        {"type": "ec2:AuthorizeSecurityGroupIngress"},
        {"record": {"requestParameters": {**PARAMETERS, "groupId": "sg-2"}}},
        {"record": {"requestParameters": {**PARAMETERS, "dryRun": False}}},
        {"record": {"requestParameters": {"groupId": "sg-1"}}},
        {"record": {}},
        {"occurred": NOON - timedelta(minutes=5)},
        {"occurred": NOON + timedelta(minutes=30)},
    ],
    ids=[
        *("role", "account", "session", "no session", "call", "resource", "more", "less", "none"),
        *("too early", "too late"),
    ],
)
def test_anything_else_is_somebody_elses(changes):
    assert not intended(a_call(**changes), [INTENT], [MEANT])


def test_a_notification_we_sent_is_no_intent_to_change_anything():
    assert not intended(a_call(), [replace(INTENT, kind="notify")], [MEANT])


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": EventKind.WRITTEN},
        {"data": {**MEANT.data, "repair": "r2"}},
        {"data": {**MEANT.data, "call": "ec2:AuthorizeSecurityGroupIngress"}},
        {"at": NOON - timedelta(hours=2)},
    ],
    ids=["what was made", "another repair", "another call", "long before"],
)
def test_a_plan_without_its_recorded_intent_makes_no_call_ours(changes):
    assert not intended(a_call(), [INTENT], [replace(MEANT, **changes)])


def test_reading_is_no_change():
    assert not by_engine(a_call(type="ec2:DescribeInstances", severity=Severity(0)), ORGANISATION)


def test_a_guardduty_finding_about_our_role_is_no_call_of_ours():
    assert not by_engine(a_threat(principal=SESSION), ORGANISATION)


def at_source(**changes):
    data = {"writes": [{"call": "ec2:RevokeSecurityGroupIngress", "parameters": PARAMETERS}]}
    fields = {"id": "e", "kind": EventKind.SOURCE_INTENDED, "at": NOON, "data": data}
    return CaseEvent(**(fields | changes))


@pytest.mark.parametrize(
    ("event", "ours"),
    [
        (at_source(), True),
        (at_source(at=NOON + timedelta(minutes=1)), True),
        (at_source(at=NOON + timedelta(minutes=2)), False),
        (at_source(at=NOON - timedelta(minutes=15)), True),
        (at_source(at=NOON - timedelta(minutes=16)), False),
        (at_source(kind=EventKind.SIGHTED), False),
        (at_source(data={"writes": []}), False),
    ],
)
def test_a_call_at_a_source_is_ours_only_where_it_was_intended_then(event, ours):
    assert intended_at_source(a_call(), [event]) is ours


def test_our_own_change_is_a_case_that_nobody_has_to_look_at():
    admission = admit_own(a_call(), NOON)
    again = admit_own(a_call(), NOON + timedelta(minutes=1))
    assert admission.event == CaseEvent(
        id=again.event.id, kind=EventKind.OWN_WRITE, at=NOON, data=telling(a_call(), NOON)
    )
    assert (admission.reception, admission.due) == (Reception.OWN_WRITE, False)
    assert admit_own(a_call(body="d" * 64), NOON).event.id != again.event.id
