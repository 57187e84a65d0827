"""Licences out of their events, and what they allow right now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from triage.domain.decision import Level
from triage.domain.grant import Grant, GrantKind
from triage.domain.json import Record, canonical, digest
from triage.domain.permission import Likeness, Permission, licence_key
from triage.engine.rules import Rules
from triage.judgement.certificate import Certificate
from triage.judgement.features import features_hash
from triage.judgement.licence import Licence

KNOWN_WITHIN = timedelta(minutes=1)
"""Workers read licences every few seconds, finish what they are at, and their clocks differ. What
they close until then was drawn as before, and must not use up a watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The last watch: closes whose misses had their say (`told`), those whose misses began it.

    `judged` is how many samples there were when it `began`; only what is answered later is
    evidence. By name: what was taken for a miss unanswered may turn out to be harmless, and makes
    no room for another.
    """

    told: frozenset[str]
    began: frozenset[str]
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A licence as its `number` events left it.

    `known` is what tickets were like that it was earned on, `scores` theirs, `novel` the share of
    others then. `raised` is when its last step up was; closes since then are what it answers for.
    `watched` is the last watch since then, also where it is over.
    """

    name: str
    licence: Licence
    number: int = 0
    known: frozenset[Likeness] = frozenset()
    scores: tuple[float, ...] = ()
    novel: float = 0.0
    raised: datetime | None = None
    watched: Watched | None = None
    history: tuple[Grant, ...] = field(default=(), repr=False)

    def permission(self, now: datetime, hashes: Mapping[str, str]) -> Permission:
        """What it allows now; what is bound to something else allows nothing."""
        certificate, licence = self.licence.certificate, self.licence
        if certificate is None:
            return Permission()
        moments = (licence.fell, self.raised, self.watched_from)
        return Permission(
            level=licence.effective(now, hashes),
            below=certificate.threshold,
            until=certificate.expires,
            known=self.known,
            since=max((moment for moment in moments if moment is not None), default=None),
        )

    @property
    def watched_from(self) -> datetime | None:
        """From when on closes are those of the watch: once every worker draws for it."""
        return self.licence.watched and self.licence.watched + KNOWN_WITHIN

    def watched_since(self, level: str) -> str:
        """Since when people see every close again; empty where closes are sampled, or none is."""
        since = self.licence.watched if level == Level.AUTO else None
        return since.isoformat(timespec="seconds") if since else ""


def hashes_of(rules: Rules, rule: str) -> Mapping[str, str]:
    """What a certificate of a rule, by its meaning, is bound to."""
    return {"model": rules.digests["model"], "features": features_hash(), "rule": rule}


def held(grants: Sequence[Grant]) -> Mapping[str, Held]:
    """Every licence by its key."""
    ordered = sorted(grants, key=lambda one: (one.rule, one.tier, one.number))
    groups = groupby(ordered, key=lambda one: (one.rule, one.tier))
    return {licence_key(*key): _fold(list(events)) for key, events in groups}


def permitted(grants: Sequence[Grant], rules: Rules, now: datetime) -> Mapping[str, Permission]:
    """What every licence allows now; those that allow nothing are left out."""
    found = {
        key: one.permission(now, hashes_of(rules, one.licence.rule))
        for key, one in held(grants).items()
    }
    return {key: one for key, one in found.items() if one.level is not Level.SHADOW}


def _fold(events: Iterable[Grant]) -> Held:
    after: Held | None = None
    for event in events:
        before = after or Held(name=event.name, licence=Licence(rule=event.rule, tier=event.tier))
        changed = _CHANGES[event.kind](before, event)
        after = replace(
            changed, name=event.name, number=event.number, history=(*before.history, event)
        )
    if after is None:
        raise ValueError("a licence has at least one event")
    return after


def _looked(before: Held, event: Grant) -> Held:
    looks = before.licence.looks.took(event.data["real"])
    return replace(before, licence=replace(before.licence, looks=looks))


def _raised(before: Held, event: Grant) -> Held:
    data = event.data
    certificate = Certificate.from_record(data["certificate"])
    looks = before.licence.looks
    licence = replace(
        before.licence,
        # A step on the certificate that is there already was no new look.
        looks=looks.took(certificate.n_tp) if certificate.look > looks.taken else looks,
        level=Level(data["level"]),
        at_most=Level.AUTO,
        watched=None,
        certificate=certificate,
        because=str(data["because"]),
    )
    return replace(
        before,
        licence=licence,
        known=frozenset(tuple(one) for one in data["known"]),
        scores=tuple(data["scores"]),
        novel=float(data["novel"]),
        raised=event.at,
        watched=None,
    )


def _lowered(before: Held, event: Grant) -> Held:
    licence = before.licence.lowered(Level(event.data["to"]))
    return replace(before, licence=replace(licence, because=str(event.data["because"])))


def _fell(before: Held, event: Grant) -> Held:
    licence = before.licence.fallen(event.data["trips"], event.at)
    return replace(before, licence=licence, watched=None)


def _watched(before: Held, event: Grant) -> Held:
    data = event.data
    return replace(
        before,
        licence=before.licence.under_watch(data["trips"], event.at),
        watched=Watched(
            told=frozenset(data["told"]),
            began=frozenset(data.get("began", data["told"])),
            judged=int(data["judged"]),
        ),
    )


def _cleared(before: Held, event: Grant) -> Held:
    return replace(before, licence=before.licence.out_of_watch(str(event.data["because"])))


_CHANGES = {
    GrantKind.LOOKED: _looked,
    GrantKind.RAISED: _raised,
    GrantKind.LOWERED: _lowered,
    GrantKind.FELL: _fell,
    GrantKind.WATCHED: _watched,
    GrantKind.CLEARED: _cleared,
}


def grant_statement(rule: str, tier: str, number: int, certificate: Record, by: str) -> bytes:
    """The exact bytes that whoever grants a step signs."""
    named = digest(canonical(certificate))
    content = {"licence": rule, "tier": tier, "number": number, "certificate": named, "by": by}
    return canonical(content)
