"""One step up for a licence, on evidence out of the record, or the number that is missing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.domain.decision import Level
from triage.domain.errors import Unverified
from triage.domain.grant import Grant, GrantKind
from triage.domain.json import Record
from triage.domain.permission import Likeness
from triage.domain.person import People
from triage.engine.labelling import Seen
from triage.engine.licences import Held, grant_statement
from triage.judgement.certificate import Certificate, Scope, Unearned, certify
from triage.judgement.gates import Cut, Judged, cut, ladder
from triage.judgement.influence import leans_on
from triage.judgement.labels import Label, usable
from triage.judgement.licence import Licence
from triage.judgement.noise import UNMEASURED, Flips, flips
from triage.judgement.novelty import SUPPORT_MIN, Support
from triage.judgement.promise import Promise
from triage.judgement.watch import Watch
from triage.ports.verifier import Signer, Verifier

PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)
"""What every licence promises; fixed before any label is seen."""
CLUSTER = "type, subject, day"
SCORES_KEPT = 100
"""Quantiles of the scores it was earned on, to see later whether scores have moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the record has on one licence.

    `own` are decisions of the rule in the tier that nothing but the licence stands against, with
    labels or without; `pooled` labels of the whole risk class; `flips` how people err, whatever
    the rule.
    """

    risk_class: str
    own: tuple[Seen, ...]
    pooled: tuple[Label, ...]
    start: datetime
    end: datetime
    flips: Flips = UNMEASURED

    @property
    def labels(self) -> tuple[Label, ...]:
        """Those that count, one a cluster."""
        return usable(label for one in self.own for label in one.labels)

    @property
    def attacks(self) -> tuple[float, ...]:
        """Sorted scores of what people called real in the whole class, one a cluster."""
        return tuple(sorted(one.score for one in usable(self.pooled) if one.real))

    @property
    def unlabelled(self) -> list[float]:
        """Scores that no label stands beside: the ladder is fixed on them, before any label."""
        return [one.score for one in self.own if not one.labels]


def evidence(
    found: Sequence[Seen], rule: str, tier: str, start: datetime, end: datetime
) -> Evidence:
    """Pick out what is about one licence; labels from before `start` do not count."""
    own = tuple(one for one in found if (one.rule, one.tier) == (rule, tier))
    risk_class = own[-1].risk_class if own else ""
    pooled = tuple(
        label
        for one in found
        if one.risk_class == risk_class and one.at >= start
        for label in one.labels
    )
    return Evidence(
        risk_class=risk_class,
        own=tuple(one for one in own if one.at >= start or not one.labels),
        pooled=pooled,
        start=start,
        end=end,
        flips=reviewers(found),
    )


def reviewers(found: Iterable[Seen]) -> Flips:
    """How often people call a real ticket harmless, of all rules together."""
    return flips(one.labels for one in found if one.twice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at the evidence found: a certificate, or why there is none.

    `spent` is whether the look cost confidence: one that only counted labels did not.
    """

    real: int
    spent: bool
    certificate: Certificate | None = None
    why_not: str = ""


def look(before: Held, found: Evidence, hashes: Mapping[str, str]) -> Look:
    """Look at the evidence once, if there is enough for it to be worth its price."""
    looks, attacks = before.licence.looks, found.attacks
    if not looks.due(PROMISE, len(attacks)):
        needed = looks.needed(PROMISE)
        why_not = f"{len(attacks)} of {needed} labelled attacks of class {found.risk_class!r}"
        return Look(real=len(attacks), spent=False, why_not=why_not)
    if not found.unlabelled:
        why_not = "no decision without a label to fix the ladder on"
        return Look(real=len(attacks), spent=False, why_not=why_not)
    try:
        certificate = _certified(before, found, hashes, looks.taken + 1)
    except Unearned as error:
        why_not = f"{error}; {found.flips.sentence}" if found.flips.measured else str(error)
        return Look(real=len(attacks), spent=True, why_not=why_not)
    return Look(real=len(attacks), spent=True, certificate=certificate)


def _certified(
    before: Held, found: Evidence, hashes: Mapping[str, str], number: int
) -> Certificate:
    promise = found.flips.asks(PROMISE)
    if promise is None:
        raise Unearned("people's verdicts are too often wrong to show anything")
    spent, labels = promise.at_look(number), found.labels
    judged = Judged.of([one.score for one in labels], [one.real for one in labels])
    rungs = ladder(found.unlabelled, len(labels), spent)
    cutting = cut(judged, rungs, spent, pooled=found.attacks)
    certificate = certify(cutting, promise, _scope(before, found, hashes), number)
    _alone(labels, cutting, spent)
    return certificate


