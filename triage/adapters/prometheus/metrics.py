"""The metrics port on prometheus-client, with a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)


class PrometheusMetrics:
    """Counters in the project's words; `registry` is what /metrics shows."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._received = Counter(
            "triage_records", "Records received", ["reception"], registry=registry
        )
        self._decided = Counter(
            "triage_decisions", "Cases decided", ["decision", "ground"], registry=registry
        )
        self._seconds = Histogram(
            "triage_receipt_to_decision_seconds",
            "From receipt to decision",
            buckets=SECONDS,
            registry=registry,
        )
        self._effects = Counter(
            "triage_effects", "Effects ended or postponed", ["kind", "outcome"], registry=registry
        )
        self._reads = Counter(
            "triage_reads", "Raw reads of evidence", ["kind", "outcome"], registry=registry
        )
        self._reconciled = Counter(
            "triage_reconciled",
            "Records looked for at their source",
            ["source", "outcome"],
            registry=registry,
        )
        self._unreadable = Counter(
            "triage_unreadable",
            "Messages of a detector nobody could read",
            ["claim"],
            registry=registry,
        )
        self._failed = Counter(
            "triage_failures", "Caught by a supervisor", ["part"], registry=registry
        )
        self._inbox = Gauge("triage_inbox_messages", "Messages waiting", registry=registry)
        self._oldest_message = Gauge(
            "triage_oldest_message_seconds", "How long the oldest message waits", registry=registry
        )
        self._dead = Gauge(
            "triage_dead_letters", "Messages the queue gave up on", registry=registry
        )
        self._due = Gauge("triage_due_cases", "Cases waiting", registry=registry)
        self._oldest = Gauge(
            "triage_oldest_due_seconds", "How long the oldest case waits", registry=registry
        )
        self._accounts = Gauge(
            "triage_organisation_accounts", "Accounts in the last snapshot", registry=registry
        )
        self._snapshot = Gauge(
            "triage_organisation_snapshot_age_seconds", "Its age", registry=registry
        )
        # Zero would be the best age there is.
        self._snapshot.set(float("nan"))

    def received(self, reception: str) -> None:
        self._received.labels(reception).inc()

    def decided(self, decision: str, ground: str, seconds_since_receipt: float) -> None:
        self._decided.labels(decision, ground).inc()
        self._seconds.observe(seconds_since_receipt)

    def effect(self, kind: str, outcome: str) -> None:
        self._effects.labels(kind, outcome).inc()

    def read(self, kind: str, outcome: str) -> None:
        self._reads.labels(kind, outcome).inc()

    def reconciled(self, source: str, outcome: str, count: int) -> None:
        self._reconciled.labels(source, outcome).inc(count)

    def backlog(self, *, inbox: float, due: int, oldest_due_seconds: float) -> None:
        self._inbox.set(inbox)
        self._due.set(due)
        self._oldest.set(oldest_due_seconds)

    def queue(self, *, oldest_seconds: float, dead: float) -> None:
        self._oldest_message.set(oldest_seconds)
        self._dead.set(dead)

    def organisation(self, *, accounts: int, age_seconds: float) -> None:
        self._accounts.set(accounts)
        self._snapshot.set(age_seconds)

    def unreadable(self, claim: str) -> None:
        self._unreadable.labels(claim).inc()

    def failed(self, part: str) -> None:
        self._failed.labels(part).inc()
