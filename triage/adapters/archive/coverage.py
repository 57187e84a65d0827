"""When the archive may speak for a window: whenever in doubt, not.

CloudTrail delivers within about five minutes of a call, which it does not promise, and delivers
nothing where nothing happened. So a window is covered only when files lie before and after it,
none of those in between is in doubt, nobody touched the trails since, and either files follow each
other closely all along, or the trail itself says that it was on (`continuous` tells which).
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, func, or_, select

from triage.adapters.archive.index import State
from triage.adapters.archive.names import CODES
from triage.adapters.archive.schema import about, events, files, names, places, spans
from triage.domain.moments import MICROSECOND, micros, moment

LAG = timedelta(minutes=15)
"""How long after an event its file may arrive."""
CLOSE = timedelta(minutes=15)
"""Files further apart than this may hide a gap."""
DOUBT = timedelta(days=1)
"""How far back a file that cannot be read may have reached."""
MEDDLING = (
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
)
"""Calls after which a trail may have left something out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The archive speaks for everything from `since` to `until`."""

    since: datetime
    until: datetime
    continuous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A place's number in the index, its account and Region, and a time."""

    place: int
    account: str
    region: str
    start: datetime
    end: datetime


def coverage(connection: Connection, window: Window) -> Covered | None:
    """Say what the archive speaks for, around a window; None when not for all of it."""
    bounds = connection.execute(
        select(func.min(spans.c.first), func.max(spans.c.delivered)).where(
            spans.c.place == window.place
        )
    ).one()
    if bounds[0] is None or not _passed(connection):
        return None
    since, until = moment(bounds[0]), moment(bounds[1]) - LAG
    if window.start < since or window.end >= until:
        return None
    if _doubtful(connection, window) or _meddled(connection, window):
        return None
    return Covered(since=since, until=until, continuous=_continuous(connection, window))


def _passed(connection: Connection) -> bool:
    """Tell whether all that there is has been looked at once."""
    return connection.execute(select(about.c.passed)).scalar() is not None


def _doubtful(connection: Connection, window: Window) -> bool:
    """Tell whether some file that is not wholly read may speak of this window."""
    here = (files.c.account == window.account) & (files.c.region == window.region)
    then = files.c.delivered.between(micros(window.start), micros(window.end + DOUBT))
    query = select(files.c.id).where(
        files.c.state != State.READ, or_(files.c.account.is_(None), here & then)
    )
    return connection.execute(query.limit(1)).first() is not None


def _meddled(connection: Connection, window: Window) -> bool:
    """Tell whether any trail was changed in the window or since.

    In any account and Region: an organisation's trail is stopped in its management account.
    """
    query = select(names.c.event).where(
        names.c.place.in_(select(places.c.id)),
        names.c.attribute == CODES["EventName"],
        names.c.value.in_(MEDDLING),
        names.c.at >= micros(window.start),
    )
    return connection.execute(query.limit(1)).first() is not None


def _continuous(connection: Connection, window: Window) -> bool:
    """Tell whether files follow each other closely, and reads as well as writes are in them."""
    within = spans.c.delivered.between(micros(window.start), micros(window.end + LAG + CLOSE))
    query = select(spans.c.first, spans.c.delivered).where(spans.c.place == window.place, within)
    known = {at for row in connection.execute(query) for at in row}
    start, end = micros(window.start), micros(window.end + LAG)
    points = [start, *sorted(at for at in known if start < at < end), end]
    near = all(later - one <= CLOSE // MICROSECOND for one, later in pairwise(points))
    return near and _both_kinds(connection, window)


def _both_kinds(connection: Connection, window: Window) -> bool:
    # A trail can be told to leave out reads, or writes; then its silence means nothing.
    query = select(events.c.read_only).where(
        events.c.place == window.place,
        events.c.at.between(micros(window.start), micros(window.end)),
    )
    return set(connection.execute(query.distinct()).scalars()) == {True, False}
