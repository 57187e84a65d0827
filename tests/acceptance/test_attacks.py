"""What an attacker tries who may write to the queue and owns a workload, and what he meets.

He knows the ids of his own findings, chooses every name, tag and text of what he owns, and gets
his message in before the true one. See docs/threat-model.md.
"""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.findings import ACCOUNT, REGION
from tests.worlds import Scene
from triage.domain.person import Signature

FINDING = "f1" * 16
BRUTE_FORCE = "UnauthorizedAccess:EC2/SSHBruteForce"
SCANNER, VICTIM = "i-0aaaaaaaaaaaaaaa1", "i-0bbbbbbbbbbbbbbb2"


def at_guardduty(instance: str = VICTIM, **changes: Any) -> dict[str, Any]:
    """A finding as GuardDuty's API has it: one instance guesses at another's passwords."""
    service = {"ServiceName": "guardduty", "ResourceRole": "TARGET", "Count": 1, "Archived": False}
    resource = {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": instance, "Tags": []}}
    return {
        "Id": FINDING,
        "Type": BRUTE_FORCE,
        "Severity": 5.0,
        "Title": "SSH brute force",
        "UpdatedAt": "2026-11-20T10:00:00Z",
        "Resource": resource,
        "Service": service,
        **changes,
    }


def told(finding: dict[str, Any], **changes: Any) -> bytes:
    """The same finding as EventBridge would tell it, account and Region with it."""
    native = {"schemaVersion": "2.0", "accountId": ACCOUNT, "region": REGION, **camel(finding)}
    return json.dumps(native | changes).encode()


def camel(value: Any) -> Any:
    match value:
        case dict():
            return {key[:1].lower() + key[1:]: camel(one) for key, one in value.items()}
        case list():
            return [camel(one) for one in value]
        case _:
            return value


def load(scene: Scene, *findings: dict[str, Any], **more: Any) -> None:
    account = {"name": "shop", "tier": "production", "owner": "shop-team", **more}
    account["guardduty_findings"] = list(findings)
    scene.load({"region": REGION, "accounts": {ACCOUNT: account}})


def exercise(subject: str = SCANNER, **changes: Any) -> Signature:
    """Two people say that an instance is guessed at as part of an exercise."""
    fields: dict[str, Any] = {
        "id": "exercise",
        "kind": "exercise",
        "subject": subject,
        "account": ACCOUNT,
        "types": (BRUTE_FORCE,),
        "because": "the autumn exercise",
        "signed": datetime.fromisoformat("2026-11-01T00:00:00Z"),
        "expires": datetime.fromisoformat("2027-01-15T00:00:00Z"),
        "people": ("alice", "carol"),
    }
    return Signature(**(fields | changes))


# --- making it close what is real -----------------------------------------------------------------


def test_a_signed_exercise_that_was_foreseen_closes(scene):
    load(scene, at_guardduty(SCANNER))
    scene.sign(exercise())
    decided = scene.decide(told(at_guardduty(SCANNER)))
    assert (decided["decision"], decided["ground"]) == ("close", "signature")


def test_a_real_finding_does_not_close_under_the_name_its_owner_wrote_into_a_tag(scene):
    tagged = {"InstanceId": VICTIM, "Tags": [{"Key": "note", "Value": SCANNER}]}
    real = at_guardduty(Resource={"ResourceType": "Instance", "InstanceDetails": tagged})
    load(scene, real)
    scene.sign(exercise())
    assert scene.decide(told(at_guardduty(SCANNER)))["decision"] == "escalate"


def test_an_instance_that_attacks_does_not_close_as_one_that_is_attacked(scene):
    attacks = {"ServiceName": "guardduty", "ResourceRole": "ACTOR", "Count": 1}
    load(scene, at_guardduty(SCANNER, Service=attacks))
    scene.sign(exercise())
    assert scene.decide(told(at_guardduty(SCANNER)))["decision"] == "escalate"


@pytest.mark.parametrize("spelling", ["service", "Service", "SERVICE"])
def test_no_spelling_of_the_role_hides_from_the_source(scene, spelling):
    attacks = {"ServiceName": "guardduty", "ResourceRole": "ACTOR", "Count": 1}
    load(scene, at_guardduty(SCANNER, Service=attacks))
    scene.sign(exercise())
    finding = json.loads(told(at_guardduty(SCANNER)))
    finding[spelling] = {**finding.pop("service"), "RESOURCEROLE": "TARGET"}
    assert scene.decide(json.dumps(finding).encode())["decision"] == "escalate"


def test_a_signature_made_after_a_threat_does_not_close_it(scene):
    load(scene, at_guardduty(SCANNER))
    scene.sign(exercise(signed=datetime.fromisoformat("2026-11-20T11:00:00Z")))
    decided = scene.decide(told(at_guardduty(SCANNER)))
    assert decided["decision"] == "escalate"
    assert "it began before the signature was made" in decided["reasons"]


def test_a_forged_time_does_not_move_a_threat_behind_its_signature(scene):
    began = {"ServiceName": "guardduty", "ResourceRole": "TARGET", "Count": 9}
    early = began | {"EventFirstSeen": "2026-10-30T10:00:00Z"}
    load(scene, at_guardduty(SCANNER, Service=early))
    scene.sign(exercise())
    late = began | {"EventFirstSeen": "2026-11-20T10:00:00Z"}
    decided = scene.decide(told(at_guardduty(SCANNER, Service=late)))
    assert "it began before the signature was made" in decided["reasons"]


def test_what_a_caller_sent_does_not_make_a_finding_a_sample(scene):
    sent = json.dumps({"apiCalls": [{"name": "PutItem", "parameters": {"sample": True}}]})
    service = {"ServiceName": "guardduty", "AdditionalInfo": {"Value": sent, "Type": "default"}}
    load(scene, at_guardduty(Service=service))
    decided = scene.decide(told(at_guardduty(Service=service, Title="[SAMPLE] SSH brute force")))
    assert decided["decision"] == "escalate"
    assert "its source does not call it a sample" in decided["reasons"]
