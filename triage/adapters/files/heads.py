"""Heads in a file, one a line, only ever appended to; best on a disk that others guard."""

import os
from collections.abc import Iterator
from pathlib import Path

from triage.domain.head import LINE_BYTES_MAX, SignedHead
from triage.ports.head_keeper import Unkept

MODE = 0o640


class HeadFile:
    """The head keeper port on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def keep(self, signed: SignedHead) -> None:
        try:
            self._append(signed.line())
        except OSError as error:
            raise Unkept(self.place, error.strerror or str(error)) from error

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(self._path, flags, MODE), "r+b", buffering=0) as file:
            # A line that a crash cut short stays by itself.
            torn = (
                file.seek(0, os.SEEK_END) and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n"
            )
            file.write(b"\n" + line if torn else line)
            os.fsync(file.fileno())

    def kept(self, *, beyond: int = -1) -> Iterator[tuple[str, bytes]]:
        del beyond  # a file is read whole
        if not self._path.exists():
            return
        try:
            with self._path.open("rb") as file:
                yield from self._lines(iter(lambda: file.readline(LINE_BYTES_MAX + 1), b""))
        except OSError as error:
            raise Unkept(self.place, error.strerror or str(error)) from error

    def _lines(self, lines: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"{self._path}:{number}", line
