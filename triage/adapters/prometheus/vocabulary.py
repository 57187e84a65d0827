"""Every metric there is: what is built, and what docs/reference/metrics.md says, is this table."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A metric as it is declared. Prometheus shows a counter with `_total` behind its name."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Names under which it can be asked for."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (f"{self.name}_total",) if self.kind == "counter" else (self.name,)


def _counter(name: str, meaning: str, *labels: str) -> Described:
    return Described(name=name, kind="counter", meaning=meaning, labels=labels)


def _gauge(name: str, meaning: str, *labels: str) -> Described:
    return Described(name=name, kind="gauge", meaning=meaning, labels=labels)


METRICS: tuple[Described, ...] = (
    _counter("triage_records", "records received by this process", "reception"),
    _counter("triage_decisions", "cases decided by this process", "decision", "ground"),
    Described(
        name="triage_receipt_to_decision_seconds",
        kind="histogram",
        meaning="seconds from a ticket's receipt to its decision",
    ),
    _counter("triage_effects", "effects ended or postponed", "kind", "outcome"),
    _counter(
        "triage_closed_at_source",
        "findings closed, or left, where they came from",
        "desk",
        "outcome",
    ),
    _counter("triage_probations", "closes that were watched, by what came of it", "outcome"),
    _counter("triage_reads", "raw reads of evidence", "kind", "outcome"),
    _counter("triage_reconciled", "records looked for at their source", "source", "outcome"),
    _counter("triage_playbook_reloads", "changed playbooks that were looked at", "outcome"),
    _counter(
        "triage_playbooks_waiting",
        "tickets that playbooks waiting for their release judged, by how that differs",
        "outcome",
    ),
    _counter("triage_unreadable", "messages of a detector nobody could read", "claim"),
    _counter("triage_failures", "what a supervisor caught", "part"),
    _gauge("triage_inbox_messages", "messages waiting or in flight; NaN if the queue says nothing"),
    _gauge("triage_oldest_message_seconds", "seconds the oldest of them waits; NaN as above"),
    _gauge("triage_dead_letters", "messages the queue gave up on; NaN as above"),
    _gauge("triage_due_cases", "cases that are due, up to 100,000"),
    _gauge("triage_oldest_due_seconds", "seconds the case that waits longest is due"),
    _gauge("triage_cases", "cases by status", "status"),
    _gauge(
        "triage_unanswered_cases",
        "of the newest 1,000 open escalations those where an answer was unknown, by why",
        "reason",
    ),
    _gauge("triage_outbox_effects", "effects by state, up to 100,000", "state"),
    _gauge("triage_timers", "timers by state, up to 100,000", "state"),
    _gauge("triage_leases", "what is held under a lease, of the 1,000 due longest", "kind"),
    _gauge("triage_anchored_events", "events in the leaf log"),
    _gauge("triage_anchored_age_seconds", "seconds since something was anchored; NaN if never"),
    _gauge("triage_head_events", "events that the last exported head vouches for"),
    _gauge("triage_head_age_seconds", "seconds since a head was exported; NaN if never"),
    _gauge("triage_events_per_hour", "events of the last hour by kind", "kind"),
    _gauge(
        "triage_api_budget_used_ratio",
        "calls of an AWS API in the last minute over those allowed, where it is highest",
        "api",
    ),
    _gauge("triage_api_refused_calls", "calls in the last minute that got no turn", "api"),
    _gauge("triage_organisation_accounts", "accounts in the last snapshot"),
    _gauge("triage_organisation_snapshot_age_seconds", "seconds since it was made; NaN if never"),
)
"""Labels hold our own words only; no text from a ticket, no account and no resource."""
