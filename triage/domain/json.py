"""JSON as Python sees it, and the one canonical way to write it down."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Record = Mapping[str, Any]
"""A vendor's JSON object. Untrusted: any key may be missing, any value of any type."""


def canonical(value: object) -> bytes:
    """Write `value` as bytes that depend on its content alone.

    Keys sorted, no spaces, UTF-8 unescaped except lone surrogates, which are escaped so that
    anything a parser let through can be written. Raises ValueError for NaN and infinities.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", "backslashreplace")


def digest(body: bytes) -> str:
    """SHA-256 of `body` in lower-case hex: the name under which bytes are stored."""
    return hashlib.sha256(body).hexdigest()
