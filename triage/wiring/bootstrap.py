"""The only file that knows which adapter stands behind a port."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from triage.adapters.files.people import read_people
from triage.adapters.files.playbooks import read_model, read_playbooks
from triage.adapters.files.problems import InvalidFile
from triage.adapters.history.evidence_source import PastVerdicts
from triage.adapters.network.evidence_source import KnownNetworks
from triage.adapters.network.ranges import Snapshot, own_ranges, read_snapshot
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.storage import Store
from triage.adapters.system.clock import SystemClock
from triage.domain.decision import Priority
from triage.domain.person import People
from triage.domain.severity import Label
from triage.engine.census import PART, Census
from triage.engine.licence_desk import LicenceDesk
from triage.engine.limits import Limits
from triage.engine.rulebook import Rulebook
from triage.engine.rules import Rules
from triage.engine.world import World
from triage.judgement.score import Model, model_from
from triage.playbook.loader import Loaded, load
from triage.playbook.vocabulary import Vocabulary
from triage.ports.case_store import CaseStore
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource
from triage.ports.object_store import ObjectStore
from triage.ports.queue import Queue
from triage.remediations.vocabulary import VOCABULARY
from triage.settings import Settings, read_settings
from triage.wiring import database, queueing
from triage.wiring.attested import rereading, signatures
from triage.wiring.directory import census, without_snapshot
from triage.wiring.licensing import desk, licensing
from triage.wiring.notifying import contacts, notifiers
from triage.wiring.operating import background, tracing
from triage.wiring.remembering import remembering
from triage.wiring.renewing import BESIDE, Renewing, deciding, renewing
from triage.wiring.renewing import PART as PLAYBOOKS

if TYPE_CHECKING:
    from triage.adapters.archive.archive import Archive
    from triage.wiring.watching import Aws, Watching

ARCHIVE = "archive.sqlite3"
HOST_MAX = 40


class InvalidRules(InvalidFile):
    """Playbooks, people, organisation, signatures or model do not hold."""


def settings() -> Settings:
    """The settings of this process."""
    return read_settings().settings


def vocabulary() -> Vocabulary:
    """The words playbooks may use."""
    return VOCABULARY


def shipped(name: str) -> Path:
    """A folder that ships with the package, or stands beside it in a checkout."""
    package = Path(str(resources.files("triage")))
    packed = package / "_library" / name
    return packed if packed.is_dir() else package.parent / name


@contextmanager
def opened_store(data: Path | None = None) -> Iterator[Store]:
    """The store, closed again afterwards."""
    store = database.store(settings(), data)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_inbox(data: Path | None = None) -> Iterator[Queue]:
    """The queue, closed again afterwards."""
    inbox = queueing.opened(settings(), SystemClock(), data)
    try:
        yield inbox
    finally:
        inbox.close()


def people() -> People | None:
    """Everyone listed, or None where nobody keeps a list. Raises InvalidFile."""
    path = settings().paths.people
    return read_people(path) if path else None


def playbook_files(path: Path | None = None) -> Mapping[str, str]:
    """Playbook texts by path. Raises InvalidFile."""
    return read_playbooks(path or _playbooks(settings()))


def _playbooks(found: Settings) -> Path:
    return found.paths.playbooks or shipped("playbooks")


@contextmanager
def opened_licences() -> Iterator[LicenceDesk]:
    """Licences as an operator sees them, under the playbooks and the model that are set."""
    found = settings()
    read, wrong = rules(found)
    refuse(wrong)
    with opened_store() as store:
        yield desk(found, store, read, SystemClock(), _attacks())


# --- what people wrote ----------------------------------------------------------------------------


def rules(found: Settings) -> tuple[Rules, list[str]]:
    """Read it all, with a sentence for whatever does not hold. Raises InvalidFile."""
    files = dict(deciding(found, _playbooks(found)))
    loaded = remembering(files, found.paths.data)
    attested, refused = signatures(found)
    read = Rules(
        files=files,
        vocabulary=VOCABULARY,
        organisation=without_snapshot(found),
        signatures=attested,
        model=model(found),
        policy=found.repairs.as_policy(),
        prepared=loaded,
    )
    return read, [*map(str, loaded.problems), *refused]


def model(found: Settings) -> Model:
    """The classifier. Raises InvalidFile."""
    path = found.paths.model or shipped("models") / "simulated.json"
    return model_from(path.name, read_model(path))


def ip_ranges(found: Settings) -> Snapshot | None:
    """AWS's published ranges, if a snapshot of them is there. Raises UnreadableRanges."""
    return read_snapshot(found.paths.ip_ranges) if found.paths.ip_ranges else None


def loaded_playbooks(path: Path | None = None) -> Loaded:
    """Check a folder or a file of playbooks."""
    return load(playbook_files(path), VOCABULARY)


# --- ports ----------------------------------------------------------------------------------------


def local_evidence(
    found: Settings, read: Rules, cases: CaseStore, following: EvidenceSource
) -> EvidenceSource:
    """What we know ourselves, in front of whom we have to ask. Raises UnreadableRanges."""
    clock = SystemClock()
    ours = own_ranges(read.organisation.networks.values())
    return PastVerdicts(cases, clock, KnownNetworks(ours, ip_ranges(found), clock, following))


def object_store(found: Settings) -> ObjectStore | None:
    """Where the trail archive is; None when there is none."""
    place = found.paths.archive
    return queueing.objects(place, found.aws.region) if place else None