def _alone(labels: Sequence[Label], cutting: Cut, promise: Promise) -> None:
    if names := leans_on(labels, cutting.threshold, promise):
        raise Unearned(f"it would hang on one person's verdicts: {', '.join(names)}")


def _scope(before: Held, found: Evidence, hashes: Mapping[str, str]) -> Scope:
    return Scope(
        rule=before.licence.rule,
        tier=before.licence.tier,
        risk_class=found.risk_class,
        window_start=found.start,
        window_end=found.end,
        cluster=CLUSTER,
        hashes=hashes,
        flips=found.flips,
    )


def known(found: Evidence) -> Sequence[Likeness]:
    """What was seen often enough, once a cluster, to speak for others like it."""
    support = Support.of(
        likeness
        for likeness, _ in {
            (one.likeness, label.cluster) for one in found.own for label in one.labels
        }
    )
    return [likeness for likeness, count in support.counts if count >= SUPPORT_MIN]


def novel(own: Sequence[Seen], likes: Collection[Likeness]) -> float:
    """The share of decisions that are about something else than what was known, 0-1."""
    return sum(one.likeness not in likes for one in own) / len(own) if own else 0.0


def quantiles(scores: Sequence[float]) -> list[float]:
    """At most a hundred of them, evenly spaced in rank."""
    ordered = sorted(scores)
    step = max(1, len(ordered) // SCORES_KEPT)
    return ordered[::step][:SCORES_KEPT]


def looked(before: Held, seen: Look, by: str, at: datetime) -> Grant:
    """The event of a look that showed too little: it is spent all the same."""
    data = {"real": seen.real, "why_not": seen.why_not}
    return _event(before, GrantKind.LOOKED, by, at, data)


def raised(before: Held, licence: Licence, found: Evidence, by: str, at: datetime) -> Grant:
    """The event of a step up, before it is signed. `licence` is what it becomes."""
    if licence.certificate is None:
        raise ValueError("a licence is raised by a certificate")
    data = {
        "level": licence.level,
        "certificate": licence.certificate.as_record(),
        "because": licence.because,
        "known": sorted(map(list, known(found))),
        "novel": novel(found.own, {tuple(one) for one in known(found)}),
        "scores": quantiles([one.score for one in found.own]),
    }
    return _event(before, GrantKind.RAISED, by, at, data)


def lowered(before: Held, to: Level, because: str, by: str, at: datetime) -> Grant:
    """The event of an operator's lowering."""
    return _event(before, GrantKind.LOWERED, by, at, {"to": to, "because": because})


def fell(before: Held, trips: Sequence[str], at: datetime) -> Grant:
    """The event of a fall that nobody had to order."""
    return _event(before, GrantKind.FELL, "triage", at, {"trips": list(trips)})


def watched(before: Held, trips: Sequence[str], begun: Record, at: datetime) -> Grant:
    """The event of a watch that begins; `begun` says which misses began it."""
    return _event(before, GrantKind.WATCHED, "triage", at, {"trips": list(trips), **begun})


def cleared(before: Held, shown: Watch, at: datetime) -> Grant:
    """The event of a watch that is over, and showed nothing against its licence."""
    because = f"watched, and {shown.misses:,} of {shown.seen:,} more samples were real"
    return _event(before, GrantKind.CLEARED, "triage", at, {"because": because})


def _event(before: Held, kind: GrantKind, by: str, at: datetime, data: Mapping[str, Any]) -> Grant:
    return Grant(
        rule=before.licence.rule,
        tier=before.licence.tier,
        number=before.number + 1,
        name=before.name,
        kind=kind,
        at=at,
        by=by,
        data=dict(data),
    )


def signed(grant: Grant, people: People, signer: Signer, verifier: Verifier) -> Grant:
    """The same event, signed by whoever it names. Raises Unverified."""
    person = people.get(grant.by)
    if person is None:
        raise Unverified(f"{grant.by} is not listed in people.toml; a stranger grants nothing")
    statement = grant_statement(
        grant.rule, grant.tier, grant.number, grant.data["certificate"], grant.by
    )
    signature = signer.sign(statement)
    verifier.verify(person, statement, signature)
    return Grant(
        rule=grant.rule,
        tier=grant.tier,
        number=grant.number,
        name=grant.name,
        kind=grant.kind,
        at=grant.at,
        by=grant.by,
        data={**grant.data, "signature": signature},
    )
