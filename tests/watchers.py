"""Reconcilers, inventories and listeners on a scene: real store, real queue, AWS over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.worlds import OWNER, Scene
from triage.adapters.aws.findings_source import PAGES, AwsFindings
from triage.adapters.aws.silencers_source import AwsSilencers
from triage.domain.lookout import Lookout
from triage.domain.person import Signature
from triage.engine.inventory import Inventorist
from triage.engine.listening import Listener, Watch
from triage.engine.pipeline import take_in
from triage.engine.reconcile import Reconciler
from triage.stages.reconcile import Pace

ACCOUNT, REGION = "111111111111", "eu-west-1"
AT_ONCE = Pace(lag=timedelta(), overlap=timedelta(minutes=30))


def lookout(source: str, account: str = ACCOUNT, region: str = REGION) -> Lookout:
    return Lookout(source=source, account=account, region=region)


def a_reconciler(scene: Scene, *lookouts: Lookout, **changes: Any) -> Reconciler:
    """A reconciler of these lookouts that looks up to the present moment."""
    aws = scene.evidence.inner
    fields: dict[str, Any] = {
        "source": AwsFindings(aws._clients, aws._budget, scene.clock),
        "watermarks": scene.store.watermarks,
        "queue": scene.world.queue,
        "cases": scene.store.cases,
        "metrics": scene.world.metrics,
        "clock": scene.clock,
        "owner": OWNER,
        "lookouts": lambda: lookouts,
        "paces": dict.fromkeys(PAGES, AT_ONCE),
    }
    return Reconciler(**(fields | changes))


def one_cycle(scene: Scene, reconciler: Reconciler) -> None:
    """Step until nothing is due, and take in what was found."""
    while reconciler.step():
        pass
    taken_in(scene)


def taken_in(scene: Scene) -> list[Any]:
    receipts: list[Any] = []
    while got := take_in(scene.world, at_most=100, wait_seconds=0):
        receipts += got
    return receipts


def an_inventorist(
    scene: Scene, *kinds: str, signatures: Sequence[Signature] = (), **changes: Any
) -> Inventorist:
    aws = scene.evidence.inner
    fields: dict[str, Any] = {
        "silencers": AwsSilencers(aws._clients, aws._budget, scene.clock),
        "inventories": scene.store.inventories,
        "watermarks": scene.store.watermarks,
        "queue": scene.world.queue,
        "metrics": scene.world.metrics,
        "clock": scene.clock,
        "owner": OWNER,
        "lookouts": lambda: [lookout(kind) for kind in kinds],
        "signatures": lambda: signatures,
        "pace": Pace(interval=timedelta(hours=24)),
    }
    return Inventorist(**(fields | changes))


def a_listener(scene: Scene, **watch: Any) -> Listener:
    """A listener, and the scene's world wired to it."""
    listener = Listener(
        queue=scene.world.queue,
        hearings=scene.store.hearings,
        canaries=scene.store.canaries,
        clock=scene.clock,
        new_id=lambda: f"canary-{scene.clock.now().timestamp()}",
        watch=Watch(**watch),
    )
    scene.world = replace(scene.world, came_back=listener.came_back, heard=listener.heard)
    return listener
