"""Did the right account answer? A session for another one would call everything missing."""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.domain.evidence import Read

ACCOUNT = 4
"""Which part of an ARN it is."""


class Misplaced(Exception):
    """Something in the answer belongs to another account or Region than was asked."""


def owned(read: Read, things: Iterable[Mapping[str, Any]], account: str, region: str = "") -> None:
    """Check the members that name account and Region. Raises Misplaced; not said is no proof."""
    for thing in things:
        if thing.get(account, read.account) != read.account:
            raise Misplaced
        if region and thing.get(region, read.region) != read.region:
            raise Misplaced


def named(read: Read, arn: str) -> None:
    """Check the account in an ARN. Raises Misplaced."""
    parts = arn.split(":")
    if len(parts) > ACCOUNT and parts[ACCOUNT] != read.account:
        raise Misplaced
