"""What every AWS operation is made of: its desk, all pages or none, and plain JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from triage.domain.evidence import Read

Call = Callable[..., Any]


class Cut(Exception):
    """There is more than we are willing to page through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an operation may use: `turn` waits for the API's budget before every request."""

    client: Callable[[str], Any]
    turn: Callable[[], None]
    pages: int


Operation = Callable[[Desk, Read], Mapping[str, Any]]
Arguments = Callable[[Read], Mapping[str, Any]]


def plain(value: Any) -> Any:
    """JSON as it is, times as text, without the response's metadata."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case dict():
            return {key: plain(one) for key, one in value.items() if key != "ResponseMetadata"}
        case list() | tuple():
            return [plain(one) for one in value]
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return value


def pages(desk: Desk, call: Call, token: str, **arguments: Any) -> Iterator[Mapping[str, Any]]:
    """Every page, or Cut."""
    following: dict[str, Any] = {}
    for _ in range(desk.pages):
        desk.turn()
        page = call(**arguments, **following)
        yield page
        if not page.get(token):
            return
        following = {token: page[token]}
    raise Cut


def every(desk: Desk, call: Call, token: str, key: str, **arguments: Any) -> list[Any]:
    """Every item of a member on every page, or Cut."""
    found = pages(desk, call, token, **arguments)
    return [plain(one) for page in found for one in member(page, key)]


def member(answer: Mapping[str, Any], key: str) -> Any:
    """A member that the service always gives, even when empty; without it the answer was cut."""
    if key not in answer:
        raise Cut
    return answer[key]


def members(service: str, method: str, arguments: Arguments, *names: str) -> Operation:
    """One request, in whose answer these members always are."""

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        answer = getattr(desk.client(service), method)(**arguments(read))
        return {name: plain(member(answer, name)) for name in names}

    return call


def text_of(read: Read, name: str) -> str:
    """One argument of the read, as text."""
    return str(read.argument(name))
