"""Wiring of a world in which nothing can be changed: bootstrap's part for dry runs.

The store and the inbox are opened for reading alone, AWS is only read (the evidence source has no
other calls), nobody is told, and no file is kept.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.storage.cases import Cases
from triage.adapters.storage.looking import NothingThere, look_at
from triage.adapters.storage.peeking import PeekedInbox
from triage.adapters.system.clock import SystemClock
from triage.engine.dry_run import NOTHING, Lent
from triage.engine.rules import Rules
from triage.engine.world import World
from triage.playbook.loader import load
from triage.settings import Settings
from triage.stages.organise import organise
from triage.wiring import attested, bootstrap, database, directory, queueing
from triage.wiring.watching import opened_aws

if TYPE_CHECKING:
    from triage.ports.evidence_source import EvidenceSource
    from triage.ports.queue import Queue


@contextmanager
def unchanging_world(found: Settings, playbooks: Path | None, data: Path | None) -> Iterator[World]:
    """A queue to look at, evidence, rules, a clock; all else is untouchable."""
    clock = SystemClock()
    rules = _rules(found, playbooks, clock)
    with ExitStack() as stack:
        yield World(
            queue=_queue(found, data, clock, stack),
            cases=NOTHING,
            incidents=NOTHING,
            outbox=NOTHING,
            quarantine=NOTHING,
            evidence=_evidence(found, rules, data, stack),
            notifiers={},
            contacts=(),
            clock=clock,
            metrics=PrometheusMetrics(),
            rules=rules,
            limits=bootstrap.limits(found),
        )


def _rules(found: Settings, playbooks: Path | None, clock: SystemClock) -> Rules:
    """What people wrote, read without keeping what checking it found. Raises InvalidFile."""
    files = bootstrap.playbook_files(playbooks or found.paths.playbooks)
    loaded = load(files, bootstrap.vocabulary())
    bootstrap.refuse([str(problem) for problem in loaded.problems])
    snapshot, terms = directory.last_snapshot(found), directory.terms(found)
    return Rules(
        files=files,
        vocabulary=bootstrap.vocabulary(),
        organisation=organise(directory.written(found), snapshot, terms, clock.now()),
        signatures=attested.signatures(found)[0],
        model=bootstrap.model(found),
        prepared=loaded,
    )


def _evidence(
    found: Settings, rules: Rules, data: Path | None, stack: ExitStack
) -> "EvidenceSource":
    from triage.adapters.aws.evidence_source import AwsEvidence

    clock = SystemClock()
    reached = opened_aws(found, clock)
    aws = AwsEvidence(reached.clients, clock, reached.limits, reached.budget)
    stack.callback(aws.close)
    try:
        store = look_at(database.place(found, data, database.STORE))
    except NothingThere:
        # Whether anybody said anything before is then unknown, like all that nobody can answer.
        return aws
    stack.callback(store.close)
    return bootstrap.local_evidence(found, rules, Cases(store), aws)


def _queue(found: Settings, data: Path | None, clock: SystemClock, stack: ExitStack) -> "Queue":
    if data is None and found.queue.url:
        lent = Lent(queueing.opened(found, clock))
        stack.callback(lent.close)
        return lent
    try:
        inbox = look_at(database.place(found, data, database.INBOX), versioned=False)
    except NothingThere:
        queue: Queue = NOTHING
        return queue
    peeked = PeekedInbox(inbox, clock)
    stack.callback(peeked.close)
    return peeked
