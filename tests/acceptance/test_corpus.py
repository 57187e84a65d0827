"""Public records nobody here wrote: read whole, and compared with a second, naive reading.

The expectations below go straight to the documented paths, without any of the readers' helpers, so
that a disagreement shows. They speak only where the record has the field.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import a_scene
from triage.domain.message import Message, Rejected
from triage.domain.ticket import Source, Ticket
from triage.stages.normalise import normalise
from triage.stages.reread import reread

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
OURS = (Source.GUARDDUTY, Source.SECURITYHUB, Source.CONFIG, Source.CLOUDTRAIL)
LEFT_OUT = ("ait-ads__", "guide__")
RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the project")


def records() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every record with the kind of its file."""
    for path in sorted(CORPUS.glob("*.jsonl.gz")):
        if path.name.startswith(LEFT_OUT):
            continue
        kind = path.name.split("__")[1].removesuffix(".jsonl.gz")
        with gzip.open(path) as lines:
            for line in lines:
                yield kind, json.loads(line)["record"]


def real(value: Any) -> Any:
    """A value a person would copy into a ticket; None for what stands for nothing."""
    return None if value in ("", "...", None, [], {}) else value


def dig(record: Any, *path: str | int) -> Any:
    """Follow one documented path, in exactly this spelling."""
    for step in path:
        try:
            record = record[step]
        except (KeyError, IndexError, TypeError):
            return None
    return real(record)


def band(number: Any, scale: float) -> str | None:
    """Security Hub's bands, over a number on the vendor's own scale."""
    try:
        score = float(number) * scale
    except (TypeError, ValueError):
        return None
    bands = ((90, "critical"), (70, "high"), (40, "medium"), (1, "low"))
    return next((label for floor, label in bands if score >= floor), "informational")


def expected_of_guardduty(finding: Any, event: Any) -> dict[str, Any]:
    camel = "id" in finding

    def at(*path: str | int) -> Any:
        cased = (p if camel or isinstance(p, int) else p[0].upper() + p[1:] for p in path)
        return dig(finding, *cased)

    bucket = at("resource", "s3BucketDetails", 0, "arn")
    by_kind = {
        "AccessKey": at("resource", "accessKeyDetails", "accessKeyId"),
        "Instance": at("resource", "instanceDetails", "instanceId"),
        "S3Bucket": bucket,
        "RDSDBInstance": at("resource", "rdsDbInstanceDetails", "dbInstanceArn"),
        "EKSCluster": at("resource", "eksClusterDetails", "arn"),
    }
    return {
        "account": at("accountId") or dig(event, "account"),
        "region": at("region") or dig(event, "region"),
        "type": at("type"),
        "severity": band(at("severity"), 10),
        "class": "threat",
        "subject": by_kind.get(at("resource", "resourceType") or ""),
    }


NATIVE_IN_ASFF = ("product/aws/access-analyzer", "product/aws/config", "product/aws/macie")


def expected_of_asff(finding: Any, event: Any) -> dict[str, Any]:
    product = dig(finding, "ProductArn") or ""
    guardduty = product.endswith("product/aws/guardduty")
    posture = dig(finding, "Compliance", "Status") and not guardduty
    control = dig(finding, "Compliance", "SecurityControlId") or dig(
        finding, "ProductFields", "ControlId"
    )
    # Access Analyzer and Config write nothing there that tells one finding from another.
    generator = None if product.endswith(NATIVE_IN_ASFF) else dig(finding, "GeneratorId")
    label = dig(finding, "Severity", "Label")
    native = (dig(finding, "Types", 0) or "").rsplit("/", 1)[-1].replace("-", "/", 1)
    return {
        "account": dig(finding, "AwsAccountId"),
        "region": dig(finding, "Region") or dig(finding, "Resources", 0, "Region"),
        "type": native if guardduty else control or generator,
        "severity": label.lower() if label else band(dig(finding, "Severity", "Normalized"), 1),
        "class": "threat" if guardduty else None,
        "not threat": True if posture else None,
        "subject": dig(finding, "Resources", 0, "Id"),
    }


def expected_of_cloudtrail(record: Any, event: Any) -> dict[str, Any]:
    source = (dig(record, "eventSource") or "").split(".")[0]
    name = dig(record, "eventName")
    return {
        "account": dig(record, "recipientAccountId")
        or dig(record, "userIdentity", "accountId")
        or str(dig(event, "account") or "")
        or None,
        "region": dig(record, "awsRegion"),
        "type": f"{source}:{name}" if source and name else None,
        "severity": None,
        "class": "threat",
        "subject": dig(record, "userIdentity", "arn"),
    }


def expected_of_config(change: Any, event: Any) -> dict[str, Any]:
    return {
        "account": dig(change, "awsAccountId"),
        "region": dig(change, "awsRegion"),
        "type": dig(change, "configRuleName"),
        "severity": None,
        "not threat": True,
        "subject": dig(change, "resourceId"),
    }


