"""Bytes to JSON, or one true sentence why not."""

import re
from collections.abc import Mapping

import orjson

from triage.domain.errors import Unreadable
from triage.intake.bounds import MESSAGE_BYTES_MAX, NESTING_MAX

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP_MAGIC = b"\x1f\x8b"
NOT_NUMBERS = re.compile(r"-?(?:NaN|Infinity)\b")
LONE_SURROGATE = "surrogate"
EMPTY = "empty"
COMPRESSED = "gzip-compressed bytes, not JSON; unpack the file before submitting it"
NUL_IN_TEXT = "a text holds the character NUL, which no store can keep as text"
TOO_DEEP = f"lists and objects are nested more than {NESTING_MAX} deep"


def parse(body: bytes, *, bytes_max: int = MESSAGE_BYTES_MAX) -> object:
    """Read one JSON document. Raises Unreadable for anything that is not one, and only that.

    Of a repeated key the last value counts, here and everywhere: there is one parser, so two
    readers can never see two different tickets in the same bytes.
    """
    _refuse_bytes(body, bytes_max)
    try:
        value: object = orjson.loads(body.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise Unreadable(_why(body, error)) from None
    _refuse_nesting(value)
    return value


def _refuse_bytes(body: bytes, bytes_max: int) -> None:
    if len(body) > bytes_max:
        msg = f"{len(body):,} bytes; at most {bytes_max:,} ({bytes_max >> 20} MiB) are read"
        raise Unreadable(msg)
    if not body.strip():
        raise Unreadable(EMPTY)
    if body.startswith(GZIP_MAGIC):
        raise Unreadable(COMPRESSED)
    if (nul := body.find(b"\0")) >= 0:
        msg = f"not JSON: byte {nul} is NUL"
        raise Unreadable(msg)


def _why(body: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as found:
        return f"not UTF-8: byte {found.start} is 0x{body[found.start]:02x} ({found.reason})"
    if NOT_NUMBERS.match(text, error.pos) or NOT_NUMBERS.match(text, max(error.pos - 1, 0)):
        return f"not JSON: NaN or Infinity at character {error.pos} is no JSON number"
    if "depth limit" in error.msg:
        return TOO_DEEP
    if LONE_SURROGATE in error.msg:
        return f"not Unicode: half a surrogate pair is escaped near character {error.pos}"
    return f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"


def _refuse_nesting(value: object) -> None:
    """Walk level by level, so that no depth of input can exhaust Python's own stack."""
    level = [value]
    for _ in range(NESTING_MAX + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise Unreadable(TOO_DEEP)


def _children(value: object) -> list[object]:
    """List the containers and texts right below; a NUL in a text is refused on the way."""
    items = _items(value)
    for item in items:
        if isinstance(item, str) and "\0" in item:
            raise Unreadable(NUL_IN_TEXT)
    return [item for item in items if isinstance(item, dict | list)]


def _items(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
