"""How far every rule and tier is from its next step, and whether what it sees is still the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median

from triage.domain.decision import Ground, Level
from triage.domain.json import Record
from triage.engine.granting import PROMISE, Evidence
from triage.engine.labelling import Seen
from triage.engine.licences import Held
from triage.judgement.labels import refused
from triage.judgement.shift import MOVED, stability

WEEK = timedelta(days=7)
SCORES_MIN = 20
"""Scores in a week below which an index is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One rule in one tier: what it did since a moment, and what its next step lacks."""

    held: Held
    level: Level
    own: Sequence[Seen]
    evidence: Evidence

    def as_record(self) -> Record:
        licence, own = self.held.licence, self.own
        spent = PROMISE.at_look(licence.looks.taken + 1)
        labels = self.evidence.labels
        harmless = sum(not one.real for one in labels)
        closed, count = sum(one.closed for one in own), len(own)
        certificate = licence.certificate
        return {
            "rule": self.held.name,
            "tier": licence.tier,
            "level": self.level,
            "watched since": self.held.watched_since(self.level),
            "decisions": count,
            "closed by licence": closed,
            "coverage": closed / count if count else None,
            "labelled harmless": of(harmless, max(spent.closed_needed, licence.needed)),
            "labelled attacks": of(len(self.evidence.attacks), licence.looks.needed(PROMISE)),
            "labels that do not count": sum(
                bool(refused(label)) for one in own for label in one.labels
            ),
            "says": certificate.sentence() if certificate else "",
            "because": licence.because,
        }


def of(count: int, needed: int) -> str:
    """How much of what is needed there is: `0 of 299`."""
    return f"{count:,} of {needed:,}"


def on_trial(found: Iterable[Seen]) -> list[tuple[str, str, str]]:
    """The rules, by meaning, name and tier, that close by licence or would."""
    return sorted({(one.rule, one.name, one.tier) for one in found if one.ground == Ground.LICENCE})


def drift(found: Sequence[Seen], reference: Sequence[float], since: datetime) -> list[Record]:
    """By week: how scores were spread, and how far that is from the reference (stability index).

    The reference are scores that a licence was earned on; without any, those of the first week
    that has enough.
    """
    ordered = sorted(found, key=lambda one: one.at)
    rows: list[Record] = []
    for number, week in groupby(ordered, key=lambda one: (one.at - since) // WEEK):
        scores = [one.score for one in week]
        enough = len(scores) >= SCORES_MIN
        reference = reference or (scores if enough else reference)
        moved = stability(reference, scores) if enough else None
        rows.append(
            {
                "week": (since + number * WEEK).date().isoformat(),
                "decisions": len(scores),
                "median score": round(median(scores), 4),
                "index": None if moved is None else round(moved, 4),
                "moved": moved is not None and moved > MOVED,
            }
        )
    return rows
