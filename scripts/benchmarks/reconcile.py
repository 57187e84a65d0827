#!/usr/bin/env python3
"""Lose one finding in ten, and see whether one cycle of the reconcilers finds every one of them.

usage: scripts/benchmarks/reconcile.py [--findings 1000] [--lost 0.10] [--accounts 2] [--seed 0]
                                       [--help]

A sandbox on loopback holds findings of every source, in several accounts. Nine in ten reach the
queue as EventBridge would deliver them, one in ten never does. While a look-up reads CloudTrail in
every account as fast as it may, a worker's steps take in what arrives and reconcile one cycle, with
the budgets that ship. Then it checks that

- every finding that was lost is a case, and no finding is two;
- the reconcilers call new exactly what was lost;
- no API was asked more often in any second, per account and Region, than its budget allows, and
  LookupEvents never more than twice.

The sandbox runs in this process: on a machine that is busy with something else its requests bunch
up on their way, and a second looks more crowded ("crowded") than it was when they were sent.

Prints what it measured on stderr and, as its last line, JSON. Exits 1 when a check fails.
"""

import argparse
import json
import math
import os
import random  # noqa: TID251 - seeded from the command line
import sys
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from triage.adapters.aws.evidence_source import AwsEvidence  # noqa: E402 - the path comes first
from triage.adapters.aws.findings_source import PAGES  # noqa: E402
from triage.cli.watching import progress_row  # noqa: E402
from triage.domain.evidence import Read  # noqa: E402
from triage.engine.pipeline import take_in  # noqa: E402
from triage.ports.case_store import Filter  # noqa: E402
from triage.sandbox.limits import PUBLISHED  # noqa: E402
from triage.sandbox.log import Logged  # noqa: E402
from triage.sandbox.server import Sandbox  # noqa: E402
from triage.settings import read_settings  # noqa: E402
from triage.wiring.bootstrap import opened_world  # noqa: E402

REGION = "eu-west-1"
CONFIG_RULES = 12
REFUSALS = frozenset({400, 403, 429})
ORDER = ("guardduty", "securityhub", "inspector", "macie", "access-analyzer", "config")


# --- findings, and the events they would have caused ----------------------------------------------


@dataclass(frozen=True)
class Made:
    """One finding: where it is loaded, what it looks like there, and its event."""

    section: str
    record: dict[str, Any]
    event: Callable[[dict[str, Any]], dict[str, Any]]


def guardduty(number: int, account: str, when: str) -> Made:
    """A probe, in the API's casing; events say the same in lower camel case."""
    record = {
        "Id": f"{number:032x}",
        "Type": "Recon:EC2/PortProbeUnprotectedPort",
        "Severity": 2.0,
        "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": f"i-{number}"}},
        "UpdatedAt": when,
        "CreatedAt": when,
    }
    detail = {
        "schemaVersion": "2.0",
        "accountId": account,
        "region": REGION,
        "id": record["Id"],
        "type": record["Type"],
        "severity": 2,
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": f"i-{number}"}},
        "service": {"serviceName": "guardduty", "archived": False, "count": 1},
        "createdAt": when,
        "updatedAt": when,
        "title": record["Type"],
        "description": record["Type"],
    }
    return Made("guardduty_findings", record, lambda _: detail)


def securityhub(number: int, account: str, when: str) -> Made:
    """A failed control."""
    record = {
        "Id": f"arn:aws:securityhub:{REGION}:{account}:security-control/S3.8/finding/{number}",
        "UpdatedAt": when,
        "Severity": {"Label": "HIGH"},
        "Types": ["Software and Configuration Checks"],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::bucket-{number}"}],
    }
    return Made("security_hub_findings", record, lambda whole: {"findings": [whole]})


def inspector(number: int, account: str, when: str) -> Made:
    """A vulnerable instance."""
    record = {
        "findingArn": f"arn:aws:inspector2:{REGION}:{account}:finding/{number:032x}",
        "updatedAt": when,
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": f"i-{number}", "region": REGION}],
    }
    return Made("inspector_findings", record, lambda whole: whole)


def macie(number: int, _account: str, when: str) -> Made:
    """A public bucket."""
    bucket = {"arn": f"arn:aws:s3:::open-{number}", "name": f"open-{number}"}
    record = {
        "id": f"macie-{number}",
        "type": "Policy:IAMUser/S3BucketPublic",
        "resourcesAffected": {"s3Bucket": bucket},
        "updatedAt": when,
    }
    return Made("macie_findings", record, lambda whole: whole)


def analyzer(number: int, account: str, when: str) -> Made:
    """A bucket that somebody outside can reach."""
    record = {
        "id": f"analyzer-{number}",
        "resource": f"arn:aws:s3:::shared-{number}",
        "resourceType": "AWS::S3::Bucket",
        "updatedAt": when,
    }
    return Made("analyzer_findings", record, lambda whole: {**whole, "accountId": account})


