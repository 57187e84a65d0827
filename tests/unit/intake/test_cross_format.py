"""One finding told in two formats, by two accounts, in either order, is one case."""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from tests.readings import FIXTURES, read_at_noon
from triage.adapters.storage import Store, open_store
from triage.domain.case import Status
from triage.domain.message import Parsed, Reception
from triage.ports.case_store import Filter
from triage.stages.dedup import admit

ACCOUNT, ADMINISTRATOR, REGION = "111122223333", "444455556666", "eu-west-1"
GUARDDUTY_ARN = (
    f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/8ec1a5c0b7d24f0c9a3b5d6e7f801234/finding/"
    "00000000000000000000000000000001"
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/harbour-audit"
CHECK = "iam_role_cross_service_confused_deputy_prevention"


def fixture(folder: str, name: str) -> Any:
    return json.loads((FIXTURES / folder / name).read_text())


def event(detail_type: str, source: str, detail: Any, account: str) -> dict[str, Any]:
    return {
        "id": f"5f1c3f0a-0000-4000-8000-{account}",
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "region": REGION,
        "time": "2026-11-20T10:05:00Z",
        "resources": [],
        "detail": detail,
    }


def asff(product: str, **fields: Any) -> dict[str, Any]:
    return {
        "SchemaVersion": "2018-10-08",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/{product}",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "UpdatedAt": "2026-11-20T10:00:00Z",
        "CreatedAt": "2026-11-20T09:00:00Z",
        "Severity": {"Label": "HIGH", "Normalized": 70},
        **fields,
    }


GUARDDUTY = {
    "native": {
        "id": "00000000000000000000000000000001",
        "arn": GUARDDUTY_ARN,
        "accountId": ACCOUNT,
        "region": REGION,
        "type": "Discovery:IAMUser/AnomalousBehavior",
        "severity": 8,
        "title": "User harbour-deploy listed users in an unusual way.",
        "updatedAt": "2026-11-20T10:00:00.000Z",
        "createdAt": "2026-11-20T09:00:00.000Z",
        "resource": {
            "resourceType": "AccessKey",
            "accessKeyDetails": {"accessKeyId": "AKIAHARBOURKEY0EXAMP"},
        },
        "service": {"serviceName": "guardduty", "count": 3, "archived": False},
    },
    "asff": asff(
        "aws/guardduty",
        Id=GUARDDUTY_ARN,
        GeneratorId=GUARDDUTY_ARN.partition("/finding/")[0],
        Types=["TTPs/Discovery/Discovery:IAMUser-AnomalousBehavior"],
        Title="User harbour-deploy listed users in an unusual way.",
        Resources=[{"Type": "AwsIamAccessKey", "Id": "AWS::IAM::AccessKey:AKIAHARBOURKEY0EXAMP"}],
    ),
    "ocsf": fixture("securityhub-v2", "guardduty-access-key.json")["detail"]["findings"][0],
}
CONTROL = {
    "asff": asff(
        "aws/securityhub",
        Id=f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/S3.8/finding/0d0d0d0d",
        GeneratorId="security-control/S3.8",
        Compliance={"Status": "FAILED", "SecurityControlId": "S3.8"},
        Title="S3 general purpose buckets should block public access",
        Resources=[{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::harbour-invoices"}],
    ),
    "ocsf": fixture("securityhub-v2", "control-failed.json")["detail"]["findings"][0],
    "lake": fixture("ocsf", "security-lake-control.json"),
}
INSPECTOR = {
    "native": fixture("inspector", "eventbridge-instance.json")["detail"],
    "asff": fixture("inspector", "asff.json"),
    "ocsf": fixture("securityhub-v2", "inspector-package.json")["detail"]["findings"][0],
}
PROWLER = {
    "asff": asff(
        "prowler/prowler",
        Id=f"prowler-{CHECK}-{ACCOUNT}-{REGION}-1a2b3c4d5",
        GeneratorId=f"prowler-{CHECK}",
        Compliance={"Status": "FAILED"},
        Title="Roles prevent confused deputies",
        Resources=[{"Type": "AwsIamRole", "Id": ROLE}],
    ),
    "ocsf": fixture("ocsf", "prowler-5.json")[0],
    "3": fixture("ocsf", "prowler-3.json"),
    "4": fixture("ocsf", "prowler-4-status-differs.json"),
}
FINDINGS = {"guardduty": GUARDDUTY, "control": CONTROL, "inspector": INSPECTOR, "prowler": PROWLER}
PAIRS = [
    pytest.param(finding, one, other, id=f"{finding}-{one}-{other}")
    for finding, formats in FINDINGS.items()
    for one, other in permutations(formats, 2)
]
WRAPPED = {
    ("guardduty", "native"): ("GuardDuty Finding", "aws.guardduty"),
    ("inspector", "native"): ("Inspector2 Finding", "aws.inspector2"),
    "asff": ("Security Hub Findings - Imported", "aws.securityhub"),
    "ocsf": ("Findings Imported V2", "aws.securityhub"),
}


def told(finding: str, format_: str, account: str) -> Parsed:
    """The record as its event from `account`, or bare where it does not come as an event."""
    record = FINDINGS[finding][format_]
    wrapping = WRAPPED.get((finding, format_)) or WRAPPED.get(format_)
    if wrapping is None:
        return read_at_noon(json.dumps(record).encode())
    detail = record if format_ == "native" else {"findings": [record]}
    return read_at_noon(json.dumps(event(*wrapping, detail, account)).encode())


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store's file: making one takes longer than all that a test does with it."""
    path = tmp_path_factory.mktemp("empty") / "triage.sqlite3"
    open_store(path).close()
    return path


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    copied = open_store(Path(copy(empty, tmp_path)))
    yield copied
    copied.close()


@pytest.mark.parametrize(("first", "second"), list(permutations((ACCOUNT, ADMINISTRATOR))))
@pytest.mark.parametrize(("finding", "one", "other"), PAIRS)
def test_one_finding_in_two_formats_is_one_case(
    store: Store, finding: str, one: str, other: str, first: str, second: str
) -> None:
    receipts = [
        receipt
        for parsed in (told(finding, one, first), told(finding, other, second))
        for receipt in store.cases.receive([parsed], admit)
    ]
    cases = store.cases.cases(Filter())
    assert [receipt.case.id for receipt in receipts if receipt.case] == [cases[0].id] * 2
    assert receipts[0].reception is Reception.NEW
    assert (len(cases), cases[0].status) == (1, Status.RECEIVED)


@pytest.mark.parametrize(("finding", "one", "other"), PAIRS)
def test_every_format_says_the_same_of_what_decides(finding: str, one: str, other: str) -> None:
    (first,), (second,) = (told(finding, each, ACCOUNT).parts for each in (one, other))
    decisive = ("key", "finding_class", "account", "region", "status", "in_attack_sequence")
    assert [getattr(first, name) for name in decisive] == [
        getattr(second, name) for name in decisive
    ]
    assert first.severity.label is second.severity.label


@pytest.mark.parametrize(("native", "score"), [(7.0, 70), (7.2, 72), (8.9, 89), (9.4, 94)])
def test_the_finer_number_of_the_native_finding_is_no_lowering(
    store: Store, native: float, score: int
) -> None:
    first = told("guardduty", "ocsf", ACCOUNT)
    record = {**GUARDDUTY["native"], "severity": native}
    detail = event(*WRAPPED["guardduty", "native"], record, ACCOUNT)
    for parsed in (first, read_at_noon(json.dumps(detail).encode())):
        store.cases.receive([parsed], admit)
    (case,) = store.cases.cases(Filter())
    assert case.headline["score"] == score


@pytest.mark.parametrize("finding", ["guardduty", "control", "inspector"])
def test_every_format_names_the_source_and_its_own_type(finding: str) -> None:
    parts = [told(finding, each, ACCOUNT).parts[0] for each in FINDINGS[finding]]
    assert len({part.source for part in parts}) == 1
    # Inspector writes no type of its own into ASFF: there the GeneratorId stands for it.
    own = [part for part in parts if part.type != "AWSInspector"]
    assert len({part.type for part in own}) == 1


@pytest.mark.parametrize(
    ("finding", "format_"),
    [(finding, each) for finding in ("guardduty", "inspector") for each in FINDINGS[finding]],
)
def test_the_administrators_copy_and_the_members_are_one_case_in_every_format(
    store: Store, finding: str, format_: str
) -> None:
    copies = [told(finding, format_, account) for account in (ACCOUNT, ADMINISTRATOR)]
    store.cases.receive(copies, admit)
    assert len(store.cases.cases(Filter())) == 1


def test_another_resource_or_account_is_another_case() -> None:
    record = CONTROL["ocsf"]
    other_bucket = {**record, "resources": [{"uid": "other", "type": "AWS::S3::Bucket"}]}
    elsewhere = {**record, "cloud": {"account": {"uid": "999988887777"}, "region": REGION}}
    keys = {
        read_at_noon(json.dumps(each).encode()).parts[0].key
        for each in (record, other_bucket, elsewhere)
    }
    assert len(keys) == 3
