"""How licences and closes turn out: the numbers behind `triage judge report`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from triage.domain.closed import Closed
from triage.domain.json import Record
from triage.engine.labelling import Seen
from triage.engine.licence_desk import LicenceDesk
from triage.judgement.audit import Audited, Findings, audit
from triage.judgement.labels import refused

DELTA = 0.05
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Closes of one rule, tier and ground since a moment, judged by their samples."""

    name: str
    tier: str
    ground: str
    waiting: int
    overdue: int
    findings: Findings

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
    )


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
    found = list(desk.seen(since))
    return {
        "at": now.isoformat(),
        "since": since.isoformat(),
        "closes": [line.as_record() for line in lines(desk.closes.since(since), now)],
        "licences": [
            {
                "rule": one.name,
                "tier": one.licence.tier,
                "level": desk.allows(one),
                "says": one.licence.certificate.sentence() if one.licence.certificate else "",
                "missing": desk.missing(one),
                "because": one.licence.because,
            }
            for one in desk.held().values()
        ],
        "reliability": reliability(found),
        "decisions": len(found),
    }
