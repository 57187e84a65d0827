"""Where answers come from: raw reads of AWS, archives and the organisation map."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.evidence import RawRead, Read


class EvidenceSource(Protocol):
    """Makes raw reads. Never raises for a read that failed: it says so in the RawRead."""

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        """Make every read, in parallel where it helps, and answer for each.

        A read not done by `deadline` is Failed(SLOW). A cached read serves only when its
        `as_of` is at or after `fresh`. Equal reads under way are made once. An answer from the
        wrong account or Region is Failed(MISPLACED), a page missing is Failed(PARTIAL).
        """


def with_the_rest(
    own: Mapping[Read, RawRead],
    following: EvidenceSource,
    reads: Sequence[Read],
    *,
    deadline: datetime,
    fresh: datetime,
) -> Mapping[Read, RawRead]:
    """Join a source's own answers with those of the source that it stands in front of."""
    others = [read for read in reads if read not in own]
    found = following.fetch(others, deadline=deadline, fresh=fresh) if others else {}
    return {**own, **found}
