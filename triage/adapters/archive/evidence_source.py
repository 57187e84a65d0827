"""LookupEvents answered by the archive where it can, by the next evidence source where not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from triage.adapters.archive.lookups import Found, Lookups, Wanted
from triage.domain.evidence import Got, RawRead, Read
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource, with_the_rest
from triage.questions.records.shape import instant, records, text

LOOKUP, STATUS = "cloudtrail.lookup_events", "cloudtrail.trail_status"
SOURCE = "trail archive"


class ArchivedEvidence:
    """The evidence source port: an archive in front of the `following` source.

    The archive's payload is that of a look-up, and `Covered` besides: from `Start` to `End`
    nothing is missing from it.
    """

    def __init__(
        self, lookups: Lookups, following: EvidenceSource, clock: Clock, place: str
    ) -> None:
        self._lookups = lookups
        self._following = following
        self._clock = clock
        self._place = place

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        answers = {read: self._answer(read, deadline, fresh) for read in reads}
        own = {read: answer for read, answer in answers.items() if answer is not None}
        return with_the_rest(own, self._following, reads, deadline=deadline, fresh=fresh)

    def _answer(self, read: Read, deadline: datetime, fresh: datetime) -> RawRead | None:
        wanted = _wanted(read)
        found = self._find(wanted) if wanted is not None else None
        if wanted is None or found is None:
            return None
        if wanted.span is None:
            # What is there is there; that nothing is, only a covered window may say.
            return self._got(found) if found.events else None
        if found.covered is None:
            return None
        if found.covered.continuous or self._trail_was_on(read, wanted.span[0], deadline, fresh):
            return self._got(found)
        return None

    def _find(self, wanted: Wanted) -> Found | None:
        # The index is a copy: whatever is wrong with it, AWS can still be asked.
        try:
            return self._lookups.find(wanted)
        except SQLAlchemyError:
            return None

    def _got(self, found: Found) -> Got:
        payload: dict[str, Any] = {"Events": list(found.events)}
        if found.covered is not None:
            span = (found.covered.since, found.covered.until)
            payload["Covered"] = dict(
                zip(("Start", "End"), (at.isoformat() for at in span), strict=True)
            )
        return Got(payload=payload, as_of=self._clock.now(), source=SOURCE)

    def _trail_was_on(
        self, read: Read, start: datetime, deadline: datetime, fresh: datetime
    ) -> bool:
        """Tell whether a trail into this very archive has recorded everything since `start`."""
        status = Read.of(STATUS, read.account, read.region)
        answer = self._following.fetch([status], deadline=deadline, fresh=fresh).get(status)
        if not isinstance(answer, Got):
            return False
        return any(self._vouches(trail, start) for trail in records(answer.payload, "Trails"))

    def _vouches(self, trail: Mapping[str, Any], start: datetime) -> bool:
        since = instant(trail.get("StartLoggingTime"))
        return (
            trail.get("IsLogging") is True
            and trail.get("AllManagementEvents") is True
            and not trail.get("LatestDeliveryError")
            and since is not None
            and since <= start
            and _delivers_to(trail).startswith(self._place)
        )


def _wanted(read: Read) -> Wanted | None:
    """What a read asks of the archive; None for what it does not understand."""
    attribute, value = read.argument("attribute"), read.argument("value")
    if read.kind != LOOKUP or not isinstance(attribute, str) or not isinstance(value, str):
        return None
    start, end = instant(read.argument("start")), instant(read.argument("end"))
    windowless = read.argument("start") is None and read.argument("end") is None
    span = (start, end) if start is not None and end is not None else None
    if not value or (span is None and not windowless):
        return None
    return Wanted(
        account=read.account, region=read.region, attribute=attribute, value=value, span=span
    )


def _delivers_to(trail: Mapping[str, Any]) -> str:
    prefix = text(trail, "S3KeyPrefix").strip("/")
    return f"s3://{text(trail, 'S3BucketName')}/" + (f"{prefix}/" if prefix else "")
