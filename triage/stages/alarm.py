"""Our own alarms as bytes for the queue: they go the way of every other ticket."""

from datetime import datetime
from typing import Any

from triage.domain.evidence import Failed
from triage.domain.hearing import Canary, Hearing
from triage.domain.inventory import Difference, content_digest, item_id
from triage.domain.json import canonical
from triage.domain.lookout import Lookout
from triage.intake import own
from triage.intake.own import NAME


def tampering(difference: Difference, at: datetime) -> bytes:
    """Something that can silence us is not what it was, and nobody signed for that."""
    place = difference.lookout
    after = content_digest(difference.after)
    return _alarm(
        own.TAMPERING,
        place,
        at,
        id=f"{difference.item} {content_digest(difference.before)[:16]} {after[:16]}",
        subject=difference.item,
        title=f"{place.source} {difference.name} was {difference.change}, and nobody signed for it",
        before=difference.before,
        after=difference.after,
    )


def silence(hearing: Hearing, at: datetime) -> bytes:
    """Nothing arrived from there for longer than its own past explains."""
    place, last = hearing.lookout, hearing.last.isoformat(timespec="seconds")
    longest = max(hearing.gaps.values(), default=0.0)
    return _alarm(
        own.SILENCE,
        place,
        at,
        id=f"{place.source}/{place.account}/{place.region} {last}",
        subject=f"{place.source}/{place.account}/{place.region}",
        title=f"Nothing from {place.source} in {place.region or 'any Region'} since {last}",
        last=last,
        longest_gap_seconds=round(longest),
    )


def lost_canary(canary: Canary, at: datetime) -> bytes:
    """What we put on the queue did not come out of it in time."""
    sent = canary.sent.isoformat(timespec="seconds")
    return _alarm(
        own.CANARY,
        Lookout(source=NAME, account="", region=""),
        at,
        # Not its id: whoever reads this could then let it arrive.
        id=f"canary sent {sent}",
        subject="the queue",
        title=f"The canary sent at {sent} did not arrive by {canary.due.isoformat()}",
        sent=sent,
    )


def blindness(lookout: Lookout, failure: Failed, since: datetime, at: datetime) -> bytes:
    """A list that could be read before cannot be read any more."""
    last = since.isoformat(timespec="seconds")
    why = f"{failure.failure}: {failure.detail}"
    return _alarm(
        own.BLINDNESS,
        lookout,
        at,
        id=f"{item_id(lookout, '')} {last}",
        subject=item_id(lookout, ""),
        title=f"{lookout.source} cannot be read any more; last seen {last}",
        why=why[:500],
    )


def demotion(name: str, tier: str, number: int, words: str, at: datetime) -> bytes:
    """A licence fell; `number` is the event of it that says so."""
    title = f"The licence of {name} in {tier} fell: {words}"
    return _licence(own.DEMOTION, title, (name, tier, number), words, at)


def watch(name: str, tier: str, number: int, words: str, at: datetime) -> bytes:
    """A licence stays, and asks more of people; `number` is the event of it that says so."""
    title = f"The licence of {name} in {tier} is watched, every close of it is for review: {words}"
    return _licence(own.WATCH, title, (name, tier, number), words, at)


def _licence(
    concern: str, title: str, event: tuple[str, str, int], words: str, at: datetime
) -> bytes:
    name, tier, number = event
    return _alarm(
        concern,
        Lookout(source=NAME, account="", region=""),
        at,
        id=f"{name} {tier} {number}",
        subject=f"{name} in {tier}",
        title=title,
        because=words,
    )


def canary(canary_id: str) -> bytes:
    """A canary as it goes onto the queue."""
    return canonical({NAME: {"canary": canary_id}})


def _alarm(concern: str, place: Lookout, at: datetime, **rest: Any) -> bytes:
    told = {
        "concern": concern,
        "account": place.account,
        "region": place.region,
        "told_at": at.isoformat(),
        **rest,
    }
    return canonical({NAME: told})
