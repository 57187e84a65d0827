"""The metrics port in CloudWatch's embedded metric format: lines in a function's log.

Nobody can scrape a function. What happened is counted and written once a batch, as one line that
CloudWatch reads as metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import orjson

from triage.domain.overview import Overview

NAMESPACE = "Triage"


class EmbeddedMetrics:
    """Counts by name and one dimension. `say` writes a line."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def flush(self, at: datetime) -> None:
        """Write down what was counted, a line for each dimension's value, and begin anew."""
        counts, self._counts = self._counts, Counter()
        for (metric, dimension, value), count in sorted(counts.items()):
            told = {
                "Timestamp": int(at.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [[dimension]],
                        "Metrics": [{"Name": metric, "Unit": "Count"}],
                    }
                ],
            }
            self._say(orjson.dumps({"_aws": told, dimension: value, metric: count}).decode())

    def _count(self, metric: str, dimension: str, value: str, count: int = 1) -> None:
        self._counts[metric, dimension, value] += count

    def received(self, reception: str) -> None:
        self._count("Records", "Reception", reception)

    def decided(self, decision: str, ground: str, seconds_since_receipt: float) -> None:
        name = f"{decision} {ground}".strip()
        self._count("Decisions", "Decision", name)
        self._count("SecondsToDecision", "Decision", name, round(seconds_since_receipt))

    def effect(self, kind: str, outcome: str) -> None:
        self._count("Effects", "Outcome", f"{kind} {outcome}")

    def closed_at_source(self, desk: str, outcome: str) -> None:
        self._count("ClosedAtSource", "Outcome", f"{desk} {outcome}")

    def probation(self, outcome: str) -> None:
        self._count("Probations", "Outcome", outcome)

    def read(self, kind: str, outcome: str) -> None:
        self._count("Reads", "Outcome", f"{kind} {outcome}")

    def reconciled(self, source: str, outcome: str, count: int) -> None:
        self._count("Reconciled", "Outcome", f"{source} {outcome}", count)

    def overview(self, seen: Overview) -> None:
        """CloudWatch measures queues itself; cases are for workers to measure."""

    def queue(self, *, messages: float, oldest_seconds: float, dead: float) -> None:
        """As above."""

    def organisation(self, *, accounts: int, age_seconds: float) -> None:
        """As above."""

    def reloaded(self, outcome: str) -> None:
        self._count("PlaybookReloads", "Outcome", outcome)

    def waiting(self, outcome: str) -> None:
        """As above."""

    def unreadable(self, claim: str) -> None:
        self._count("Unreadable", "Claim", claim)

    def failed(self, part: str) -> None:
        self._count("Failures", "Part", part)
