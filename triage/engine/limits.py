"""Bounds of the engine, each with its unit; settings.py fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from triage.domain.decision import Priority
from triage.domain.severity import Label


def _evidence_seconds() -> Mapping[Label, float]:
    return {
        Label.CRITICAL: 20.0,
        Label.HIGH: 20.0,
        Label.MEDIUM: 45.0,
        Label.LOW: 60.0,
        Label.INFORMATIONAL: 60.0,
    }


def _sla_minutes() -> Mapping[Priority, float]:
    return {
        Priority.CRITICAL: 15.0,
        Priority.HIGH: 60.0,
        Priority.MEDIUM: 480.0,
        Priority.LOW: 2880.0,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much, how long, how often."""

    batch_messages: int = 50
    # As many cases as threads, so that every claimed case starts at once and its evidence
    # budget ends before its lease does.
    batch_cases: int = 16
    threads: int = 16
    # Two, so that the next batch is judged while the last one commits.
    deciders: int = 2
    lease_seconds: float = 120.0
    poll_seconds: float = 1.0
    wait_seconds: float = 1.0
    drain_seconds: float = 20.0
    effect_attempts: int = 8
    effect_retry_seconds: float = 5.0
    effect_retry_seconds_max: float = 900.0
    probation_hours: float = 24.0
    evidence_seconds: Mapping[Label, float] = field(default_factory=_evidence_seconds)
    sla_minutes: Mapping[Priority, float] = field(default_factory=_sla_minutes)

    def retry_after(self, attempts: int) -> timedelta:
        """Twice as long each time, up to a ceiling."""
        seconds = self.effect_retry_seconds * 2 ** min(attempts, 20)
        return timedelta(seconds=min(seconds, self.effect_retry_seconds_max))
