"""What a log of everything that happened was like at one moment, and who vouches for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.domain.errors import TriageError
from triage.domain.json import canonical

LINE_BYTES_MAX = 64 * 1024
"""A head is less than a kibibyte; whatever is longer is none."""


class NoHead(TriageError):
    """Somebody put something else where heads are."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} is no head ({why})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first `size` leaves of a log; `root` is the tree's hash over them in hex."""

    log: str
    size: int
    root: str
    at: datetime

    def statement(self) -> bytes:
        """Write exactly what is signed."""
        return canonical(self._content())

    def _content(self) -> Mapping[str, Any]:
        return {"at": self.at.isoformat(), "log": self.log, "root": self.root, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head, a signature over its statement, and which key claims to have made it."""

    head: Head
    by: str
    signature: str

    def line(self) -> bytes:
        """Write it as one line of JSON, the newline included."""
        signed = {"by": self.by, "signature": self.signature}
        return canonical({**json.loads(self.head.statement()), **signed}) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One event of a case as the log names it: the hash in its case's chain covers all before."""

    case: str
    sequence: int
    hash: str

    def content(self) -> bytes:
        """Write exactly what is hashed into the tree."""
        return canonical([self.case, self.sequence, self.hash])


def signed_head(line: bytes, place: str) -> SignedHead:
    """Read a line that `line` wrote; whether the signature holds is another question.

    Raises NoHead.
    """
    if len(line) > LINE_BYTES_MAX:
        raise NoHead(place, "it is too long")
    try:
        return _signed(json.loads(line))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NoHead(place, type(error).__name__) from error


def _signed(content: Any) -> SignedHead:
    texts = [content[name] for name in ("log", "root", "by", "signature")]
    at, size = datetime.fromisoformat(content["at"]), content["size"]
    if not all(isinstance(one, str) for one in texts) or type(size) is not int or size < 0:
        raise TypeError
    if at.tzinfo is None:
        raise ValueError
    head = Head(log=texts[0], size=size, root=texts[1], at=at)
    return SignedHead(head=head, by=texts[2], signature=texts[3])
