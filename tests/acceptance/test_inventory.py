"""Whatever can silence us is compared every day; what nobody signed for is a critical ticket."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.watchers import ACCOUNT, REGION, an_inventorist, lookout, taken_in
from tests.worlds import Scene
from triage.adapters.aws.silencers_source import LISTS
from triage.domain.evidence import Failed, Failure
from triage.domain.inventory import Change
from triage.domain.person import Signature
from triage.ports.case_store import Filter

pytestmark = pytest.mark.slow

DAY = timedelta(hours=24, seconds=1)
FILTERS = "guardduty/filter"


def load(scene: Scene, **sections: Any) -> None:
    scene.load({"region": REGION, "accounts": {ACCOUNT: sections}})


def a_filter(name: str = "quiet", **changes: Any) -> dict[str, Any]:
    return {"Name": name, **changes}


def guardduty(scene: Scene, *filters: dict[str, Any]) -> None:
    load(scene, detectors=[{}], guardduty_filters=list(filters))


def listed(scene: Scene, *kinds: str, **more: Any) -> None:
    """Go through these lists, a day after the last time, and decide what comes of it."""
    inventorist = an_inventorist(scene, *kinds, **more)
    while inventorist.step():
        pass
    scene.clock.advance(DAY)
    taken_in(scene)
    scene.decide_due()
    scene.run_effects()


def tickets(scene: Scene) -> list[Any]:
    found = scene.store.cases.cases(Filter(limit=100))
    return sorted(found, key=lambda case: case.headline["subject"])


def told(scene: Scene) -> list[tuple[str, str]]:
    return [(one.headline["type"], one.headline["subject"]) for one in tickets(scene)]


def item(name: str, kind: str = FILTERS) -> str:
    return f"{kind}/{ACCOUNT}/{REGION}/{name}"


def test_a_first_inventory_is_a_baseline_and_no_alarm(scene: Scene) -> None:
    guardduty(scene, a_filter())
    listed(scene, FILTERS)
    (seen,) = scene.store.inventories.all()
    assert (list(seen.items), seen.accepted_by, tickets(scene)) == (["quiet"], None, [])


def test_nothing_different_is_no_alarm_either(scene: Scene) -> None:
    guardduty(scene, a_filter())
    listed(scene, FILTERS)
    listed(scene, FILTERS)
    assert tickets(scene) == []


def test_a_new_filter_nobody_signed_is_critical_and_reaches_a_person(scene: Scene) -> None:
    guardduty(scene)
    listed(scene, FILTERS)
    guardduty(scene, a_filter())
    listed(scene, FILTERS)
    (case,) = tickets(scene)
    assert case.headline["severity"] == "critical"
    assert case.headline["subject"] == item("quiet")
    assert (case.decided["decision"], case.decided["priority"]) == ("escalate", "critical")
    assert scene.notifier.told


def test_an_alarm_shows_before_and_after(scene: Scene) -> None:
    guardduty(scene, a_filter(Action="NOOP"))
    listed(scene, FILTERS)
    guardduty(scene, a_filter(Action="ARCHIVE"))
    inventorist = an_inventorist(scene, FILTERS)
    (found,) = inventorist.compare(lookout(FILTERS))
    assert found.change is Change.CHANGED
    assert (found.before["Action"], found.after["Action"]) == ("NOOP", "ARCHIVE")


def test_a_difference_is_told_once(scene: Scene) -> None:
    guardduty(scene)
    listed(scene, FILTERS)
    guardduty(scene, a_filter())
    for _ in range(3):
        listed(scene, FILTERS)
    assert told(scene) == [("triage:tampering", item("quiet"))]


def signature(scene: Scene, subject: str, **changes: Any) -> Signature:
    fields: dict[str, Any] = {
        "id": "s",
        "kind": "silencer",
        "subject": subject,
        "account": ACCOUNT,
        "types": ("triage:tampering",),
        "because": "-",
        "signed": scene.clock.now() - timedelta(days=1),
        "expires": scene.clock.now() + timedelta(days=30),
        "people": ("alice", "bob"),
    }
    return Signature(**(fields | changes))


def test_a_difference_two_people_signed_is_no_alarm(scene: Scene) -> None:
    guardduty(scene)
    listed(scene, FILTERS)
    guardduty(scene, a_filter())
    listed(scene, FILTERS, signatures=[signature(scene, item("quiet"))])
    assert tickets(scene) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": item("quiet") + "er"},
        {"subject": item("")},
        {"kind": "public-website"},
        {"account": "999999999999"},
        {"types": ("S3.8",)},
        {"people": ("alice",)},
        {"expires": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signature_for_anything_else_signs_nothing(scene: Scene, changes: Any) -> None:
    guardduty(scene)
    listed(scene, FILTERS)
    guardduty(scene, a_filter())
    changes = {
        name: scene.clock.now() if value is None else value for name, value in changes.items()
    }
    one = signature(scene, **{"subject": item("quiet"), **changes})
    listed(scene, FILTERS, signatures=[one])
    assert told(scene) == [("triage:tampering", item("quiet"))]


@pytest.mark.parametrize("fault", ["throttle", "deny", "error", "truncated"])
@pytest.mark.parametrize("operation", ["ListDetectors", "ListFilters", "GetFilter"])
def test_a_list_that_cannot_be_read_is_unknown_and_neither_the_same_nor_gone(
    scene: Scene, operation: str, fault: str
) -> None:
    guardduty(scene, a_filter())
    listed(scene, FILTERS)
    before = scene.store.inventories.all()
    scene.sandbox.faults.add(fault, operation=operation)
    an_inventorist(scene, FILTERS).step()
    (progress,) = scene.store.watermarks.all()
    assert (scene.store.inventories.all(), tickets(scene)) == (before, [])
    assert progress.problem
    assert isinstance(an_inventorist(scene, FILTERS).compare(lookout(FILTERS)), Failed)


def test_a_list_that_stays_unreadable_is_told_once(scene: Scene) -> None:
    guardduty(scene, a_filter())
    listed(scene, FILTERS)
    scene.sandbox.faults.add("deny", service="guardduty")
    for _ in range(5):
        listed(scene, FILTERS)
    (case,) = tickets(scene)
    assert (case.headline["type"], case.headline["severity"]) == ("triage:blindness", "high")


def test_a_detector_that_is_gone_was_removed_and_its_filters_are_unknown(scene: Scene) -> None:
    guardduty(scene, a_filter())
    listed(scene, FILTERS, "guardduty/detector")
    load(scene)
    found = an_inventorist(scene, FILTERS)
    (gone,) = found.compare(lookout("guardduty/detector"))
    unknown = Failed(failure=Failure.UNSUPPORTED, detail="there is no GuardDuty detector")
    assert (gone.change, found.compare(lookout(FILTERS))) == (Change.REMOVED, unknown)


@dataclass(frozen=True)
class Case:
    """How a list is changed in the sandbox, and what its item is called."""

    before: Callable[[Scene], None]
    after: Callable[[Scene], None]
    expected: str


def sections(**given: Any) -> Callable[[Scene], None]:
    return lambda scene: load(scene, **given)


ANALYZER = [{"name": "default"}]
HUB = [{"Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"}}]


def rule(scene: Scene) -> None:
    load(scene)
    events = scene.sandbox.client("events", ACCOUNT, REGION)
    events.put_rule(Name="findings", EventPattern='{"source": ["aws.guardduty"]}')
    target = {"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:findings"}
    events.put_targets(Rule="findings", Targets=[target])


def rule_off(scene: Scene) -> None:
    scene.sandbox.client("events", ACCOUNT, REGION).disable_rule(Name="findings")


def targets_gone(scene: Scene) -> None:
    events = scene.sandbox.client("events", ACCOUNT, REGION)
    events.remove_targets(Rule="findings", Ids=["queue"])


def queue(scene: Scene) -> None:
    load(scene)
    scene.sandbox.client("sqs", ACCOUNT, REGION).create_queue(QueueName="findings")


DENY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    ],
}


def policy(scene: Scene) -> None:
    sqs = scene.sandbox.client("sqs", ACCOUNT, REGION)
    url = sqs.get_queue_url(QueueName="findings")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(DENY)})


def dead_letters(scene: Scene) -> None:
    load(scene)
    sqs = scene.sandbox.client("sqs", ACCOUNT, REGION)
    sqs.create_queue(QueueName="dead")
    dead = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
    redrive = f'{{"deadLetterTargetArn": "{dead}", "maxReceiveCount": 3}}'
    sqs.create_queue(QueueName="findings", Attributes={"RedrivePolicy": redrive})


def dead_letter(scene: Scene) -> None:
    sqs = scene.sandbox.client("sqs", ACCOUNT, REGION)
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="lost")


def macie(scene: Scene) -> None:
    load(scene)
    scene.sandbox.client("macie2", ACCOUNT, REGION).enable_macie()


def macie_paused(scene: Scene) -> None:
    scene.sandbox.client("macie2", ACCOUNT, REGION).enable_macie(status="PAUSED")


def scanning(scene: Scene) -> None:
    load(scene)
    inspector = scene.sandbox.client("inspector2", ACCOUNT, REGION)
    inspector.enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])


def scanning_ended(scene: Scene) -> None:
    inspector = scene.sandbox.client("inspector2", ACCOUNT, REGION)
    inspector.disable(accountIds=[ACCOUNT], resourceTypes=["EC2"])


ALLOWED = "a" * 22
S38 = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:control/best-practices/v/1.0.0/S3.8"
CHANGES = {
    "securityhub/standard": Case(
        sections(standards=[{}]),
        sections(),
        f"arn:aws:securityhub:{REGION}::standards/best-practices/v/1.0.0",
    ),
    "securityhub/disabled-control": Case(
        sections(standards=[{}], standards_controls=[{}]),
        sections(standards=[{}], standards_controls=[{"ControlStatus": "DISABLED"}]),
        S38,
    ),
    "macie2/allow-list": Case(
        sections(allow_lists=[{"id": ALLOWED}]),
        sections(allow_lists=[{"id": ALLOWED, "criteria": {"regex": ".*"}}]),
        ALLOWED,
    ),
    "macie2/session": Case(macie, macie_paused, "session"),
    "inspector2/status": Case(scanning, scanning_ended, ACCOUNT),
    "guardduty/ip-set": Case(
        sections(detectors=[{}]), sections(detectors=[{}], ip_sets=[{"id": "trusted"}]), "trusted"
    ),
    "guardduty/threat-intel-set": Case(
        sections(detectors=[{}], threat_intel_sets=[{"id": "bad"}]),
        sections(detectors=[{}]),
        "bad",
    ),
    "guardduty/detector": Case(
        sections(detectors=[{"id": "d" * 32}]),
        sections(detectors=[{"id": "d" * 32, "status": "DISABLED"}]),
        "d" * 32,
    ),
    "guardduty/member": Case(
        sections(detectors=[{}], guardduty_members=[{"AccountId": "222222222222"}]),
        sections(
            detectors=[{}],
            guardduty_members=[{"AccountId": "222222222222", "RelationshipStatus": "Removed"}],
        ),
        "222222222222",
    ),
    "securityhub/automation-rule": Case(
        sections(),
        sections(automation_rules=[{"RuleArn": f"arn:aws:securityhub:{REGION}::rule/1"}]),
        f"arn:aws:securityhub:{REGION}::rule/1",
    ),
    "securityhub/automation-rule-v2": Case(
        sections(),
        sections(
            automation_rules_v2=[{"RuleId": "1", "RuleArn": f"arn:aws:securityhub:{REGION}::r/1"}]
        ),
        f"arn:aws:securityhub:{REGION}::r/1",
    ),
    "inspector2/filter": Case(
        sections(),
        sections(inspector_filters=[{"arn": f"arn:aws:inspector2:{REGION}:1:owner/1/filter/1"}]),
        f"arn:aws:inspector2:{REGION}:1:owner/1/filter/1",
    ),
    "macie2/findings-filter": Case(sections(), sections(macie_filters=[{"id": "hide"}]), "hide"),
    "accessanalyzer/analyzer": Case(
        sections(analyzers=ANALYZER),
        sections(),
        f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/default",
    ),
    "accessanalyzer/archive-rule": Case(
        sections(analyzers=ANALYZER),
        sections(analyzers=ANALYZER, archive_rules=[{"ruleName": "hide"}]),
        "default/hide",
    ),
    "config/recorder": Case(
        sections(recorders=[{}]), sections(recorders=[{"recording": False}]), "default"
    ),
    "config/rule": Case(
        sections(config_rules=[{"ConfigRuleName": "public-read"}]), sections(), "public-read"
    ),
    "events/rule": Case(rule, rule_off, "findings"),
    "events/rule targets": Case(rule, targets_gone, "findings"),
    "sqs/queue": Case(queue, policy, "findings"),
    "sqs/dead-letters": Case(dead_letters, dead_letter, "dead"),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_in_any_of_them_is_told(scene: Scene, name: str) -> None:
    case, kind = CHANGES[name], name.partition(" ")[0]
    case.before(scene)
    listed(scene, kind)
    case.after(scene)
    listed(scene, kind)
    assert told(scene) == [("triage:tampering", item(case.expected, kind))]


def test_a_change_is_claimed_of_every_list() -> None:
    assert set(LISTS) == {FILTERS, *(name.partition(" ")[0] for name in CHANGES)}


def test_the_spelling_of_a_queue_policy_is_no_difference(scene: Scene) -> None:
    queue(scene)
    sqs = scene.sandbox.client("sqs", ACCOUNT, REGION)
    url = sqs.get_queue_url(QueueName="findings")["QueueUrl"]
    backwards = dict(reversed(DENY.items()))
    for spelt in (json.dumps(DENY), json.dumps(backwards, indent=2)):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": spelt})
        listed(scene, "sqs/queue")
    (seen,) = scene.store.inventories.all()
    assert seen.items["findings"]["Policy"]["Statement"] == DENY["Statement"]
    assert tickets(scene) == []
