"""What checking playbooks found, kept between starts in one file of plain data.

Two lines of JSON: what wrote it and the hash of the second, then the entries. Whatever is wrong
with it (torn, of another version, not there) it is as if it were empty, and is written anew.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from triage.domain.json import digest

BYTES_MAX = 256 * 1024 * 1024


def read_remembered(path: Path, fingerprint: str) -> Mapping[str, Any]:
    """Read the entries that code of this fingerprint wrote; none when there are none. Never raises.

    The hash tells a torn file, not a forged one: the folder is the engine's own, like its store.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            return {}
        head, _, body = path.read_bytes().partition(b"\n")
        named = json.loads(head)
        if named != {"fingerprint": fingerprint, "sha256": digest(body)}:
            return {}
        entries: Any = orjson.loads(body)
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


def write_remembered(path: Path, fingerprint: str, entries: Mapping[str, Any]) -> bool:
    """Replace the file in one step; False when that is not possible, which harms nothing."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        body = json.dumps(dict(entries), allow_nan=False).encode("ascii")
        head = json.dumps({"fingerprint": fingerprint, "sha256": digest(body)}).encode("ascii")
        part.write_bytes(head + b"\n" + body)
        part.replace(path)
    except (OSError, TypeError, ValueError, RecursionError):
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return False
    return True
