#!/usr/bin/env python3
"""Halt a burst of repairs in the middle, and see how late after it the last write began.

usage: scripts/benchmarks/halt.py [--cases 120] [--workers 2] [--share 0.1] [--slow 0.5]
                                  [--hold 6] [--within 2] [--help]

A sandbox on loopback holds buckets that are not blocked, one finding each. Real `triage worker`
processes on one SQLite store repair them, all at once; every write takes a while (--slow seconds),
so that many are under way. Once a share of them is written, the kill switch is thrown in the store,
as `triage halt` does it; after --hold seconds it is released. The sandbox's log of requests says
when each write began. Then it checks that

- no write began later than --within seconds after the switch was thrown, until it was released;
- `triage status` said so meanwhile;
- in the end every bucket is blocked, by one write each, every case is closed by its proof, no write
  was without an intent, and no effect was abandoned.

Prints progress on stderr and, as its last line, JSON. Exits 1 when a check fails.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.findings import ACCOUNT, REGION, finding, imported  # noqa: E402 - the path is first
from triage.adapters.storage import Store, open_inbox, open_store  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.case import EventKind, Status  # noqa: E402
from triage.ports.case_store import Filter  # noqa: E402
from triage.ports.switches import ALL  # noqa: E402
from triage.sandbox.log import Logged  # noqa: E402
from triage.sandbox.server import Sandbox  # noqa: E402

WRITE = "s3.PutPublicAccessBlock"
LOOK_SECONDS = 0.05
JUST = timedelta(seconds=3)
"""A burst in which nothing was written for so long before it was halted was none."""
PATIENCE_SECONDS = 300
OK = 200
SETTINGS = """
[paths]
data = "{data}"
playbooks = "{data}/playbooks"
organization = "{data}/organization.toml"
[aws]
role = "TriageRead"
region = "eu-west-1"
[repairs]
on = true
role = "TriageAct"
ask_in = []
per_hour = 100000
per_hour_fix = 100000
per_hour_account = 100000
share_from = 100
[worker]
threads = 4
poll_seconds = 0.1
effect_retry_seconds = 0.5
[[notify.contacts]]
name = "on call"
channel = "terminal"
"""
ACCOUNTS = f'[accounts.{ACCOUNT}]\nname = "shop"\ntier = "development"\nowner = "shop"\n'
PLAYBOOK = """\
playbook: block-it
title: Buckets are blocked
owner: storage-security
why: Without the block, one change makes the bucket public.
match:
  type: ["S3.8"]
evidence:
  bucket: { ask: s3.public_access }
rules:
  - rule: block it
    when: not bucket.public_access_blocked
    resolve: [{ fix: s3.block_public_access }]
    because: "The block is off."
