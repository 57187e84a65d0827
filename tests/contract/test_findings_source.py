"""What changed at each source, listed over HTTP: all of it, or a sentence why not."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.worlds import AdvancingClock
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.findings_source import PAGES, AwsFindings
from triage.adapters.aws.limits import AwsLimits, Rate
from triage.domain.evidence import Failed, Failure
from triage.domain.lookout import Lookout, Page, Window
from triage.domain.message import Message
from triage.domain.ticket import Ticket
from triage.sandbox.server import Sandbox
from triage.stages.normalise import normalise

pytestmark = pytest.mark.slow

ACCOUNT, REGION = "111122223333", "eu-west-1"
Ask = Callable[..., list[Any] | Failed]


@pytest.fixture
def clock() -> AdvancingClock:
    return AdvancingClock()


@pytest.fixture
def ask(sandbox: Sandbox, clock: AdvancingClock, monkeypatch: Any) -> Iterator[Ask]:
    """Give every record of a window, page by page, or the first failure."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    limits = AwsLimits(attempts=1, read_seconds=5, rates={})
    clients = Clients(Role(name="TriageRead"), limits, REGION)
    source = AwsFindings(clients, Budget(limits.rates, clock), clock)

    def asked(
        name: str, *, hours: float = 2, start: str = "", region: str = REGION
    ) -> list[Any] | Failed:
        now, found, cursor = clock.now(), [], start
        window = Window(start=now - timedelta(hours=hours), end=now)
        at = Lookout(source=name, account=ACCOUNT, region=region)
        for _ in range(50):
            page = source.page(at, window, cursor, deadline=now + timedelta(seconds=20))
            if isinstance(page, Failed):
                return page
            found += page.records
            if not (cursor := page.cursor):
                return found
        raise AssertionError("the pages never end")

    yield asked
    clients.close()


def guardduty(number: int, updated: str) -> dict[str, Any]:
    return {
        "Id": f"{number:032x}",
        "Type": "Recon:EC2/PortProbeUnprotectedPort",
        "Severity": 2.0,
        "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-0abc"}},
        "UpdatedAt": updated,
    }


def securityhub(number: int, updated: str) -> dict[str, Any]:
    return {
        "Id": f"finding-{number}",
        "UpdatedAt": updated,
        "Severity": {"Label": "HIGH"},
        "Types": ["Software and Configuration Checks"],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::bucket-{number}"}],
    }


def inspector(number: int, updated: str) -> dict[str, Any]:
    return {
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{number:032x}",
        "updatedAt": updated,
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-0abc", "region": REGION}],
    }


def macie(number: int, updated: str) -> dict[str, Any]:
    bucket = {"arn": f"arn:aws:s3:::bucket-{number}", "name": f"bucket-{number}"}
    return {
        "id": f"m-{number}",
        "type": "Policy:IAMUser/S3BucketPublic",
        "resourcesAffected": {"s3Bucket": bucket},
        "updatedAt": updated,
    }


def analyzer(number: int, updated: str) -> dict[str, Any]:
    return {
        "id": f"a-{number}",
        "resource": f"arn:aws:s3:::bucket-{number}",
        "resourceType": "AWS::S3::Bucket",
        "updatedAt": updated,
    }


def compliance(number: int, updated: str) -> dict[str, Any]:
    return {
        "rule": f"rule-{number % 2}",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": f"bucket-{number}",
        "compliance": "NON_COMPLIANT",
        "recorded": updated,
    }


SECTIONS: dict[str, tuple[str, Callable[[int, str], dict[str, Any]]]] = {
    "guardduty": ("guardduty_findings", guardduty),
    "securityhub": ("security_hub_findings", securityhub),
    "inspector": ("inspector_findings", inspector),
    "macie": ("macie_findings", macie),
    "access-analyzer": ("analyzer_findings", analyzer),
    "config": ("config_compliance", compliance),
}
MORE_THAN_A_PAGE = {
    "guardduty": 51,
    "securityhub": 101,
    "inspector": 26,
    "macie": 51,
    "access-analyzer": 26,
    "config": 202,
}
BY_TIME = sorted(set(SECTIONS) - {"config"})