Expected = Callable[[Any, Any], dict[str, Any]]
OF_EVENT: Mapping[str, Expected] = {
    "GuardDuty Finding": expected_of_guardduty,
    "Security Hub Findings - Imported": expected_of_asff,
    "Security Hub Findings - Custom Action": expected_of_asff,
    "AWS API Call via CloudTrail": expected_of_cloudtrail,
    "AWS Console Sign In via CloudTrail": expected_of_cloudtrail,
    "Config Rules Compliance Change": expected_of_config,
    # StreamAlert writes "..." wherever its test does not look.
    "...": expected_of_cloudtrail,
}
OF_KIND: Mapping[str, Expected] = {
    "asff": expected_of_asff,
    "guardduty": expected_of_guardduty,
    "cloudtrail": expected_of_cloudtrail,
    "aws_cloudtrail": expected_of_cloudtrail,
    "config_compliance": expected_of_config,
}
NOT_OF_THEIR_FILE = (
    "an S3 event notification",
    "a DynamoDB stream record",
    'an object with "eventType", "p_log_type"',
    'an object with "p_any_ip_addresses", "p_enrichment", "p_log_type"',
    'a "GuardDuty Finding" event without detail',
)
"""Looked at by hand: what stands in a file of our sources' kinds and is nothing of theirs.

Storage notifications that borrow CloudTrail's field names, two enrichment stubs without an event,
and an event whose detail was left out.
"""


def expected(kind: str, record: Any) -> list[dict[str, Any]]:
    """What the tickets of this record must say; empty when it belongs to no source of ours."""
    if "detail" not in record:
        return [OF_KIND[kind](record, {})] if kind in OF_KIND else []
    naive = OF_EVENT.get(record.get("detail-type", ""))
    detail = record["detail"]
    findings = detail.get("findings", [detail]) if isinstance(detail, dict) else []
    return [naive(finding, record) for finding in findings] if naive else []


def told(ticket: Ticket) -> dict[str, Any]:
    return {
        "account": ticket.account,
        "region": ticket.region,
        "type": ticket.type,
        "severity": str(ticket.severity.label),
        "class": str(ticket.finding_class),
        "not threat": ticket.finding_class != "threat",
        "subject": ticket.subject.id,
    }


def disagreements(wanted: Mapping[str, Any], ticket: Ticket) -> dict[str, tuple[Any, Any]]:
    got = told(ticket)
    wants = {name: value for name, value in wanted.items() if value is not None}
    return {name: (want, got[name]) for name, want in wants.items() if got[name] != want}


@dataclass
class Tally:
    """One kind of record: what became of it, and where the two readings differ."""

    records: int = 0
    tickets: int = 0
    quarantined: int = 0
    compared: int = 0
    differing: list[Any] = field(default_factory=list)
    refused_of_ours: list[str] = field(default_factory=list)


def tally() -> dict[str, Tally]:
    """Read the whole corpus once."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for kind, record in records():
        one = tallies[kind]
        one.records += 1
        parts = read(record)
        wanted = expected(kind, record)
        one.quarantined += sum(isinstance(part, Rejected) for part in parts)
        for part, want in zip_longest(parts, wanted, fillvalue=None):
            if isinstance(part, Rejected) and want is not None:
                one.refused_of_ours.append(part.reason)
            elif isinstance(part, Ticket):
                one.tickets += 1
                if want is None:
                    assert part.source not in OURS, f"a ticket nobody expected: {part.key}"
                    continue
                one.compared += sum(value is not None for value in want.values())
                one.differing += disagreements(want, part).items()
    return dict(tallies)


def read(record: Any) -> tuple[Ticket | Rejected, ...]:
    body = json.dumps(record).encode()
    return normalise(Message(id="1", body=body, received=RECEIVED)).parts


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    found = tally()
    columns = ("records", "tickets", "kept", "fields", "differ")
    rows = [f"{'kind':<26}" + "".join(f"{name:>8}" for name in columns)]
    for kind, one in sorted(found.items()):
        figures = (one.records, one.tickets, one.quarantined, one.compared, len(one.differing))
        rows.append(f"{kind:<26}" + "".join(f"{figure:>8}" for figure in figures))
    sys.stdout.write("\n".join(["", *rows, ""]))
    return found


def test_a_naive_reading_of_the_same_records_says_the_same(tallies):
    assert {kind: one.differing for kind, one in tallies.items() if one.differing} == {}


def test_every_record_of_our_sources_becomes_a_ticket_or_is_none_of_them(tallies):
    refused = [reason for one in tallies.values() for reason in one.refused_of_ours]
    assert [reason for reason in refused if not reason.startswith(NOT_OF_THEIR_FILE)] == []
    assert sum(one.tickets for one in tallies.values()) > 2_700


def test_every_ticket_is_read_again_from_its_own_bytes():
    for _, record in islice(records(), 0, None, 7):
        body = json.dumps(record).encode()
        parsed = normalise(Message(id="1", body=body, received=RECEIVED))
        bodies = dict(parsed.bodies)
        tickets = [part for part in parsed.parts if isinstance(part, Ticket)]
        assert [reread(bodies[ticket.body], RECEIVED) for ticket in tickets] == tickets


def test_the_worker_decides_or_keeps_every_record(sandbox, tmp_path, monkeypatch):
    sample = [json.dumps(record).encode() for _, record in islice(records(), 0, None, 31)]
    with a_scene(sandbox, tmp_path, monkeypatch) as scene:
        scene.without_evidence()
        scene.submit(*sample[:100])
        settled = [case for case in scene.decide_due() if case is not None]
        given_up = [one for one in settled if "could not decide" in str(one.decided)]
        assert (len(settled) > 30, given_up, scene.decide_due()) == (True, [], ())
