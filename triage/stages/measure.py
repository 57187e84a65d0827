"""What the index over a set of playbooks costs."""

from collections.abc import Callable
from statistics import mean
from typing import Any

from triage.domain.account import Organisation
from triage.playbook.index import Index
from triage.playbook.loader import Loaded
from triage.playbook.samples import SAMPLES
from triage.playbook.view import ticket_view


def measure(loaded: Loaded, seconds: Callable[[], float]) -> dict[str, Any]:
    """Build the index once more against a clock, and match every sample.

    `anchors` are the fields every ticket is looked up by, with what is made of them; `alone` are
    patterns that nothing can be looked up by, so every ticket is tried against each; `candidates`
    are patterns that a look-up leads to, an average ticket's and the most of any.
    """
    began = seconds()
    index = Index.of(loaded.playbooks)
    build_ms = (seconds() - began) * 1e3
    organisation = Organisation()
    views = [
        ticket_view(ticket, organisation.account(ticket.account)) for ticket in SAMPLES.values()
    ]
    candidates = [index.matcher.candidates(view) for view in views]
    root = index.matcher.root
    return {
        "playbooks": len(loaded.playbooks),
        "build_ms": round(build_ms, 2),
        "anchors": ", ".join(_told(slot) for _, slot, _ in root.tables),
        "groups": index.matcher.groups,
        "alone": len(root.chains) + len(root.done),
        "tickets": len(views),
        "candidates": round(mean(candidates), 2),
        "candidates_max": max(candidates),
        "hits": round(mean(len(index.matching(view)) for view in views), 2),
    }


def _told(slot: Any) -> str:
    size = f" {slot.kind} {slot.size}" if slot.size else f" {slot.kind}"
    return ".".join(slot.path) + (size if slot.kind != "exact" else "")