def compliance(number: int, account: str, when: str) -> Made:
    """A bucket that does not comply with one of a few rules."""
    record = {
        "rule": f"rule-{number % CONFIG_RULES}",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": f"checked-{number}",
        "compliance": "NON_COMPLIANT",
        "recorded": when,
    }
    detail = {
        "messageType": "ComplianceChangeNotification",
        "awsAccountId": account,
        "awsRegion": REGION,
        "configRuleName": record["rule"],
        "resourceType": record["resource_type"],
        "resourceId": record["resource_id"],
        "newEvaluationResult": {"complianceType": "NON_COMPLIANT", "resultRecordedTime": when},
    }
    return Made("config_compliance", record, lambda _: detail)


MAKERS = dict(
    zip(ORDER, (guardduty, securityhub, inspector, macie, analyzer, compliance), strict=True)
)
ENVELOPES = {
    "guardduty": ("GuardDuty Finding", "aws.guardduty"),
    "securityhub": ("Security Hub Findings - Imported", "aws.securityhub"),
    "inspector": ("Inspector2 Finding", "aws.inspector2"),
    "macie": ("Macie Finding", "aws.macie"),
    "access-analyzer": ("Access Analyzer Finding", "aws.access-analyzer"),
    "config": ("Config Rules Compliance Change", "aws.config"),
}


def event(source: str, account: str, made: Made, sandbox: Sandbox) -> bytes:
    """What EventBridge would have delivered of a finding."""
    from triage.sandbox.records import SHELVES as COMPLETE  # noqa: PLC0415 - one use
    from triage.sandbox.world import Place  # noqa: PLC0415

    _, complete = COMPLETE[made.section]
    place = Place(account=account, region=REGION)
    whole = dict(complete(made.record, place, sandbox.now().isoformat()))
    arn = whole.pop("analyzerArn", None)
    detail_type, sender = ENVELOPES[source]
    told = {
        "version": "0",
        "detail-type": detail_type,
        "source": sender,
        "account": account,
        "region": REGION,
        "time": sandbox.now().isoformat(),
        "resources": [arn] if arn else [],
        "detail": made.event(whole),
    }
    return json.dumps(told, default=str).encode()


@dataclass(frozen=True)
class Loaded:
    """Events that arrive, and how many findings never will."""

    events: Sequence[bytes]
    lost: int


