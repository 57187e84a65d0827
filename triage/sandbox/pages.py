"""Page tokens: opaque, and good only for the request that earned them."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from triage.domain.json import digest
from triage.sandbox.call import Refused

TOKENS = frozenset({"NextToken", "nextToken", "Marker", "ContinuationToken"})
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items, and the token for the rest, if there is a rest."""

    items: Sequence[Item]
    token: str | None


def _fingerprint(parameters: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in parameters.items() if name not in TOKENS}
    return digest(json.dumps(asked, sort_keys=True, default=str).encode())[:16]


def _write(offset: int, parameters: Mapping[str, Any]) -> str:
    plain = json.dumps([offset, _fingerprint(parameters)])
    return base64.urlsafe_b64encode(plain.encode()).decode()


def start_of(parameters: Mapping[str, Any], *, refusal: str) -> int:
    """Return where the asked page starts.

    Raises Refused with the code `refusal` for a token of another request, or of nobody.
    """
    token = next((parameters[name] for name in TOKENS if parameters.get(name)), None)
    if token is None:
        return 0
    try:
        offset, asked = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, binascii.Error, TypeError) as error:
        raise Refused(code=refusal, message="The token is not valid.") from error
    if asked != _fingerprint(parameters):
        raise Refused(code=refusal, message="The token belongs to a request with other parameters.")
    return int(offset)


def page_of(
    items: Sequence[Item], parameters: Mapping[str, Any], *, size: int, refusal: str
) -> Page[Item]:
    """Return the asked page of `size` items. Raises Refused as start_of does."""
    start = start_of(parameters, refusal=refusal)
    return cut(items, parameters, start=start, end=start + size)


def cut(
    items: Sequence[Item], parameters: Mapping[str, Any], *, start: int, end: int
) -> Page[Item]:
    """Return items from `start` to before `end`, with a token when more follow."""
    token = _write(end, parameters) if end < len(items) else None
    return Page(items=items[start:end], token=token)
