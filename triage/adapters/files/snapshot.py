"""The last snapshot of AWS Organizations, in a file of its own, so that it survives restarts."""

import os
from contextlib import suppress
from pathlib import Path

import orjson

from triage.domain.json import canonical
from triage.domain.snapshot import Snapshot, snapshot_as_json, snapshot_from_json


class SnapshotFile:
    """The snapshot keep port on one file, replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Snapshot | None:
        with suppress(OSError, KeyError, TypeError, ValueError, AttributeError):
            return snapshot_from_json(orjson.loads(self._path.read_bytes()))
        return None

    def keep(self, snapshot: Snapshot) -> None:
        written = self._path.with_suffix(f".{os.getpid()}.new")
        written.write_bytes(canonical(snapshot_as_json(snapshot)))
        written.replace(self._path)
