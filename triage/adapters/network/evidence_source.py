"""Whose an address is, answered here; everything else by the next evidence source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from triage.adapters.network.ranges import Ranges, Snapshot, plain_address
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource

KIND, SOURCE = "network.owner", "known networks"


class KnownNetworks:
    """The evidence source port: ranges in memory in front of the `following` source.

    The payload: `Address`; `Private`; `Listed` (some network of ours is listed) and `Own` (its
    `Name` and `Kind`, or none); `SnapshotMade` and `Aws` (what AWS says it uses the address for),
    both none without a snapshot.
    """

    def __init__(
        self, own: Ranges, snapshot: Snapshot | None, clock: Clock, following: EvidenceSource
    ) -> None:
        self._own = own
        self._snapshot = snapshot
        self._clock = clock
        self._following = following

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        own = {read: self._answer(read) for read in reads if read.kind == KIND}
        others = [read for read in reads if read not in own]
        found = self._following.fetch(others, deadline=deadline, fresh=fresh) if others else {}
        return {**own, **found}

    def _answer(self, read: Read) -> RawRead:
        try:
            address = plain_address(str(read.argument("address")))
        except ValueError:
            return Failed(failure=Failure.UNSUPPORTED, detail=f"{KIND}: not an address")
        payload: dict[str, Any] = {
            "Address": str(address),
            "Private": not address.is_global,
            "Listed": len(self._own) > 0,
            "Own": next(iter(self._own.holding(address)), None),
            "SnapshotMade": self._snapshot.made.isoformat() if self._snapshot else None,
            "Aws": self._snapshot.ranges.holding(address) if self._snapshot else None,
        }
        return Got(payload=payload, as_of=self._clock.now(), source=SOURCE)