def opened_archive(
    found: Settings, clock: Clock, data: Path | None = None, *, whole: bool = False
) -> "Archive | None":
    """Open the trail archive and its index; None when there is none. The caller closes it."""
    from triage.adapters.archive.archive import open_archive

    store = object_store(found)
    if store is None:
        return None
    return open_archive((data or found.paths.data) / ARCHIVE, store, clock, whole=whole)


def limits(found: Settings) -> Limits:
    """The engine's bounds."""
    worker = found.worker
    return Limits(
        batch_messages=worker.batch_messages,
        batch_cases=worker.threads,
        threads=worker.threads,
        lease_seconds=worker.lease_seconds,
        poll_seconds=worker.poll_seconds,
        wait_seconds=queueing.wait_seconds(found),
        drain_seconds=worker.drain_seconds,
        effect_attempts=worker.effect_attempts,
        effect_retry_seconds=worker.effect_retry_seconds,
        probation_hours=found.at_source.probation_hours,
        evidence_seconds={label: getattr(found.evidence_seconds, label.value) for label in Label},
        sla_minutes={priority: getattr(found.sla_minutes, priority.value) for priority in Priority},
    )


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A world, its store and inbox, and what has to be closed."""

    world: World
    store: Store
    inbox: Queue
    metrics: PrometheusMetrics
    archive: "Archive | None"
    watching: "Watching"
    census: Census | None
    renewing: Renewing
    problems: list[str]


@contextmanager
def opened_world(
    found: Settings,
    *,
    data: Path | None = None,
    stopping: Event | None = None,
    evidence: Callable[[EvidenceSource], EvidenceSource] | None = None,
) -> Iterator[Opened]:
    """Everything the engine asks, closed again afterwards."""
    from triage.wiring.acting import at_source, clouds
    from triage.wiring.watching import Needs, opened_aws, watch

    read, wrong = rules(found)
    with ExitStack() as stack:
        store = stack.enter_context(closing(database.store(found, data)))
        clock, steps = database.clock(store, SystemClock(stopping))
        inbox = stack.enter_context(closing(queueing.opened(found, clock, data)))
        reached = opened_aws(found, clock)
        archive = opened_archive(found, clock, data)
        source = local_evidence(found, read, store.cases, _far(reached, archive, clock, stack))
        metrics, rulebook = PrometheusMetrics(), Rulebook(read)
        counting = census(found, data or found.paths.data, rulebook, (clock, metrics), stack)
        renewed = renewing(found, _playbooks(found), rulebook, (clock, metrics))
        licensed = licensing(found, store, rulebook, (inbox, clock), data, _attacks())
        steps = {**steps, **queueing.upkeep(inbox), **rereading(found, rulebook, clock)}
        own = {**licensed.steps, **background(found, store, reached.budget, clock, owner())}
        current = rulebook.current
        needs = Needs(queue=inbox, store=store, metrics=metrics, clock=clock, rules=current)
        watching = watch(found, needs, reached, owner())
        world = World(
            queue=inbox,
            **_kept(store),
            evidence=evidence(source) if evidence else source,
            notifiers=notifiers(found, stack),
            contacts=contacts(found),
            clock=clock,
            metrics=metrics,
            rules=read,
            limits=limits(found),
            rulebook=rulebook,
            clouds=clouds(found),
            at_source=at_source(found),
            tracing=tracing(found, stack),
            sampling=licensed.sampling,
            earlier=licensed.earlier,
            upkeep={**steps, **own, **_upkeep(archive, counting, watching, renewed)},
            came_back=watching.listener.came_back,
            heard=watching.listener.heard,
            beside=renewed.shadow.hear,
        )
        yield Opened(
            world=world,
            store=store,
            inbox=inbox,
            metrics=metrics,
            archive=archive,
            watching=watching,
            census=counting,
            renewing=renewed,
            problems=[*wrong, *licensed.said],
        )


def _attacks() -> Path:
    return shipped("models") / "canaries" / "attacks.jsonl"


def _kept(store: Store) -> dict[str, Any]:
    """The ports of a world that are the store's own."""
    names = ("cases", "incidents", "outbox", "quarantine", "switches")
    return {name: getattr(store, name) for name in names}


def _far(
    reached: "Aws", archive: "Archive | None", clock: Clock, stack: ExitStack
) -> EvidenceSource:
    """What others have to be asked: the archive first, where there is one, then AWS."""
    from triage.adapters.aws.evidence_source import AwsEvidence

    aws = AwsEvidence(reached.clients, clock, reached.limits, reached.budget)
    stack.callback(aws.close)
    if archive is None:
        return aws
    stack.callback(archive.close)
    return archive.before(aws)


def _upkeep(
    archive: "Archive | None", counting: Census | None, watching: "Watching", renewed: Renewing
) -> dict[str, Callable[[], int]]:
    return {
        **({"archive": archive.indexer.step} if archive else {}),
        **({PART: counting.step} if counting else {}),
        **watching.steps,
        PLAYBOOKS: renewed.step,
        **({BESIDE: renewed.judge} if renewed.candidate else {}),
    }


@cache
def owner() -> str:
    """This process, in leases and logs."""
    # Drawn besides, for in containers hosts and process ids are often the same.
    return f"{socket.gethostname()[:HOST_MAX]}:{os.getpid()}:{uuid4().hex[:8]}"


def refuse(problems_: list[str]) -> None:
    """Raise InvalidRules unless there are only warnings."""
    errors = [problem for problem in problems_ if "  warning: " not in problem]
    if errors:
        raise InvalidRules(errors)
