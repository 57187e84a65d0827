#!/usr/bin/env python3
"""How many tickets a second go from the inbox to a committed decision, and to a delivered effect.

usage: scripts/benchmarks/spine.py [--tickets 1000] [--batch 50] [--help]

One process on SQLite in a temporary folder, every look-up answered at once with a failure, so that
what is measured is ours: reading, deduplicating, judging, and waiting for the disk. Prints figures
on stderr and, as its last line, JSON in tickets a second.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.kill import finding  # noqa: E402 - the path comes first
from triage.adapters.files.playbooks import read_model, read_playbooks  # noqa: E402
from triage.adapters.prometheus.metrics import PrometheusMetrics  # noqa: E402
from triage.adapters.storage import open_inbox, open_store  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.evidence import Failed, Failure, RawRead, Read  # noqa: E402
from triage.engine.effects import run_effects  # noqa: E402
from triage.engine.limits import Limits  # noqa: E402
from triage.engine.pipeline import decide_due, take_in  # noqa: E402
from triage.engine.rules import Rules  # noqa: E402
from triage.engine.world import Contact, World  # noqa: E402
from triage.judgement.score import model_from  # noqa: E402
from triage.playbook.vocabulary import VOCABULARY  # noqa: E402
from triage.ports.notifier import Notice  # noqa: E402

OWNER = "benchmark"


class NoEvidence:
    """Answers every look-up at once: it failed."""

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        del deadline, fresh
        return {read: Failed(failure=Failure.UNSUPPORTED, detail="benchmark") for read in reads}


class Silent:
    """Delivers to nobody, at once."""

    def notify(self, contact: str, notice: Notice) -> str:
        del contact, notice
        return "told"


def rules() -> Rules:
    """The playbooks and the model that ship."""
    return Rules(
        files=read_playbooks(ROOT / "playbooks"),
        vocabulary=VOCABULARY,
        model=model_from("prior.json", read_model(ROOT / "models" / "prior.json")),
    )


def per_second(name: str, step: Callable[[], int]) -> float:
    """Repeat a step until it finds nothing to do; things done a second."""
    began, done = time.monotonic(), 0
    while count := step():
        done += count
    rate = done / (time.monotonic() - began)
    print(f"{name:>8}  {done:>6}  {rate:>8.1f}/s", file=sys.stderr)
    return round(rate, 1)


def measure(folder: Path, tickets: int, batch: int) -> dict[str, float]:
    """Submit, take in, decide, act; each to the end before the next."""
    clock = SystemClock()
    store = open_store(folder / "triage.sqlite3")
    inbox = open_inbox(folder / "inbox.sqlite3", clock, 60)
    world = World(
        queue=inbox,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=NoEvidence(),
        notifiers={"silent": Silent()},
        contacts=(Contact(name="one", channel="silent", address="one"),),
        clock=clock,
        metrics=PrometheusMetrics(),
        rules=rules(),
        limits=Limits(),
    )
    world.rules.at(clock.now())
    bodies = [finding(number, 0) for number in range(tickets)]
    inbox.submit(bodies)
    rates = {
        "intake": per_second("intake", lambda: len(take_in(world, at_most=batch, wait_seconds=0))),
        "decide": per_second("decide", lambda: len(decide_due(world, owner=OWNER, at_most=batch))),
        "effects": per_second("effects", lambda: run_effects(world, owner=OWNER, at_most=batch)),
    }
    inbox.close()
    store.close()
    return rates


def main() -> int:
    """Measure in a folder that goes away."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=1000, help="how many tickets")
    parser.add_argument("--batch", type=int, default=50, help="messages and cases a transaction")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-spine-") as folder:
        rates = measure(Path(folder), given.tickets, given.batch)
    whole = round(1 / (1 / rates["intake"] + 1 / rates["decide"]), 1)
    print(json.dumps({"tickets": given.tickets, "batch": given.batch, **rates, "decided": whole}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