"""


def bucket_of(number: int) -> str:
    """Name a bucket."""
    return f"burst-{number}"


def scenario(count: int) -> dict[str, Any]:
    """One account with open buckets and their findings."""
    inside = {
        "buckets": [{"name": bucket_of(number)} for number in range(count)],
        "security_hub_findings": [finding(bucket=bucket_of(number)) for number in range(count)],
    }
    return {"region": REGION, "accounts": {ACCOUNT: {"name": "shop", **inside}}}


# --- the burst ------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Burst:
    """A sandbox, a store, and processes at work on both."""

    sandbox: Sandbox
    folder: Path
    store: Store
    count: int

    @property
    def environment(self) -> Mapping[str, str]:
        outside = os.environ.items()  # noqa: TID251 - what every process needs besides
        kept = {name: value for name, value in outside if not name.startswith(("AWS_", "TRIAGE_"))}
        ours = {"PYTHONPATH": str(ROOT), "TRIAGE_CONFIG": str(self.folder / "triage.toml")}
        return {**kept, **self.sandbox.environment(ACCOUNT, REGION), **ours}

    def triage(self, *words: str) -> str:
        """Type a command; return what it says."""
        command = [sys.executable, "-m", "triage", *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    @contextmanager
    def workers(self, number: int) -> Iterator[None]:
        """Let so many processes work until the end."""
        command = [sys.executable, "-m", "triage", "worker"]
        with (self.folder / "worker.log").open("ab") as log, ExitStack() as stack:
            for _ in range(number):
                process = subprocess.Popen(
                    command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
                )
                stack.callback(process.wait, 60)
                stack.callback(process.terminate)
            yield

    def writes(self) -> Sequence[Logged]:
        """Every write, as the sandbox saw it begin."""
        return sorted(self.sandbox.requests.named(WRITE), key=lambda one: one.at)

    def closed(self) -> int:
        return len(self.store.cases.cases(Filter(status=Status.CLOSED, limit=self.count * 2)))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for it, and no longer than anybody has patience."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                message = f"{what} did not come to pass; see {self.folder / 'worker.log'}"
                raise SystemExit(message)
            time.sleep(LOOK_SECONDS)


@contextmanager
def prepared(count: int, slow: float) -> Iterator[Burst]:
    """Open buckets, their findings on the queue, and nobody at work yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = stack.enter_context(Sandbox.start(scenario=scenario(count)))
        sandbox.faults.add("slow", service="s3", operation="PutPublicAccessBlock", seconds=slow)
        sandbox.requests.clear()
        (folder / "playbooks").mkdir()
        (folder / "playbooks" / "block-it.yaml").write_text(PLAYBOOK)
        (folder / "organization.toml").write_text(ACCOUNTS)
        (folder / "triage.toml").write_text(SETTINGS.format(data=folder))
        inbox = open_inbox(folder / "inbox.sqlite3", SystemClock(), lease_seconds=60)
        inbox.submit([imported(finding(bucket=bucket_of(number))) for number in range(count)])
        inbox.close()
        store = open_store(folder / "triage.sqlite3")
        stack.callback(store.close)
        yield Burst(sandbox=sandbox, folder=folder, store=store, count=count)


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Burst, halt, hold, resume, and measure."""
    with prepared(given.cases, given.slow) as burst, burst.workers(given.workers):
        share = max(1, int(given.cases * given.share))
        burst.until(lambda: len(burst.writes()) >= share, "the first writes")
        switches, now = burst.store.switches, SystemClock().now
        # As `triage halt` does it, but for the seconds that a command takes to start.
        thrown = switches.throw(ALL, by="benchmark", because="halt.py", at=now())
        status = json.loads(burst.triage("status", "-o", "json"))
        print(f"{len(burst.writes())} writes, then halted", file=sys.stderr)
        time.sleep(given.hold)
        switches.release(ALL, by="benchmark", at=(resumed := now()))
        burst.until(lambda: burst.closed() >= given.cases, "the end of all cases")
        return measured(burst, thrown.at, resumed, status)


# --- what is measured -----------------------------------------------------------------------------


def measured(
    burst: Burst, thrown: datetime, resumed: datetime, status: Mapping[str, Any]
) -> dict[str, Any]:
    """Count what happened; `late_seconds` is when the last write before the resumption began."""
    writes = burst.writes()
    before = [one.at for one in writes if one.at <= thrown]
    held = [one.at for one in writes if thrown < one.at < resumed]
    late = (max(held) - thrown).total_seconds() if held else 0.0
    kinds = [kind for case in _cases(burst) for kind in _kinds(burst, case)]
    return {
        "cases": burst.count,
        "writes": len(writes),
        "refused": sum(one.status != OK for one in writes),
        "before": len(before),
        "just_before": sum(one >= thrown - JUST for one in before),
        "after_halt": len(held),
        "late_seconds": round(late, 3),
        "held_seconds": round((resumed - thrown) / timedelta(seconds=1), 1),
        "said_so": "all" in status["halted"],
        "closed": burst.closed(),
        "blocked": sum(_blocked(burst, number) for number in range(burst.count)),
        "intended": kinds.count(EventKind.INTENDED),
        "proven": kinds.count(EventKind.PROVEN),
        "abandoned": kinds.count(EventKind.EFFECT_ABANDONED),
    }


def _cases(burst: Burst) -> Sequence[str]:
    return [case.id for case in burst.store.cases.cases(Filter(limit=burst.count * 2))]


def _kinds(burst: Burst, case: str) -> Sequence[EventKind]:
    return [one.kind for one in burst.store.cases.events(case)]


def _blocked(burst: Burst, number: int) -> bool:
    client = burst.sandbox.client("s3", ACCOUNT, REGION)
    try:
        said = client.get_public_access_block(Bucket=bucket_of(number))
    except client.exceptions.ClientError:
        return False
    return all(said["PublicAccessBlockConfiguration"].values())


def violations(found: Mapping[str, Any], within: float) -> list[str]:
    """Say what is not as it has to be."""
    count = found["cases"]
    checks = {
        f"a write began {found['late_seconds']} s after the halt": found["late_seconds"] <= within,
        "nothing was left to halt": found["before"] + found["after_halt"] < count,
        "nothing was under way when it was halted": found["just_before"] > 0,
        "the status said nothing of it": found["said_so"],
        "not every bucket is blocked": found["blocked"] == count,
        "not every bucket was written once": found["writes"] == count and not found["refused"],
        "not every case is closed": found["closed"] == count,
        "not every repair is proven once": found["proven"] == count,
        "a write was not intended": found["intended"] >= count,
        "an effect was abandoned": found["abandoned"] == 0,
    }
    return [sentence for sentence, holds in checks.items() if not holds]


def main() -> int:
    """Run it and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=120, help="buckets to repair")
    parser.add_argument("--workers", type=int, default=2, help="processes at work")
    parser.add_argument("--share", type=float, default=0.1, help="written before the halt")
    parser.add_argument("--slow", type=float, default=0.5, help="seconds that a write takes")
    parser.add_argument("--hold", type=float, default=6, help="seconds until it is released")
    parser.add_argument("--within", type=float, default=2, help="seconds that a write may be late")
    given = parser.parse_args()
    found = run(given)
    found["violations"] = violations(found, given.within)
    print(json.dumps(found))
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
