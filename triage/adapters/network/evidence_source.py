"""Whose an address is, answered here; everything else by the next evidence source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from triage.adapters.network.ranges import Ranges, Snapshot, plain_address
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource, with_the_rest

KIND, SOURCE = "network.owner", "known networks"


class KnownNetworks:
    """The evidence source port: ranges in memory in front of the `following` source.

    The payload: `Address`; `Private`; `Listed` (some network of ours is listed) and `Own` (its
    `Name` and `Kind`, or none); `SnapshotMade` and `Aws` (what AWS says it uses the address for),
    both none without a snapshot. Asked for a `range` and not for an `address`, `Aws` is every range
    that has an address in common with it, and nothing is said of our own.
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
        return with_the_rest(own, self._following, reads, deadline=deadline, fresh=fresh)

    def _answer(self, read: Read) -> RawRead:
        if read.argument("range") is not None:
            return self._range(read)
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

    def _range(self, read: Read) -> RawRead:
        try:
            wanted = ip_network(str(read.argument("range")))
        except ValueError:
            return Failed(failure=Failure.UNSUPPORTED, detail=f"{KIND}: not a range")
        payload: dict[str, Any] = {
            "SnapshotMade": self._snapshot.made.isoformat() if self._snapshot else None,
            "Aws": self._snapshot.ranges.touching(wanted) if self._snapshot else None,
        }
        return Got(payload=payload, as_of=self._clock.now(), source=SOURCE)
