"""A detection that somebody else wrote: what has to hold in one event, and what it means."""

from dataclasses import dataclass
from typing import TypeAlias

from triage.domain.errors import TriageError

Place = tuple[int, int]


class Inexpressible(TriageError):
    """A detection says something that a playbook cannot; tells where and why."""

    def __init__(self, path: str, place: Place, why: str) -> None:
        super().__init__(f"{path}:{place[0]}:{place[1]}  {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One comparison of one field, given by its dotted path.

    `word` is equals, prefix, suffix, contains, wildcard, null, exists, cidr or numeric; the value
    of a wildcard holds unescaped asterisks, that of numeric is an operator and a number. `cased`
    texts compare upper and lower case.
    """

    field: str
    word: str
    value: object
    cased: bool
    place: Place


@dataclass(frozen=True, slots=True)
class All:
    """All of these hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class No:
    """This does not hold."""

    part: "Condition"


Condition: TypeAlias = Compared | All | Some | No


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A detection over CloudTrail events. `level` is critical, high, medium, low or empty."""

    path: str
    id: str
    title: str
    description: str
    level: str
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    condition: Condition
