"""What AWS's own models say of a call, as values: which parameters there are and what they take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What may stand at one place.

    `kind` is structure, list, map, string, integer, long, float, double, boolean, blob or
    timestamp, or any where nothing is said. `members` are those of a structure; `of` is what a
    list or a map holds. `words` are all there are where the list of them is closed. `least` and
    `most` bound a number, a length or a count.
    """

    kind: str
    members: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    of: "Shape | None" = None
    words: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


ANY = Shape(kind="any")
"""Nothing is known, so nothing is wrong."""


class Apis(Protocol):
    """AWS's services by the names boto3 gives them: `s3`, `put_bucket_policy`."""

    def services(self) -> Iterable[str]:
        """Every service there is."""

    def operations(self, service: str) -> Iterable[str]:
        """Every operation of a service, as boto3 names its methods; none if there is no such."""

    def name(self, service: str, operation: str) -> str | None:
        """What AWS itself calls an operation: `PutBucketPolicy`; None when there is no such."""

    def takes(self, service: str, operation: str) -> Shape | None:
        """What an operation takes; None when there is no such operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call a fix makes: `s3.put_bucket_policy` and its parameters.

    A text that is exactly "{name}" stands for what the playbook gives under that name, or what
    the fix fills in; nothing is known of it beforehand.
    """

    call: str
    parameters: object = field(default_factory=dict)
