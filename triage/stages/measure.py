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

    `branches` are patterns, and the combinations that `$or` makes of one; `groups` are the fields
    that are looked up, of which a ticket pays for those it has; `candidates` are branches that
    looking up leaves, an average ticket's and the most of any.
    """
    began = seconds()
    index = Index.of(loaded.playbooks)
    build_ms = (seconds() - began) * 1e3
    organisation = Organisation()
    views = [
        ticket_view(ticket, organisation.account(ticket.account)) for ticket in SAMPLES.values()
    ]
    candidates = [index.matcher.candidates(view) for view in views]
    return {
        "playbooks": len(loaded.playbooks),
        "build_ms": round(build_ms, 2),
        "branches": index.matcher.branches,
        "groups": index.matcher.groups,
        "tickets": len(views),
        "candidates": round(mean(candidates), 2),
        "candidates_max": max(candidates),
        "hits": round(mean(len(index.matching(view)) for view in views), 2),
    }
