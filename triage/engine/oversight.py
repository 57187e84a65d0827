"""How licences and closes turn out: the numbers behind `triage judge report`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from triage.domain.closed import Closed
from triage.domain.decision import Ground, Level
from triage.domain.json import Record
from triage.domain.permission import licence_key
from triage.engine.evidenced import Standing, drift, of, on_trial
from triage.engine.granting import PROMISE, reviewers
from triage.engine.labelling import Seen
from triage.engine.licence_desk import LicenceDesk
from triage.engine.licences import Held
from triage.judgement.audit import Audited, Findings, audit
from triage.judgement.canary import canary_line
from triage.judgement.certificate import WINDOW
from triage.judgement.labels import refused
from triage.judgement.licence import Licence
from triage.judgement.noise import REVIEWED_MIN, Flips
from triage.judgement.sequence import Interval, interval

DELTA = 0.05
BINS = 10
WEIGHED_MAX = 5000
"""Closes, newest first, that one interval is about; more would take seconds to weigh."""
UNTRIED = "No licence is in use, so no attack was tried on one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Closes of one rule, tier and ground since a moment, judged by their samples."""

    name: str
    tier: str
    ground: str
    waiting: int
    overdue: int
    findings: Findings
    always: Interval

    def as_record(self) -> Record:
        found = self.findings
        return {
            "rule": self.name,
            "tier": self.tier,
            "ground": self.ground,
            "closed": found.closed,
            "drawn and judged": found.sampled,
            "waiting": self.waiting,
            "overdue": self.overdue,
            "real among closed, estimated": found.closed_real_estimate,
            "real among closed, at most": found.closed_real_upper,
            "at any moment, at least": self.always.low,
            "at any moment, at most": self.always.high,
            "promised": PROMISE.alpha if self.ground == Ground.LICENCE else None,
            "frozen": found.frozen,
        }


def lines(closes: Sequence[Closed], now: datetime) -> list[Line]:
    """One line a rule, tier and ground, in that order."""
    ordered = sorted(closes, key=_kind)
    return [_line(list(some), now) for _, some in groupby(ordered, key=_kind)]


def _kind(one: Closed) -> tuple[str, str, str]:
    return (one.name, one.tier, one.ground)


def _line(closes: Sequence[Closed], now: datetime) -> Line:
    open_ = [one for one in closes if one.chosen and not one.answered]
    return Line(
        name=closes[0].name,
        tier=closes[0].tier,
        ground=closes[0].ground,
        waiting=len(open_),
        overdue=sum(one.overdue(now) for one in open_),
        findings=audit([_audited(one, now) for one in closes], 0, DELTA),
        always=_always(closes, now),
    )


def _always(closes: Sequence[Closed], now: datetime) -> Interval:
    """What may be looked at every day: misses weighted by how likely they were to be seen.

    Only closes whose time to be answered has passed: of those, none is left open.
    """
    judged = [one for one in closes if one.due <= now][-WEIGHED_MAX:]
    if not judged:
        return Interval(low=0.0, high=1.0)
    weighed = [one.missed(now) / one.rate for one in judged]
    return interval(weighed, DELTA, max(1 / one.rate for one in judged))


def _audited(one: Closed, now: datetime) -> Audited:
    return Audited(rate=one.rate, chosen=one.chosen, real=one.real, overdue=one.overdue(now))


def reliability(found: Sequence[Seen]) -> list[Record]:
    """By tenths of score: how many labels that count, and which share of them was real."""
    rows: list[Record] = []
    for place in range(BINS):
        labels = [
            one
            for seen in found
            if _bin(seen.score) == place
            for one in seen.labels
            if not refused(one)
        ]
        real = sum(one.real for one in labels)
        share = real / len(labels) if labels else None
        rows.append({"from": place / BINS, "labels": len(labels), "real": real, "share": share})
    return rows


def _bin(score: float) -> int:
    return min(int(score * BINS), BINS - 1)


def overseen(desk: LicenceDesk, span: timedelta) -> Mapping[str, object]:
    """Everything a report shows, as JSON."""
    now = desk.clock.now()
    since = now - span
    # Evidence of a licence may be older than what the report is about.
    read = list(desk.seen(min(since, now - 2 * WINDOW)))
    found = [one for one in read if one.at >= since]
    closes = desk.closes.since(since)
    held = desk.held()
    return {
        "at": now.isoformat(),
        "since": since.isoformat(),
        "decisions": len(found),
        "coverage": {one.value: _share(closes, one, len(found)) for one in Ground},
        "promise": {"real among closed": PROMISE.alpha, "closed among real": PROMISE.beta},
        "closes": [line.as_record() for line in lines(closes, now)],
        "licences": [one.as_record() for one in standings(desk, read, found)],
        "reliability": reliability(found),
        "drift": drift(found, [score for one in held.values() for score in one.scores], since),
        "reviewers": reviewed(reviewers(read)),
        "canaries": canaries(desk),
    }


def reviewed(flips: Flips) -> Record:
    """How often people err, shares 0-1: nothing but the count where that was not measured."""
    known = flips.measured
    return {
        "attacks judged by two": of(flips.reviewed, REVIEWED_MIN),
        "first called harmless": flips.flipped,
        "share": flips.flipped / flips.reviewed if known else None,
        "at most": flips.at_most if known else None,
        "says": flips.sentence,
    }


def _share(closes: Sequence[Closed], ground: Ground, decisions: int) -> float | None:
    count = sum(one.ground is ground for one in closes)
    return min(count / decisions, 1.0) if decisions else None


def standings(desk: LicenceDesk, read: Sequence[Seen], found: Sequence[Seen]) -> Iterator[Standing]:
    """Every rule on trial, and every licence that there ever was, by name and tier."""
    held = dict(desk.held())
    for rule, name, tier in on_trial(read):
        fresh = Held(name=name, licence=Licence(rule=rule, tier=tier))
        held.setdefault(licence_key(rule, tier), fresh)
    for one in sorted(held.values(), key=lambda one: (one.name, one.licence.tier)):
        key = (one.licence.rule, one.licence.tier)
        own = [seen for seen in found if (seen.rule, seen.tier) == key]
        evidence = desk.evidence(one, read)
        yield Standing(held=one, level=desk.allows(one), own=own, evidence=evidence)


def canaries(desk: LicenceDesk) -> Mapping[str, object]:
    """What recorded attacks show about every licence together; a line of its own."""
    licences = [one for one in desk.held().values() if desk.allows(one) is not Level.SHADOW]
    replayed = [
        canary
        for one in licences
        for canary in desk.decoys.replay(one.licence.rule, one.licence.tier)
    ]
    line = canary_line(replayed, DELTA)
    return {
        "licences": len(licences),
        "injected": line.injected,
        "closed": line.closed,
        "at most": line.closed_upper,
        "says": line.sentence(DELTA) if licences else UNTRIED,
    }
