"""One request as the sandbox understands it, and the two ways an operation ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from triage.sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks what of whom.

    `operation` is empty when no service model knows the request; `parameters` are decoded and
    validated only for operations of our own. `environ` is the WSGI environment and `body` the
    bytes that came with it, kept so that the request can be handed to moto as it arrived. `clock`
    is for operations that wait, `odd` names what a fault asks an operation to do differently.
    """

    at: datetime
    account: str
    region: str
    service: str
    operation: str
    access_key: str
    environ: Mapping[str, Any]
    body: bytes
    model: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    clock: Any = None
    odd: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer; `faults` names what was done to it on request."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    faults: tuple[str, ...] = ()


class Refused(Exception):
    """The service says no, with its own error code and HTTP status."""

    def __init__(self, *, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class NotBuilt(Exception):
    """Neither the sandbox nor moto can answer this; the caller gets HTTP 501 and the sentence."""


Operation = Callable[[World, Call], Mapping[str, Any]]
"""Answers a call from the world, in the shape boto3 returns. Raises Refused or NotBuilt."""

Onward = Callable[[Call], Reply]
"""Whatever stands behind a fault: the next fault, or the true answer."""
