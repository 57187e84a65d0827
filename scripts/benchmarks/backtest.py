#!/usr/bin/env python3
"""How many recorded tickets a second one core judges again under two sets of playbooks.

usage: scripts/benchmarks/backtest.py [--tickets 20000] [--rules 1000] [--changed 1,10,100]
                                      [--rounds 5] [--postgres URL] [--help]

Records tickets with stored evidence in a temporary SQLite file (or an empty, migrated PostgreSQL),
spread over the finding types of all the playbooks, then judges that history again:

  full         every ticket under both sets, whatever changed;
  changed-N    as `triage playbook backtest` does it: only what N changed playbooks can touch is
               judged, the rest is read, looked at and known to come out the same;
  ...-warm     the same, with what `--remember` kept of a run before that is not measured.

One of each makes a round, so that all have the same minutes of the machine. It fails where two of
them find something else. Prints figures on stderr and, as its last line, JSON: tickets a second of
one core's CPU by name, medians over the rounds, and `ranges` with the lowest and the highest.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from triage.adapters.files.playbooks import read_model  # noqa: E402 - the path comes first
from triage.adapters.prometheus.metrics import PrometheusMetrics  # noqa: E402
from triage.adapters.storage import Store, open_inbox, open_store  # noqa: E402
from triage.adapters.storage.history import SqlHistory  # noqa: E402
from triage.adapters.storage.looking import look_at  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.evidence import Got, RawRead, Read  # noqa: E402
from triage.engine.backtest import Bench, Side, Tally, merged  # noqa: E402
from triage.engine.limits import Limits  # noqa: E402
from triage.engine.pipeline import decide_due, take_in  # noqa: E402
from triage.engine.rules import Rules  # noqa: E402
from triage.engine.world import World  # noqa: E402
from triage.judgement.score import model_from  # noqa: E402
from triage.playbook.loader import Loaded, load  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402
from triage.wiring.backtesting import STARTS, Desk, folders_of  # noqa: E402

OWNER, BATCH = "benchmark", 200
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)
PLAYBOOK = """\
playbook: lab-{number}
title: Something in a laboratory
owner: lab
why: Because.
match:
  type: ["Lab.{number}"]
  severity: {{ label: [{{ anything-but: ["informational"] }}] }}
evidence:
  bucket: {{ ask: s3.public_access }}
rules:
  - rule: blocked now
    when: bucket.public_access_blocked and account.tier != "production"
    close: benign
    because: "It is blocked: {{{{ bucket.explanation }}}}"
  - rule: open by policy
    when: bucket.policy_public or bucket.acl_public
    escalate: high
    because: "It is open: {{{{ bucket.explanation }}}}"
  - rule: still open
    escalate: medium
    because: "It is open."
"""


class Buckets:
    """Answers every look-up about a bucket at once."""

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        """One block, one policy, one ACL; nothing is ever missing."""
        del deadline, fresh
        names = (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        )
        payload = {
            "PublicAccessBlockConfiguration": dict.fromkeys(names, False),
            "PolicyStatus": {"IsPublic": False},
            "Grants": [],
            "Findings": [],
        }
        now = SystemClock().now()
        return {read: Got(payload=payload, as_of=now, source="benchmark") for read in reads}


def finding(number: int, rules: int) -> bytes:
    """A control finding of about 1.5 KiB, one of as many types as there are rules."""
    control, bucket = f"Lab.{number % rules}", f"bucket-{number}"
    arn = f"arn:aws:securityhub:eu-west-1:111122223333:security-control/{control}/finding"
    content: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"{arn}/{bucket}",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": "111122223333",
        "Region": "eu-west-1",
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "CreatedAt": "2026-11-20T10:00:00.000Z",
        "UpdatedAt": "2026-11-20T10:00:00.000Z",
        "Severity": {"Label": "MEDIUM", "Normalized": 40, "Original": "MEDIUM"},
        "Title": "Something in the laboratory should not be as it is",
        "Description": "This control checks whether something is as it should be. " * 4,
        "ProductFields": {"aws/securityhub/ProductName": "Security Hub", "Resources:0/Id": bucket},
        "Resources": [
            {
                "Type": "AwsS3Bucket",
                "Id": f"arn:aws:s3:::{bucket}",
                "Partition": "aws",
                "Region": "eu-west-1",
            }
        ],
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "WorkflowState": "NEW",
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }
    return json.dumps(content).encode()


def loaded(rules: int) -> tuple[dict[str, str], Loaded]:
    """As many playbooks, checked."""
    files = {f"lab-{number}.yaml": PLAYBOOK.format(number=number) for number in range(rules)}
    began = time.perf_counter()
    found = load(files, VOCABULARY)
    print(f"{rules} playbooks checked in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return files, found


def changed(files: Mapping[str, str], before: Loaded, count: int) -> Loaded:
    """The same set with so many playbooks that page louder."""
    texts = dict(files)
    for name in list(texts)[:count]:
        texts[name] = texts[name].replace("escalate: medium", "escalate: critical")
    return load(texts, VOCABULARY, before.entries)


def record(
    store: Store, folder: Path, tickets: int, files: Mapping[str, str], rules: Loaded
) -> None:
    """Take tickets in and decide them."""
    clock = SystemClock()
    inbox = open_inbox(folder / "inbox.sqlite3", clock, 600)
    model = model_from("simulated.json", read_model(ROOT / "models" / "simulated.json"))
    world = World(
        queue=inbox,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=Buckets(),
        notifiers={},
        contacts=(),
        clock=clock,
        metrics=PrometheusMetrics(),
        rules=Rules(files=files, vocabulary=VOCABULARY, model=model, prepared=rules),
        limits=Limits(threads=1),
    )
    inbox.submit([finding(number, len(files)) for number in range(tickets)])
    began = time.perf_counter()
    while take_in(world, at_most=BATCH, wait_seconds=0):
        pass
    while decide_due(world, owner=OWNER, at_most=BATCH):
        pass
    inbox.close()
    seconds = time.perf_counter() - began
    print(f"{tickets} tickets recorded in {seconds:.1f} s", file=sys.stderr)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to judge the history: against which set, all of it or not, remembering or not."""

    base: Loaded
    head: Loaded
    whole: bool
    memory: Path | None = None


