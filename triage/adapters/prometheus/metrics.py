"""The metrics port on prometheus-client, with a registry of its own."""

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from triage.adapters.prometheus.vocabulary import METRICS
from triage.domain.overview import Overview

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
NOT_YET = float("nan")
"""An age that is not known; zero would be the best there is."""


class PrometheusMetrics:
    """Counters in the project's words; `registry` is what /metrics shows."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for one in METRICS:
            match one.kind:
                case "counter":
                    self._counters[one.name] = Counter(
                        one.name, one.meaning, one.labels, registry=registry
                    )
                case "gauge":
                    self._gauges[one.name] = Gauge(
                        one.name, one.meaning, one.labels, registry=registry
                    )
                case "histogram":
                    self._histograms[one.name] = Histogram(
                        one.name, one.meaning, one.labels, buckets=SECONDS, registry=registry
                    )
        self._gauges["triage_organisation_snapshot_age_seconds"].set(NOT_YET)

    def received(self, reception: str) -> None:
        self._counters["triage_records"].labels(reception).inc()

    def decided(self, decision: str, ground: str, seconds_since_receipt: float) -> None:
        self._counters["triage_decisions"].labels(decision, ground).inc()
        self._histograms["triage_receipt_to_decision_seconds"].observe(seconds_since_receipt)

    def effect(self, kind: str, outcome: str) -> None:
        self._counters["triage_effects"].labels(kind, outcome).inc()

    def closed_at_source(self, desk: str, outcome: str) -> None:
        self._counters["triage_closed_at_source"].labels(desk, outcome).inc()

    def probation(self, outcome: str) -> None:
        self._counters["triage_probations"].labels(outcome).inc()

    def read(self, kind: str, outcome: str) -> None:
        self._counters["triage_reads"].labels(kind, outcome).inc()

    def reconciled(self, source: str, outcome: str, count: int) -> None:
        self._counters["triage_reconciled"].labels(source, outcome).inc(count)

    def overview(self, seen: Overview) -> None:
        for name, value in _plain(seen).items():
            self._gauges[name].set(value)
        for name, by_label in _labelled(seen).items():
            # What is no longer there must not stay at its last figure.
            self._gauges[name].clear()
            for label, value in by_label.items():
                self._gauges[name].labels(label).set(value)

    def queue(self, *, messages: float, oldest_seconds: float, dead: float) -> None:
        self._gauges["triage_inbox_messages"].set(messages)
        self._gauges["triage_oldest_message_seconds"].set(oldest_seconds)
        self._gauges["triage_dead_letters"].set(dead)

    def organisation(self, *, accounts: int, age_seconds: float) -> None:
        self._gauges["triage_organisation_accounts"].set(accounts)
        self._gauges["triage_organisation_snapshot_age_seconds"].set(age_seconds)

    def reloaded(self, outcome: str) -> None:
        self._counters["triage_playbook_reloads"].labels(outcome).inc()

    def waiting(self, outcome: str) -> None:
        self._counters["triage_playbooks_waiting"].labels(outcome).inc()

    def unreadable(self, claim: str) -> None:
        self._counters["triage_unreadable"].labels(claim).inc()

    def failed(self, part: str) -> None:
        self._counters["triage_failures"].labels(part).inc()


def _plain(seen: Overview) -> Mapping[str, float]:
    anchors = seen.anchors
    return {
        "triage_due_cases": seen.due,
        "triage_oldest_due_seconds": _age(seen.oldest_due, seen.at, none=0.0),
        "triage_anchored_events": anchors.events,
        "triage_anchored_age_seconds": _age(anchors.appended, seen.at, none=NOT_YET),
        "triage_head_events": anchors.exported,
        "triage_head_age_seconds": _age(anchors.exported_at, seen.at, none=NOT_YET),
    }


def _labelled(seen: Overview) -> Mapping[str, Mapping[str, float]]:
    leases: dict[str, float] = {}
    ratios: dict[str, float] = {}
    refused: dict[str, float] = {}
    for lease in seen.leases:
        leases[lease.kind] = leases.get(lease.kind, 0) + lease.count
    for one in seen.spent:
        ratios[one.api] = max(ratios.get(one.api, 0.0), one.used / max(one.allowed, 1))
        refused[one.api] = refused.get(one.api, 0) + one.refused
    return {
        "triage_cases": seen.cases,
        "triage_unanswered_cases": seen.unanswered,
        "triage_outbox_effects": seen.effects,
        "triage_timers": seen.timers,
        "triage_leases": leases,
        "triage_events_per_hour": seen.per_hour,
        "triage_api_budget_used_ratio": ratios,
        "triage_api_refused_calls": refused,
    }


def _age(since: datetime | None, now: datetime, *, none: float) -> float:
    return none if since is None else max((now - since).total_seconds(), 0.0)
