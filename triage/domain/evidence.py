"""What was looked up, what came back, and what that means: known, absent or unknown.

Two levels. A `Read` is one request to the world and a `RawRead` what came back, as an adapter
saw it. An `Answer` is what a question makes of its raw reads. Unknown is not false: nothing that
failed, was cut short or is stale ever becomes Known or Absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from triage.domain.json import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One request: `kind` is `service.operation` in snake case, `arguments` sorted pairs.

    Hashable, so that equal reads are made once (single flight) and cached.
    """

    kind: str
    account: str
    region: str
    arguments: tuple[tuple[str, str | int | bool], ...] = ()

    @classmethod
    def of(cls, kind: str, account: str, region: str, **arguments: str | int | bool) -> "Read":
        pairs = tuple(sorted(arguments.items()))
        return cls(kind=kind, account=account, region=region, arguments=pairs)

    def argument(self, name: str) -> str | int | bool | None:
        return dict(self.arguments).get(name)


class Failure(StrEnum):
    """Why a read tells us nothing. Each value completes the sentence "the look-up was ..."."""

    THROTTLED = "throttled"
    DENIED = "denied"
    SLOW = "too slow"
    PARTIAL = "cut short"
    BROKEN = "broken"
    UNSUPPORTED = "not possible here"
    MISPLACED = "answered from the wrong account or Region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """The service answered. `payload` is its JSON, times as ISO 8601 strings."""

    payload: Record
    as_of: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The service itself says, by its documented error `code`, that there is no such thing."""

    code: str
    as_of: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The read did not succeed; nothing may be concluded from it."""

    failure: Failure
    detail: str


RawRead = Got | Missing | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The question has an answer: fields as its vocabulary entry declares them."""

    value: Mapping[str, Any]
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Proven not to be there, with coverage: right place, recorder on, window long over."""

    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """We could not find out. `reason` finishes the sentence "unknown: ..."."""

    reason: str


Answer = Known | Absent | Unknown
NOT_ASKED = Unknown(reason="it was not asked")
"""Of a question that nobody needed the answer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All answers of one ticket by the question asked, and the raw reads they came from."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    reads: Mapping[Read, RawRead] = field(default_factory=dict)
