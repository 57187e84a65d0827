"""A folder as an object store."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from triage.ports.object_store import Stored, Unreachable

DEPTH_MAX = 32


class FolderObjects:
    """The object store port on a folder; links to folders are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        return str(self._folder)

    def list(self, *, after: str, at_most: int) -> Sequence[Stored]:
        try:
            return list(islice(_below(self._folder, "", after, DEPTH_MAX), at_most))
        except OSError as error:
            raise Unreachable(self.place, error.strerror or str(error)) from error

    def read(self, key: str, *, at_most: int) -> bytes:
        try:
            with (self._folder / key).open("rb") as file:
                return file.read(at_most)
        except OSError as error:
            raise Unreachable(key, error.strerror or str(error)) from error

    def write(self, key: str, body: bytes) -> None:
        path = self._folder / key
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, body)
        except OSError as error:
            raise Unreachable(key, error.strerror or str(error)) from error

    def close(self) -> None:
        """Nothing is held open."""


def _replace(path: Path, body: bytes) -> None:
    """Write beside, and rename; a reader sees all of it or what was there before."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _below(folder: Path, above: str, after: str, depth: int) -> Iterator[Stored]:
    """Files in the order of their keys; folders wholly before `after` are not entered."""
    for key, entry in _entries(folder, above):
        if key.endswith("/"):
            wholly_before = key < after and not after.startswith(key)
            if depth and not wholly_before:
                yield from _below(Path(entry.path), key, after, depth - 1)
        elif key > after and entry.is_file():
            found = entry.stat()
            tag = f"{found.st_size}-{found.st_mtime_ns}"
            yield Stored(key=key, size=found.st_size, tag=tag)


def _entries(folder: Path, above: str) -> list[tuple[str, os.DirEntry[str]]]:
    # A folder sorts by its name and the slash that follows it in every key below.
    with os.scandir(folder) as entries:
        named = [
            (above + entry.name + "/" * entry.is_dir(follow_symlinks=False), entry)
            for entry in entries
        ]
    return sorted(named, key=lambda one: one[0].encode("utf-8", "surrogateescape"))
