"""What one grant makes of a licence: a step up, a step restored, or what is missing for either."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.decision import Level
from triage.domain.grant import Grant
from triage.engine.granting import PROMISE, Evidence, look, looked, raised
from triage.engine.licences import Held
from triage.judgement.licence import Licence


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The event to write, and why it is no step up, where it is none; None where it costs none."""

    grant: Grant | None
    why_not: str = ""


def step_up(
    before: Held,
    found: Evidence,
    hashes: Mapping[str, str],
    by: str,
    *,
    frozen: bool,
) -> Step:
    """One step, at the end of the evidence's window. Raises LicenceRefused."""
    now = found.end
    again = _again(before, hashes, now, frozen=frozen)
    doubt = _doubt(again, found)
    if again and not doubt:
        return Step(grant=raised(before, again, found, by, now))
    seen = look(before, found, hashes)
    if seen.certificate is None:
        spent = looked(before, seen, by, now) if seen.spent else None
        return Step(grant=spent, why_not="; ".join(filter(None, (doubt, seen.why_not))))
    licence = before.licence.raised(seen.certificate, frozen=frozen)
    return Step(grant=raised(before, licence, found, by, now))


def _again(
    before: Held, hashes: Mapping[str, str], now: datetime, *, frozen: bool
) -> Licence | None:
    """The licence on the certificate it has, which allows more than is made of it."""
    licence = before.licence
    fallen = licence.fell is not None and (before.raised is None or before.raised <= licence.fell)
    if fallen or licence.certificate is None or not licence.certificate.holds(now, hashes):
        return None
    if licence.at_most.rank < licence.level.rank:
        return replace(licence, at_most=Level.AUTO, because="an operator lowered it no longer")
    if licence.level is Level.AUTO:
        return None
    return licence.raised(licence.certificate, frozen=frozen)


def _doubt(again: Licence | None, found: Evidence) -> str:
    """Why the certificate that is there says too little, by what is known of people's errors now.

    It is held to the exact bound of its pool: it was cut before this was known.
    """
    if again is None or again.certificate is None:
        return ""
    return found.flips.doubt(PROMISE.alpha, again.certificate.watched_rate)