def judged(place: Path | str, way: Way) -> tuple[Tally, float]:
    """Judge the history in this process; the tally, and tickets a second of its CPU."""
    with closing(look_at(place, whole=True)) as database:
        bench = Bench(
            history=SqlHistory(database),
            vocabulary=VOCABULARY,
            base=Side(playbooks=way.base),
            head=Side(playbooks=way.head),
            whole=way.whole,
        )
        desk = Desk(bench=bench, folders=folders_of(way.memory, bench) if way.memory else None)
        wall, began = time.perf_counter(), time.process_time()
        tally = merged(desk.share(SINCE, start) for start in STARTS)
        seconds = max(time.process_time() - began, 1e-9)
        wall = max(time.perf_counter() - wall, 1e-9)
    print(
        f"    cpu {tally.tickets / seconds:,.0f}/s, wall {tally.tickets / wall:,.0f}/s "
        f"({tally.judged} judged, {dict(tally.kinds)})",
        file=sys.stderr,
    )
    return tally, tally.tickets / seconds


def ways(base: Loaded, heads: Mapping[int, Loaded], memory: Path) -> Mapping[str, Way]:
    """All that are measured, by name."""
    first = next(iter(heads.values()))
    found = {"full": Way(base=base, head=first, whole=True)}
    for count, head in heads.items():
        found[f"changed-{count}"] = Way(base=base, head=head, whole=False)
    warm = {f"{name}-warm": replace(way, memory=memory / name) for name, way in found.items()}
    return found | warm


def measure(
    place: Path | str, base: Loaded, heads: Mapping[int, Loaded], rounds: int
) -> Mapping[str, Sequence[float]]:
    """Rates of every round by name. Raises SystemExit where two ways find something else."""
    rates: dict[str, list[float]] = defaultdict(list)
    found: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="triage-memory-") as memory:
        all_ways = ways(base, heads, Path(memory))
        for number in range(rounds + 1):
            for name, way in all_ways.items():
                if number == 0 and way.memory is None:
                    continue
                print(f"{name}, round {number}", file=sys.stderr)
                tally, rate = judged(place, way)
                if tally != found.setdefault(name.removesuffix("-warm"), tally):
                    raise SystemExit("what was remembered is not what judging finds")
                if number:
                    rates[name].append(rate)
    whole, part = found["full"], found[f"changed-{next(iter(heads))}"]
    if replace(whole, judged=part.judged) != part:
        raise SystemExit("judging only what can be touched found something else")
    return rates


def main() -> int:
    """Record, then judge again."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=20000, help="recorded tickets")
    parser.add_argument("--rules", type=int, default=1000, help="playbooks")
    parser.add_argument("--changed", default="1,10,100", help="how many of them changed")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each way")
    parser.add_argument("--postgres", default="", help="URL of an empty, migrated database")
    given = parser.parse_args()
    files, rules = loaded(given.rules)
    with tempfile.TemporaryDirectory(prefix="triage-backtest-") as folder:
        place: Path | str = given.postgres or Path(folder) / "triage.sqlite3"
        with closing(open_store(place)) as store:
            record(store, Path(folder), given.tickets, files, rules)
        counts = [int(one) for one in given.changed.split(",")]
        heads = {count: changed(files, rules, count) for count in counts}
        rates = measure(place, rules, heads, given.rounds)
    where = "postgres" if given.postgres else "sqlite"
    figures = {"store": where, "tickets": given.tickets, "rules": given.rules}
    medians = {name: round(median(every)) for name, every in rates.items()}
    ranges = {name: [round(min(every)), round(max(every))] for name, every in rates.items()}
    print(json.dumps({**figures, **medians, "ranges": ranges}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
