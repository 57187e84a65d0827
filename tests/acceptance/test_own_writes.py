"""The engine's own role acts only as intended; anything else it does is an alarm."""

import json
from dataclasses import replace
from datetime import timedelta

from tests.findings import organisation
from triage.domain.case import CaseEvent, CaseId, EventKind
from triage.domain.effect import Effect
from triage.domain.message import Reception
from triage.engine.pipeline import take_in
from triage.stages.own_write import APPLY

ROLE = "arn:aws:iam::111111111111:role/TriageAct"
PARAMETERS = {"bucketName": "reports", "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}


def called(scene, session: str) -> bytes:
    return json.dumps(
        {
            "eventVersion": "1.09",
            "eventID": f"e-{session}",
            "eventTime": f"{scene.clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "eventName": "PutBucketPublicAccessBlock",
            "eventSource": "s3.amazonaws.com",
            "awsRegion": "eu-west-1",
            "recipientAccountId": "111111111111",
            "readOnly": False,
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::111111111111:assumed-role/TriageAct/{session}",
                "accountId": "111111111111",
            },
            "requestParameters": PARAMETERS,
        }
    ).encode()


def with_our_role(scene) -> None:
    rules = scene.world.rules
    ours = replace(rules.organisation, engine_roles=frozenset({ROLE}))
    scene.world = replace(scene.world, rules=replace(rules, organisation=ours))


def intend(scene, case_id: str) -> None:
    case = scene.case(case_id)
    effect = Effect(
        id="intent-1",
        case=CaseId(case.id),
        kind=APPLY,
        # Nobody runs these yet, so it waits far away from the worker.
        due=scene.clock.now() + timedelta(hours=30),
        data={
            "repair": "r1",
            "role": ROLE,
            "session": case.id,
            "writes": [{"call": "s3:PutBucketPublicAccessBlock", "parameters": PARAMETERS}],
        },
    )
    meant = {"repair": "r1", "step": 0, "call": "s3:PutBucketPublicAccessBlock"}
    event = CaseEvent(id="x" * 8, kind=EventKind.INTENDED, at=scene.clock.now(), data=meant)
    scene.store.cases.append(case.id, event, version=case.version, effects=[effect])


def test_our_role_acting_without_an_intent_is_a_critical_ticket(scene):
    scene.load(organisation([]))
    with_our_role(scene)
    decided = scene.decide(called(scene, "nobodys-case"))
    assert (decided["decision"], decided["priority"]) == ("escalate", "critical")
    assert "no intent of ours" in decided["reasons"][0]
    assert [notice.priority for notice in scene.notifier.told] == ["critical"]


def test_our_own_change_comes_back_and_wakes_nobody(scene):
    scene.load(organisation([]))
    with_our_role(scene)
    first = scene.decide(called(scene, "nobodys-case"))
    told = len(scene.notifier.told)
    intend(scene, first["case"])
    scene.world.queue.submit([called(scene, first["case"])])
    (receipt,) = take_in(scene.world, at_most=1, wait_seconds=0)
    assert receipt.reception is Reception.OWN_WRITE
    assert receipt.case is not None
    assert receipt.case.status == "closed"
    assert not scene.decide_due()
    assert len(scene.notifier.told) == told
