"""Probation: a close that no person made is watched, and what comes back is said to have.

A watch is JSON: `since` it was closed, `until` when it is watched, its `ground` (proof, signature,
licence or repair), `name` what people call the rule that closed it, `rule` what that means and
`tier` where, and once the finding was seen active again `returned`, when.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from triage.domain.json import Record
from triage.domain.ticket import SourceStatus


class Happened(Protocol):
    """An event, as far as a watch goes by it."""

    @property
    def at(self) -> datetime: ...

    @property
    def data(self) -> Record: ...


class Before(Protocol):
    """What was told before in the same format."""

    @property
    def count(self) -> int: ...


def seen(watch: Record | None, event: Happened, told: Mapping[Any, Before]) -> Record | None:
    """The watch after news: whether the finding is active in it, and since the close."""
    if watch is None or watch["returned"] or not _within(watch, event):
        return watch
    before = told.get(event.data["format"])
    again = before is not None and event.data["count"] > before.count
    active = event.data["headline"]["status"] == SourceStatus.OPEN
    return {**watch, "returned": event.at.isoformat()} if active or again else watch


def _within(watch: Record, event: Happened) -> bool:
    told = datetime.fromisoformat(event.data["version"])
    since, until = (datetime.fromisoformat(watch[name]) for name in ("since", "until"))
    return told > since and event.at < until


def looked(watch: Record | None, event: Happened) -> Record | None:
    """The watch after a look at the source: over, unless it came back or has to be looked at on."""
    if watch is None or not event.data["final"]:
        return watch
    return {**watch, "returned": event.at.isoformat()} if event.data["reopens"] else None
