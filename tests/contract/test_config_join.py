"""A Config evaluation and its control finding are one case in the store, whichever comes first."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from triage.adapters.storage.store import Store, open_store
from triage.domain.case import Case
from triage.domain.message import Message
from triage.domain.ticket import Format, Ticket
from triage.ports.case_store import Filter
from triage.stages.dedup import admit
from triage.stages.normalise import normalise
from triage.stages.reread import reread

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "intake" / "config-join"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT, REGION = "111122223333", "eu-west-1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "triage.sqlite3")
    yield opened
    opened.close()


def evaluation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return found


def control(control_id: str, resource: str, *, label: str, number: int, **changes: Any) -> Any:
    """A control finding as Security Hub imports it, label and number as it writes them."""
    product = f"arn:aws:securityhub:{REGION}::product/aws/securityhub"
    found = {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/{control_id}/finding/1",
        "ProductArn": product,
        "GeneratorId": f"security-control/{control_id}",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "Title": f"What {control_id} asks for",
        "CreatedAt": "2026-11-20T10:02:00Z",
        "UpdatedAt": "2026-11-20T10:02:00Z",
        "Severity": {"Label": label, "Normalized": number, "Original": label},
        "Compliance": {"Status": "FAILED", "SecurityControlId": control_id},
        "Resources": [{"Type": "Other", "Id": resource, "Region": REGION}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **changes,
    }
    return {
        "detail-type": "Security Hub Findings - Imported",
        "source": "aws.securityhub",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-11-20T10:03:00Z",
        "detail": {"findings": [found]},
    }


BUCKET = control("S3.8", "arn:aws:s3:::harbour-invoices", label="HIGH", number=70)
GROUP = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0aa11bb22cc33dd44"
PAIRS = {
    "bucket": BUCKET,
    "security-group-open": control("EC2.13", GROUP, label="HIGH", number=70),
    "account": control("IAM.9", f"AWS::::Account:{ACCOUNT}", label="CRITICAL", number=90),
    "topic-whose-id-is-its-arn": control(
        "SNS.4", f"arn:aws:sns:{REGION}:{ACCOUNT}:orders", label="CRITICAL", number=90
    ),
}


def receive(store: Store, *messages: Any) -> None:
    for number, message in enumerate(messages):
        body = json.dumps(message).encode()
        store.cases.receive([normalise(Message(id=f"{number}", body=body, received=NOW))], admit)


def only_case(store: Store) -> Case:
    (case,) = store.cases.cases(Filter())
    return case


def view(store: Store, case: Case) -> Ticket:
    body = store.cases.body(case.view.body)
    assert body is not None
    return reread(body, case.view.received)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_in_either_order_they_are_one_case_seen_as_the_control_finding(store, name, turned):
    messages = [evaluation(name), PAIRS[name]]
    receive(store, *(reversed(messages) if turned else messages))
    case = only_case(store)
    finding = view(store, case)
    assert finding.format is Format.ASFF
    assert case.headline["title"] == finding.title
    assert case.headline["severity"] == finding.severity.label


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_tellings_in_any_order_are_one_case(store, order):
    told = [evaluation("bucket"), evaluation("bucket-compliant"), BUCKET]
    receive(store, *(told[place] for place in order))
    assert view(store, only_case(store)).format is Format.ASFF


def test_an_evaluation_alone_is_a_case_about_the_control(store):
    receive(store, evaluation("bucket"))
    ticket = view(store, only_case(store))
    assert (ticket.type, ticket.subject.id) == ("S3.8", "arn:aws:s3:::harbour-invoices")


def test_a_compliant_evaluation_does_not_talk_the_finding_down(store):
    receive(store, BUCKET, evaluation("bucket-compliant"))
    assert only_case(store).headline["status"] == "open"


def test_a_finding_that_claims_less_than_the_control_is_held(store):
    forged = control("S3.8", "arn:aws:s3:::harbour-invoices", label="LOW", number=1)
    receive(store, evaluation("bucket"), forged)
    case = only_case(store)
    assert case.headline["severity"] == "high"
    assert view(store, case).format is Format.EVALUATION


def test_a_conformance_packs_evaluation_is_a_case_of_its_own(store):
    receive(store, BUCKET, evaluation("stays-config-of-a-conformance-pack"))
    assert len(store.cases.cases(Filter())) == 2


def test_a_config_finding_in_asff_is_the_config_change(store):
    change = evaluation("bucket")
    detail = change["detail"] | {
        "configRuleName": "harbour-required-tags",
        "configRuleARN": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-mburzq",
    }
    receive(store, {**change, "detail": detail}, evaluation("asff-of-a-customers-rule"))
    assert view(store, only_case(store)).format is Format.NATIVE
