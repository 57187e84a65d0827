"""Wiring of what keeps watch: reconciler, inventory, listener. bootstrap.py's other half."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.findings_source import PAGES, AwsFindings
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.silencers_source import AwsSilencers
from triage.adapters.storage import Store
from triage.domain.lookout import Lookout
from triage.engine.inventory import Inventorist
from triage.engine.listening import Listener, Watch
from triage.engine.reconcile import Reconciler
from triage.engine.rules import Rules
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.ports.queue import Queue
from triage.settings import Settings
from triage.stages.reconcile import Pace
from triage.stages.silence import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """One way to AWS for everybody in this process."""

    clients: Clients
    budget: Budget
    limits: AwsLimits


def opened_aws(found: Settings, clock: Clock) -> Aws:
    """AWS for everybody in this process: one budget, or we would throttle ourselves."""
    limits = AwsLimits(threads=found.worker.threads, connections=found.worker.threads)
    role = Role(
        name=found.aws.role,
        external_id=found.aws.external_id.get_secret_value(),
        partition=found.aws.partition,
    )
    return Aws(
        clients=Clients(role, limits, found.aws.region),
        budget=Budget(limits.rates, clock),
        limits=limits,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What bootstrap has opened."""

    queue: Queue
    store: Store
    metrics: Metrics
    clock: Clock
    rules: Callable[[], Rules]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Everything that keeps watch, and its steps for the worker's loops."""

    reconciler: Reconciler
    inventorist: Inventorist
    listener: Listener
    steps: Mapping[str, Callable[[], int]]


def watch(found: Settings, needs: Needs, aws: Aws, owner: str) -> Watching:
    """Put it together. Without Regions to look in only the listener has something to do."""
    reconciler = _reconciler(found, needs, aws, owner)
    inventorist = _inventorist(found, needs, aws, owner)
    listener = Listener(
        queue=needs.queue,
        hearings=needs.store.hearings,
        canaries=needs.store.canaries,
        clock=needs.clock,
        new_id=lambda: uuid.uuid4().hex,
        watch=_watch(found),
    )
    steps = {
        "reconcile": reconciler.step,
        "inventory": inventorist.step,
        "listening": listener.step,
    }
    looking = bool(found.reconcile.regions)
    kept = {name: step for name, step in steps.items() if looking or name == "listening"}
    return Watching(reconciler=reconciler, inventorist=inventorist, listener=listener, steps=kept)


def _watch(found: Settings) -> Watch:
    silence = found.silence
    return Watch(
        canary_every=timedelta(hours=silence.canary_hours) if silence.canary_hours else None,
        canary_within=timedelta(minutes=silence.canary_minutes),
        patience=Patience(
            floor=timedelta(hours=silence.floor_hours),
            history=timedelta(days=silence.history_days),
        ),
    )


def _hours(found: Settings, source: str) -> float:
    """From one cycle to the next; 0 where there is none."""
    hours: float = getattr(found.reconcile, source.replace("-", "_") + "_hours")
    return hours


def _pace(found: Settings, source: str) -> Pace:
    reconcile = found.reconcile
    return Pace(
        interval=timedelta(hours=_hours(found, source)),
        overlap=timedelta(minutes=reconcile.overlap_minutes),
        lag=timedelta(minutes=reconcile.lag_minutes),
        lookback=timedelta(days=reconcile.lookback_days),
    )


def _reconciler(found: Settings, needs: Needs, aws: Aws, owner: str) -> Reconciler:
    on = [source for source in PAGES if _hours(found, source)]
    return Reconciler(
        source=AwsFindings(aws.clients, aws.budget, needs.clock),
        watermarks=needs.store.watermarks,
        queue=needs.queue,
        cases=needs.store.cases,
        metrics=needs.metrics,
        clock=needs.clock,
        owner=owner,
        lookouts=_places(found, needs.rules, on),
        paces={source: _pace(found, source) for source in PAGES},
        page_seconds=found.reconcile.page_seconds,
    )


def _inventorist(found: Settings, needs: Needs, aws: Aws, owner: str) -> Inventorist:
    silencers = AwsSilencers(aws.clients, aws.budget, needs.clock)
    kinds = silencers.kinds() if found.reconcile.inventory_hours else ()
    return Inventorist(
        silencers=silencers,
        inventories=needs.store.inventories,
        watermarks=needs.store.watermarks,
        queue=needs.queue,
        metrics=needs.metrics,
        clock=needs.clock,
        owner=owner,
        lookouts=_places(found, needs.rules, kinds),
        signatures=lambda: needs.rules().signatures,
        pace=_pace(found, "inventory"),
    )


def _places(
    found: Settings, rules: Callable[[], Rules], sources: Sequence[str]
) -> Callable[[], Sequence[Lookout]]:
    """Every source in every Region of every account that is known at the time."""
    kept: dict[tuple[str, ...], Sequence[Lookout]] = {}

    def places() -> Sequence[Lookout]:
        accounts = tuple(sorted({*rules().organisation.accounts, *found.reconcile.accounts}))
        if accounts not in kept:
            kept.clear()
            kept[accounts] = [
                Lookout(source=source, account=account, region=region)
                for source in sources
                for region in found.reconcile.regions
                for account in accounts
            ]
        return kept[accounts]

    return places
