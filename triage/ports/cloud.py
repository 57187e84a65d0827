"""Calls that change AWS, and the reads that go with them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.domain.plan import Call, Permission


class CloudError(TriageError):
    """A call brought no answer, and why."""

    def __init__(self, call: Call, why: str) -> None:
        super().__init__(f"{call.name} {why}")


class AccessDenied(CloudError):
    """We may not: nothing was changed."""

    def __init__(self, call: Call) -> None:
        super().__init__(call, "was denied")


class Throttled(CloudError):
    """Not now: nothing was changed, and it can be asked again."""

    def __init__(self, call: Call) -> None:
        super().__init__(call, "was throttled")


class NotFound(CloudError):
    """The service itself says, by a code that the call declares, that there is no such thing."""

    def __init__(self, call: Call, code: str) -> None:
        super().__init__(call, f"says there is none ({code})")
        self.code = code


class Unknown(CloudError):
    """Nobody knows: a write may have been made or not, a read tells nothing."""


class Cloud(Protocol):
    """One account and Region, under credentials that may do what is needed and no more."""

    def call(self, call: Call) -> Record:
        """Make one declared call and return its answer as plain JSON, times as ISO 8601 text.

        A list comes whole, whatever its pages, or not at all. A call is made once: nothing here
        tries again. Nothing is remembered: an answer is as new as its question. Raises
        AccessDenied, Throttled, NotFound, and Unknown for everything else.
        """


class Clouds(Protocol):
    """Opens clouds, each for one piece of work."""

    def open(
        self, account: str, region: str, *, case: str, scope: Sequence[Permission]
    ) -> AbstractContextManager[Cloud]:
        """Credentials for `account` that end with their session, named after the case.

        Whatever the role behind them may do, these may do only what `scope` names. Never raises:
        when there are no such credentials, every call says so.
        """

    def role(self, account: str) -> str:
        """The ARN under which CloudTrail will name us there."""


def member(call: Call, answer: Record, name: str) -> Any:
    """A member that the service always gives; an answer without it was cut. Raises Unknown."""
    if name not in answer:
        raise Unknown(call, f"did not say {name}")
    return answer[name]