def load(sandbox: Sandbox, count: int, accounts: Sequence[str], share: float, seed: int) -> Loaded:
    """Put the findings into the sandbox and lose a share of their events."""
    chance = random.Random(seed)  # noqa: S311 - a measurement is drawn from its seed
    sections: dict[str, dict[str, list[Any]]] = {one: defaultdict(list) for one in accounts}
    events: list[bytes] = []
    for number in range(count):
        source, account = ORDER[number % len(ORDER)], accounts[number // 6 % len(accounts)]
        age = timedelta(minutes=30 + chance.randrange(60 * 48))
        made = MAKERS[source](number, account, (sandbox.now() - age).isoformat())
        sections[account][made.section].append(made.record)
        events.append(event(source, account, made, sandbox))
    for one in sections.values():
        one["analyzers"] = [{"name": "default"}]
    sandbox.load({"region": REGION, "accounts": sections})
    lost = round(count * share)
    gone = set(chance.sample(range(count), lost))
    return Loaded([body for place, body in enumerate(events) if place not in gone], lost)


# --- running --------------------------------------------------------------------------------------


def look_up(evidence: AwsEvidence, accounts: Sequence[str], stopping: Event) -> None:
    """Ask CloudTrail in every account, again and again, as decisions do."""
    number = 0
    while not stopping.is_set():
        number += 1
        now = datetime.now(UTC)  # noqa: TID251 - a script's own edge
        reads = [
            Read.of(
                "cloudtrail.lookup_events",
                account,
                REGION,
                attribute="ResourceName",
                value=f"bucket-{number}-{place}",
            )
            for account in accounts
            for place in range(4)
        ]
        evidence.fetch(reads, deadline=now + timedelta(seconds=10), fresh=now)


def busiest(requests: Sequence[Logged]) -> dict[str, int]:
    """The most requests of an API in any one second, in the busiest account and Region."""
    times: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for one in requests:
        times[one.name, one.account, one.region].append(one.at.timestamp())
    most: dict[str, int] = defaultdict(int)
    for (name, _, _), found in times.items():
        found.sort()
        for place, at in enumerate(found):
            most[name] = max(most[name], bisect_left(found, at + 1.0) - place)
    return dict(sorted(most.items()))


def allowed(rates: Any) -> dict[str, int]:
    """The most that a budget lets through in one second, by the API's own name for it."""
    words = {"ip": "IP", "v2": "V2"}
    found = {}
    for kind, rate in rates.items():
        service, _, operation = kind.partition(".")
        name = "".join(words.get(word, word.capitalize()) for word in operation.split("_"))
        found[f"{service}.{name}"] = math.ceil(rate.per_second) + rate.burst
    return found


def run(count: int, share: float, accounts: Sequence[str], seed: int) -> dict[str, Any]:
    """Load, lose, take in, reconcile one cycle, and measure."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox.start(limits=PUBLISHED))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        loaded = load(sandbox, count, accounts, share, seed)
        os.environ.update(sandbox.environment(accounts[0], REGION))  # noqa: TID251 - the script's own
        settings = read_settings(
            {
                "TRIAGE_PATHS__DATA": folder,
                "TRIAGE_AWS__ROLE": "TriageRead",
                "TRIAGE_RECONCILE__REGIONS": REGION,
                "TRIAGE_RECONCILE__ACCOUNTS": ",".join(accounts),
            }
        ).settings
        opened = stack.enter_context(opened_world(settings))
        opened.world.queue.submit(loaded.events)
        drain(opened)
        arrived = cases(opened)
        sandbox.requests.clear()
        stopping, evidence = Event(), opened.world.evidence
        looking = Thread(target=look_up, args=(evidence, accounts, stopping))
        looking.start()
        began = time.monotonic()
        try:
            one_cycle(opened)
        finally:
            stopping.set()
            looking.join()
        seconds = time.monotonic() - began
        rows = [progress_row(one) for one in opened.store.watermarks.all()]
        return {
            "findings": count,
            "lost": loaded.lost,
            "arrived": arrived,
            "found": cases(opened) - arrived,
            "cases": cases(opened),
            "called_new": sum(row["new"] for row in rows),
            "called_updated": sum(row["updated"] for row in rows),
            "looked_at": sum(row["found"] for row in rows),
            "cycles": sorted({row["cycles"] for row in rows}),
            "problems": sorted({row["problem"] for row in rows if row["problem"]}),
            "seconds": round(seconds, 1),
            "requests": len(sandbox.requests),
            "refused": sum(one.status in REFUSALS for one in sandbox.requests),
            "busiest_second": busiest(sandbox.requests.all()),
            "budget": allowed(opened.watching.reconciler.source._listing.budget._rates),  # type: ignore[attr-defined]  # noqa: SLF001
        }


def drain(opened: Any) -> None:
    """Take in whatever is on the queue."""
    while take_in(opened.world, at_most=100, wait_seconds=0):
        pass


def one_cycle(opened: Any) -> None:
    """The worker's own steps until every source has been gone through once."""
    reconciler = opened.watching.reconciler
    wanted = len(reconciler.lookouts())
    while sum(one.cycles > 0 for one in opened.store.watermarks.all()) < wanted:
        if reconciler.step() == 0:
            opened.world.clock.wait(0.5)
        drain(opened)


def cases(opened: Any) -> int:
    """How many concerns there are."""
    return len(opened.store.cases.cases(Filter(limit=100_000)))


def violations(measured: dict[str, Any]) -> list[str]:
    """Everything that should have held and did not."""
    found = []
    if measured["found"] != measured["lost"]:
        found.append(f"{measured['lost']} were lost and {measured['found']} of them found")
    if measured["cases"] != measured["findings"]:
        found.append(f"{measured['findings']} findings became {measured['cases']} cases")
    if measured["called_new"] != measured["lost"]:
        found.append(f"{measured['called_new']} were called new")
    if measured["called_updated"]:
        found.append(f"{measured['called_updated']} that had arrived were called updated")
    return found


def crowded(measured: dict[str, Any]) -> list[str]:
    """Seconds in which more arrived at AWS's side than its budget lets out on ours."""
    budget = measured["budget"] | {"cloudtrail.LookupEvents": 2}
    return [
        f"{name} was asked {most} times in a second; its budget allows {budget[name]}"
        for name, most in measured["busiest_second"].items()
        if most > budget.get(name, most)
    ]


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--lost", type=float, default=0.10)
    parser.add_argument("--accounts", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    accounts = [f"{number:012d}" for number in range(111111111111, 111111111111 + asked.accounts)]
    measured = run(asked.findings, asked.lost, accounts, asked.seed)
    wrong, full = violations(measured), crowded(measured)
    for name, most in measured["busiest_second"].items():
        limit = measured["budget"].get(name, "-")
        print(f"{name:<45} {most:>3} in the busiest second, budget {limit}", file=sys.stderr)
    for one in (*wrong, *full):
        print(f"VIOLATION: {one}", file=sys.stderr)
    del measured["budget"]
    print(json.dumps({**measured, "sources": len(PAGES), "violations": wrong, "crowded": full}))
    return 1 if wrong or full else 0


if __name__ == "__main__":
    raise SystemExit(main())
