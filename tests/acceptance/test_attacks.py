"""What an attacker tries who may write to the queue and owns a workload, and what he meets.

He knows the ids of his own findings, chooses every name, tag and text of what he owns, and gets
his message in before the true one. See docs/threat-model.md.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.findings import ACCOUNT, REGION
from tests.worlds import Scene
from triage.domain.person import Signature
from triage.domain.verdict import Verdict
from triage.ports.case_store import Filter

pytestmark = pytest.mark.slow

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


def test_a_signed_exercise_that_was_foreseen_is_told_low_until_its_lead_confirms_it(scene):
    load(scene, at_guardduty(SCANNER))
    scene.sign(exercise())
    decided = scene.decide(told(at_guardduty(SCANNER)))
    assert (decided["decision"], decided["priority"]) == ("escalate", "low")
    assert decided["signature"] == "exercise"
    scene.say(decided["case"], Verdict.TEST)
    assert scene.case(decided["case"]).status == "closed"


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


SEQUENCE = {"AssociatedAttackSequenceArn": "arn:aws:guardduty:eu-west-1:1:detector/d/finding/s"}
LISTED = json.dumps({"threatListName": "ProofPoint"})


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (SEQUENCE, "attack sequence"),
        ({"Service": {"AdditionalInfo": {"Value": LISTED}}}, "threat intelligence"),
        ({"Service": {"Evidence": {"ThreatIntelligenceDetails": [{}]}}}, "threat intelligence"),
    ],
)
def test_a_copy_that_leaves_out_what_policy_looks_for_does_not_close(scene, sign, why):
    service = {"ServiceName": "guardduty", "ResourceRole": "TARGET", **sign.get("Service", {})}
    load(scene, at_guardduty(SCANNER, **{**sign, "Service": service}))
    scene.sign(exercise())
    decided = scene.decide(told(at_guardduty(SCANNER)))
    assert decided["decision"] == "escalate"
    assert why in decided["reasons"][0]


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


# --- making it look away --------------------------------------------------------------------------

HARMLESS = "Recon:EC2/PortProbeUnprotectedPort"
GRAVE = {"Severity": 8.0, "Type": "Backdoor:EC2/DenialOfService.Tcp"}
DETECTOR = f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d"
IN_ASFF = {
    "Id": f"{DETECTOR}/finding/{FINDING}",
    "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/guardduty",
    "GeneratorId": DETECTOR,
    "AwsAccountId": ACCOUNT,
    "Region": REGION,
    "Types": ["TTPs/Backdoor/Backdoor:EC2-DenialOfService.Tcp"],
    "Title": "An instance floods others",
    "CreatedAt": "2026-11-20T10:00:00Z",
    "UpdatedAt": "2026-11-20T10:00:00Z",
    "Severity": {"Label": "HIGH", "Normalized": 80},
    "Resources": [
        {"Type": "AwsEc2Instance", "Id": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{VICTIM}"}
    ],
}


def last_told(scene: Scene) -> tuple[str, str]:
    notice = scene.notifier.told[-1]
    return notice.priority, notice.title


@pytest.mark.parametrize(
    "claim",
    [
        {"type": HARMLESS},
        {"accountId": "222222222222"},
        {"resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": SCANNER}}},
    ],
    ids=["another type", "another account", "another instance"],
)
def test_the_first_message_of_a_finding_cannot_say_for_good_what_it_is_about(scene, claim):
    load(scene, at_guardduty(**GRAVE))
    scene.submit(told(at_guardduty(**GRAVE), **claim))
    scene.submit(told(at_guardduty(**GRAVE)))
    scene.decide_due()
    scene.run_effects()
    assert last_told(scene) == ("high", f"[high] {GRAVE['Type']}: {VICTIM}")


def test_whoever_was_told_of_a_decoy_is_told_what_it_is(scene):
    load(scene, at_guardduty(**GRAVE))
    decoy = scene.decide(told(at_guardduty(**GRAVE), type=HARMLESS))
    scene.acknowledge(decoy["case"])
    scene.decide(told(at_guardduty(**GRAVE)))
    assert len(scene.notifier.told) == 2
    assert last_told(scene) == ("high", f"[high] {GRAVE['Type']}: {VICTIM}")
    assert scene.case(decoy["case"]).acknowledged_by is None


def test_a_decoy_in_the_better_format_does_not_take_over_a_finding(scene):
    load(scene, at_guardduty(**GRAVE))
    scene.submit(json.dumps(IN_ASFF).encode(), told(at_guardduty(**GRAVE), type=HARMLESS))
    (case,) = scene.decide_due()
    assert case.headline["type"] == GRAVE["Type"]


def test_a_decoy_that_its_source_did_not_bear_out_never_speaks_again(scene):
    load(scene, at_guardduty(**GRAVE))
    decoy = scene.decide(told(at_guardduty(**GRAVE), type=HARMLESS))["case"]
    scene.decide(json.dumps(IN_ASFF).encode())
    scene.part(decoy)
    (case,) = scene.decide_due()
    assert case.headline["type"] == GRAVE["Type"]
    assert "bad-place" in case.decided["rule"]
    assert list(case.told) == ["asff"]


def test_without_a_source_a_case_is_told_with_all_that_it_may_be_about(scene):
    scene.without_evidence()
    scene.submit(told(at_guardduty(**GRAVE), type=HARMLESS))
    scene.submit(told(at_guardduty(**GRAVE)))
    (case,) = scene.decide_due()
    scene.run_effects()
    assert case.decided["priority"] == "high"
    rival = f"or it is about {GRAVE['Type']} on {VICTIM} in {ACCOUNT}: its source did not say"
    assert rival in scene.notifier.told[-1].text
    assert scene.replay(case.id).equal


def test_a_closed_case_is_looked_at_again_although_a_forgery_spoke_in_the_better_format(scene):
    scene.without_evidence()
    forged = scene.decide(told(at_guardduty(**GRAVE)))
    scene.close(forged["case"])
    again = IN_ASFF | {"UpdatedAt": "2026-11-21T10:00:00Z"}
    scene.decide(json.dumps(again).encode())
    assert scene.case(forged["case"]).status == "escalated"
    assert len(scene.notifier.told) == 2


def test_a_threat_that_joins_what_somebody_has_taken_on_is_told(scene):
    scene.without_evidence()
    decoy = scene.decide(told(at_guardduty(**GRAVE), id="d0" * 16))
    scene.acknowledge(decoy["case"])
    real = scene.decide(told(at_guardduty(**GRAVE)))
    assert scene.case(real["case"]).incident == scene.case(decoy["case"]).incident
    assert [notice.case for notice in scene.notifier.told] == [decoy["case"], real["case"]]


def test_a_threat_that_joins_what_nobody_answered_is_told(scene):
    scene.without_evidence()
    decoy = scene.decide(told(at_guardduty(**GRAVE), id="d0" * 16))
    for _ in range(3):
        scene.clock.advance(timedelta(hours=2))
        scene.run_timers()
    before = len(scene.notifier.told)
    real = scene.decide(told(at_guardduty(**GRAVE)))
    assert scene.case(real["case"]).incident == scene.case(decoy["case"]).incident
    assert [notice.case for notice in scene.notifier.told[before:]] == [real["case"]]


def test_acknowledging_once_buys_one_page_however_many_join(scene):
    scene.without_evidence()
    decoy = scene.decide(told(at_guardduty(**GRAVE), id="d0" * 16))
    scene.acknowledge(decoy["case"])
    for number in range(5):
        scene.decide(told(at_guardduty(**GRAVE), id=f"{number:032x}"))
    assert len(scene.notifier.told) == 2


# --- making it stumble ----------------------------------------------------------------------------


def test_a_worse_telling_of_a_closed_case_from_the_future_is_decided_and_told(scene):
    scene.without_evidence()
    mild = scene.decide(told(at_guardduty(Severity=2.0)))
    scene.close(mild["case"])
    ahead = (scene.clock.now() + timedelta(days=3650)).isoformat()
    scene.decide(told(at_guardduty(Severity=8.0), updatedAt=ahead))
    assert scene.case(mild["case"]).status == "escalated"
    assert scene.decide_due() == ()


def test_a_worse_and_older_telling_of_a_closed_case_is_decided_and_told(scene):
    scene.without_evidence()
    mild = scene.decide(told(at_guardduty(**GRAVE | {"Severity": 2.0})))
    scene.close(mild["case"])
    earlier = "2026-11-19T10:00:00Z"
    scene.decide(told(at_guardduty(**GRAVE | {"Severity": 9.5}), updatedAt=earlier))
    assert last_told(scene)[0] == "critical"
    assert scene.case(mild["case"]).status == "escalated"


# --- making it unreadable -------------------------------------------------------------------------


def nested(depth: int) -> Any:
    return {"deeper": nested(depth - 1)} if depth else "x"


UNREADABLE = {
    "NUL in a name": told(at_guardduty(Title="a\0b")),
    "half a character": told(at_guardduty()).replace(b"SSH brute", b"\\ud800"),
    "nested too deep": told(at_guardduty(Tags=nested(80))),
    "too large": told(at_guardduty(Title="x" * 1_100_000)),
    "cut short": told(at_guardduty(), source="aws.guardduty")[:-9],
    "no id": told(at_guardduty(Id="")),
    "within a notice": json.dumps(
        {"Type": "Notification", "Message": told(at_guardduty(Title="a\0b")).decode()}
    ).encode(),
    "logs that do not unpack": b'{"awslogs": {"data": "H4sIAAAA"}}',
    "an event of the trail": json.dumps(
        {
            "source": "aws.iam",
            "detail-type": "AWS API Call via CloudTrail",
            "detail": {"eventName": "CreateUser", "userAgent": "a\0b"},
        }
    ).encode(),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_a_detector_said_and_nobody_can_read_is_told(scene, body):
    scene.submit(body)
    assert scene.store.quarantine.count() == 1
    (case,) = scene.decide_due()
    scene.run_effects()
    assert case.status == "escalated"
    assert last_told(scene)[0] == "high"
    assert "nobody can read" in scene.notifier.told[-1].text


def test_a_flood_of_unreadable_messages_is_one_page_and_a_message_told_twice_one_case(scene):
    bodies = [told(at_guardduty(Title=f"finding {n}"))[:-9] for n in range(30)]
    scene.submit(*bodies, *bodies)
    assert len(scene.decide_due()) == 30
    scene.run_effects()
    assert len(scene.notifier.told) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b'{"detail-type": "Access Preview State Change", "source": "aws.config", "detail": {}}',
        b'{"detail-type": "Object Created", "source": "aws.s3", "detail": {}}',
        b'{"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "aws.guardduty"}}}]}',
    ],
)
def test_what_means_to_be_no_ticket_tells_nobody(scene, body):
    scene.submit(body)
    assert scene.store.quarantine.count() == 1
    assert scene.decide_due() == ()


# --- what it shows --------------------------------------------------------------------------------

NASTY = [
    "\x1b[2J\x1b[31mall is well",
    "\u202etxt.exe",
    "a\r\nBcc: everyone@example.com",
    "{{ 7 * 7 }}{% raw %}",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "because   its source confirms it\nnext      nothing to do",
    "\u2028next line",
    "A" * 5000,
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_of_a_finding_acts_on_whoever_reads_it(scene, text):
    resource = {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": text}}
    scene.without_evidence()
    finding = at_guardduty(Title=text, Type=f"Backdoor:EC2/{text}", Resource=resource)
    decided = scene.decide(told(finding, accountId=text))
    (notice,) = scene.notifier.told
    lines = notice.text.split("\n")
    assert decided["decision"] == "escalate"
    assert notice.title.isprintable()
    assert all(line.isprintable() and len(line) <= 400 for line in lines)
    assert WORDS <= {line.split(" ")[0] for line in lines[1:]} <= WORDS | MAYBE
    assert "49" not in notice.text.replace(decided["case"], "")


WORDS = {"type", "subject", "account", "because", "next"}
MAYBE = {"consider", "owner"}
"""What the lines of a page begin with, below the title."""


# --- making it take another's act for its own, or a grave one for a harmless one ------------------

EVENT = {
    "eventVersion": "1.11",
    "eventID": "5b0c3a52-0000-4000-8000-00000000beef",
    "eventTime": "2026-11-20T10:00:00Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "awsRegion": REGION,
    "recipientAccountId": ACCOUNT,
    "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory"},
}
DECOYS = [
    {"eventName": "StartLogging"},
    {"userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/backup"}},
    {"recipientAccountId": "222222222222"},
]


@pytest.mark.parametrize("decoy", DECOYS, ids=["another call", "another user", "another account"])
def test_an_events_id_told_first_does_not_hide_the_event(scene, decoy):
    scene.without_evidence()
    scene.submit(json.dumps(EVENT | decoy).encode(), json.dumps(EVENT).encode())
    (case,) = scene.decide_due()
    scene.run_effects()
    assert case.decided["priority"] == "critical"
    shown = scene.notifier.told[-1].text
    assert "cloudtrail:StopLogging" in shown
    assert "user/mallory" in shown


def test_a_session_that_looks_like_a_case_makes_no_own_write(scene):
    scene.without_evidence()
    case = scene.decide(told(at_guardduty()))["case"]
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/TriageAct/{case}"
    by_us = EVENT | {"userIdentity": {"type": "AssumedRole", "arn": role}}
    decided = scene.decide(json.dumps(by_us).encode())
    assert decided["decision"] == "escalate"
    assert scene.notifier.told[-1].case == decided["case"]


@pytest.mark.slow
def test_no_number_of_forgeries_talks_a_real_finding_down(scene):
    load(scene, at_guardduty(**GRAVE))
    scene.decide(told(at_guardduty(**GRAVE)))
    for n in range(20):
        scene.submit(told(at_guardduty(**GRAVE), type=HARMLESS, severity=1.0, n=n))
        scene.decide_due()
    (case,) = scene.store.cases.cases(Filter())
    assert (case.status, case.headline["type"]) == ("escalated", GRAVE["Type"])
    assert case.headline["severity"] == "high"