def load(sandbox: Sandbox, source: str, *updated: str) -> None:
    section, make = SECTIONS[source]
    found = [make(number, each) for number, each in enumerate(updated, start=1)]
    extra = {"analyzers": [{"name": "default"}]} if source == "access-analyzer" else {}
    sandbox.load({"region": REGION, "accounts": {ACCOUNT: {section: found, **extra}}})


def tickets(records: list[Any]) -> list[Ticket]:
    bodies = [json.dumps(one).encode() for one in records]
    now = datetime.fromisoformat("2099-01-01T00:00:00+00:00")
    parts = [normalise(Message(id="", body=body, received=now)).parts for body in bodies]
    return [part for each in parts for part in each if isinstance(part, Ticket)]


def subjects(found: list[Any] | Failed) -> list[str]:
    assert isinstance(found, list), found
    return sorted(one.native_id + one.subject.id for one in tickets(found))


def test_every_source_that_can_be_reconciled_is_claimed_here() -> None:
    assert set(SECTIONS) == set(PAGES)


@pytest.mark.parametrize("source", sorted(SECTIONS))
def test_what_is_found_is_a_ticket_of_the_account_and_region_it_was_found_in(
    sandbox, ask, source
) -> None:
    load(sandbox, source, "-1h")
    (ticket,) = tickets(ask(source))
    assert (ticket.account, ticket.region) == (ACCOUNT, REGION)


@pytest.mark.parametrize("source", BY_TIME)
def test_only_what_changed_within_the_window_is_found(sandbox, ask, source) -> None:
    load(sandbox, source, "-1h", "-3h", "-90m")
    assert len(tickets(ask(source, hours=2))) == 2


@pytest.mark.parametrize("source", sorted(SECTIONS))
def test_every_page_is_read(sandbox, ask, source) -> None:
    count = MORE_THAN_A_PAGE[source]
    load(sandbox, source, *["-1h"] * count)
    assert len(set(subjects(ask(source)))) == count


@pytest.mark.parametrize("source", sorted(SECTIONS))
def test_nothing_changed_is_only_said_by_a_service_that_is_on(sandbox, ask, source) -> None:
    off = {
        "guardduty": Failed(failure=Failure.UNSUPPORTED, detail="there is no GuardDuty detector"),
        "access-analyzer": Failed(failure=Failure.UNSUPPORTED, detail="there is no analyzer"),
        "securityhub": Failed(failure=Failure.DENIED, detail="securityhub"),
    }
    sandbox.load({"region": REGION, "accounts": {ACCOUNT: {}}})
    assert ask(source) == off.get(source, [])


FAULTS = {
    "throttle": {Failure.THROTTLED},
    "deny": {Failure.DENIED},
    "error": {Failure.BROKEN},
    "truncated": {Failure.PARTIAL, Failure.BROKEN},
}
CALLS = {
    "guardduty": ("ListDetectors", "ListFindings", "GetFindings"),
    "securityhub": ("GetFindings",),
    "inspector": ("ListFindings",),
    "macie": ("ListFindings", "GetFindings"),
    "access-analyzer": ("ListAnalyzers", "ListFindingsV2", "GetFindingV2"),
    "config": (
        "DescribeComplianceByConfigRule",
        "DescribeConfigRules",
        "GetComplianceDetailsByConfigRule",
    ),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize(
    ("source", "operation"), [(name, call) for name in CALLS for call in CALLS[name]]
)
def test_a_failed_call_never_means_that_nothing_changed(
    sandbox, ask, source, operation, fault
) -> None:
    load(sandbox, source, "-1h", "-1h")
    sandbox.faults.add(fault, operation=operation)
    found = ask(source)
    assert isinstance(found, Failed)
    assert found.failure in FAULTS[fault]


@pytest.mark.parametrize("source", sorted(SECTIONS))
def test_a_later_page_that_fails_is_no_end(sandbox, ask, source) -> None:
    load(sandbox, source, *["-1h"] * MORE_THAN_A_PAGE[source])
    sandbox.faults.add("partial")
    found = ask(source)
    assert isinstance(found, Failed)
    assert found.failure is Failure.BROKEN


@pytest.mark.parametrize("source", ["guardduty", "macie"])
def test_a_finding_that_was_listed_and_then_not_given_makes_the_page_partial(
    sandbox, ask, source
) -> None:
    load(sandbox, source, "-1h")
    sandbox.faults.add("empty", operation="GetFindings")
    assert ask(source) == Failed(failure=Failure.PARTIAL, detail=source)


@pytest.mark.parametrize("source", ["guardduty", "access-analyzer", "config"])
@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"rules": 3}'])
def test_a_cursor_that_nobody_wrote_is_no_end_either(sandbox, ask, source, cursor) -> None:
    load(sandbox, source, "-1h")
    found = ask(source, start=cursor)
    assert isinstance(found, Failed) or len(found) == 1


