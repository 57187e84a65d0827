"""Where something is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """An account and a Region."""

    account: str
    region: str
