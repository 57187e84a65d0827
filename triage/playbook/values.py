"""What expressions work on: names in a scope, answers nobody has looked into yet, and refusals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from triage.domain.evidence import Absent, Known, Unknown
from triage.domain.person import Signature


class Touched(Exception):
    """Evaluation needed something that is not known. `name` is the evidence it belongs to."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


class ExpressionInvalid(ValueError):
    """Not an expression of this language. `word` is what was not understood."""

    def __init__(self, message: str, word: str = "") -> None:
        super().__init__(message)
        self.word = word


class Loose(dict[str, Any]):
    """A vendor's record: what it lacks may be asked for, and is then unknown."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A place in a vendor's record that is not there; `path` leads to it.

    A record in another format or casing lacks it too, so nothing follows from it.
    """

    path: str


Signed = Callable[[str, str], Signature | None]


@dataclass(kw_only=True)
class Scope:
    """What names mean during one evaluation; `signature` is the last one that held."""

    names: Mapping[str, Any]
    signed: Signed
    now: datetime
    signature: Signature | None = field(default=None)


Compiled = Callable[[Scope], Any]
RECORD = "ticket"
"""Where a vendor's record hangs, and so what an unknown of it is named after."""


@dataclass(frozen=True, slots=True)
class Unopened:
    """An answer that has not been looked into yet."""

    name: str
    answer: Known | Absent | Unknown


def settle(value: Any) -> Any:
    """Give the value behind an answer, or raise Touched."""
    if isinstance(value, Lacking):
        raise Touched(RECORD, f"the record has no {value.path}")
    if not isinstance(value, Unopened):
        return value
    match value.answer:
        case Known(value=found):
            return found
        case Absent():
            raise Touched(value.name, "it is absent")
        case Unknown(reason=reason):
            raise Touched(value.name, reason)


def look_into(holder: Loose, key: str, path: str) -> Any:
    """A field of a record by its exact name, or else by the one that differs in case alone."""
    found = key if key in holder else _alike(holder, key)
    if found is None:
        return Lacking(path)
    value = holder[found]
    return Loose(value) if isinstance(value, Mapping) else value


def _alike(holder: Loose, key: str) -> str | None:
    # GuardDuty writes `service.resourceRole` on EventBridge and `Service.ResourceRole` in its API.
    alike = [one for one in holder if one.lower() == key.lower()]
    return alike[0] if len(alike) == 1 else None