def test_a_source_nobody_knows_is_refused_and_not_empty(ask) -> None:
    assert isinstance(ask("nobody"), Failed)


def test_a_page_that_comes_too_late_is_none(sandbox, ask, clock) -> None:
    load(sandbox, "inspector", "-1h")
    limits = AwsLimits(attempts=1)
    clients = Clients(Role(), limits, REGION)
    source = AwsFindings(clients, Budget(limits.rates, clock), clock)
    window = Window(start=clock.now() - timedelta(hours=2), end=clock.now())
    at = Lookout(source="inspector", account=ACCOUNT, region=REGION)
    found = source.page(at, window, "", deadline=clock.now() - timedelta(seconds=5))
    clients.close()
    assert found == Failed(failure=Failure.SLOW, detail="inspector")


def test_an_analyzer_finding_names_its_analyzer(sandbox, ask) -> None:
    load(sandbox, "access-analyzer", "-1h")
    (ticket,) = tickets(ask("access-analyzer"))
    arn = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/default"
    assert ticket.native_id == f"{arn}/a-1"


def test_an_evaluation_has_the_shape_of_a_compliance_change(sandbox, ask) -> None:
    load(sandbox, "config", "2026-11-20T10:00:00Z")
    (change,) = ask("config")
    rule = change.pop("configRuleARN")
    assert rule.startswith(f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/")
    qualifier = {
        "configRuleName": "rule-1",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": "bucket-1",
        "evaluationMode": "DETECTIVE",
    }
    assert change == {
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "configRuleName": "rule-1",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": "bucket-1",
        "newEvaluationResult": {
            "evaluationResultIdentifier": {
                "evaluationResultQualifier": qualifier,
                "orderingTimestamp": "2026-11-20T10:00:00+00:00",
            },
            "complianceType": "NON_COMPLIANT",
            "resultRecordedTime": "2026-11-20T10:00:00+00:00",
            "configRuleInvokedTime": "2026-11-20T10:00:00+00:00",
        },
        "oldEvaluationResult": None,
        "notificationCreationTime": "2026-11-20T10:00:00+00:00",
    }


def test_whatever_does_not_comply_is_found_however_long_ago_it_was_recorded(sandbox, ask) -> None:
    load(sandbox, "config", "-40d", "-1h")
    assert len(tickets(ask("config"))) == 2


def test_a_check_that_passed_is_not_looked_for(sandbox, ask) -> None:
    passed = securityhub(1, "-1h") | {"Compliance": {"Status": "PASSED"}}
    sandbox.load({"region": REGION, "accounts": {ACCOUNT: {"security_hub_findings": [passed]}}})
    assert ask("securityhub") == []


def test_a_page_is_a_value() -> None:
    assert Page(records=()) == Page(records=(), cursor="")


def test_a_worker_that_stops_asks_nobody_before_its_turn(sandbox, ask, clock) -> None:
    load(sandbox, "inspector", "-1h")

    class Stopping(AdvancingClock):
        def wait(self, seconds: float) -> None:
            """Return at once, as when somebody asked to stop."""

    stopping = Stopping()
    limits = AwsLimits(attempts=1, rates={"inspector2.list_findings": Rate(0.1)})
    clients = Clients(Role(), limits, REGION)
    source = AwsFindings(clients, Budget(limits.rates, stopping), stopping)
    window = Window(start=clock.now() - timedelta(hours=2), end=clock.now())
    at = Lookout(source="inspector", account=ACCOUNT, region=REGION)
    deadline = clock.now() + timedelta(seconds=60)
    pages = [source.page(at, window, "", deadline=deadline) for _ in range(2)]
    clients.close()
    assert isinstance(pages[0], Page)
    assert pages[1] == Failed(failure=Failure.SLOW, detail="inspector")
    assert len(sandbox.requests.named("inspector2.ListFindings")) == 1
