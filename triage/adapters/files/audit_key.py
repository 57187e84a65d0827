"""The secret of the sampling draw, as a file that only its owner may read."""

import os
import secrets
from pathlib import Path

from triage.domain.errors import TriageError

NAME = "audit.key"
BYTES = 32
FOR_ME = 0o600
OTHERS = 0o077


class OpenKey(TriageError):
    """Whoever can read the key knows which closes nobody will look at."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} can be read by others; `chmod 600 {path}`, or make another one")


class EmptyKey(TriageError):
    """The file was cut off."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} holds no key; restore it, or delete it to have another one made")


def audit_key(folder: Path) -> tuple[bytes, bool]:
    """The key of this folder, and whether it was made just now. Raises OpenKey and EmptyKey."""
    path = folder / NAME
    try:
        return _read(path), False
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    made = _made(path)
    return _read(path), made


def _made(path: Path) -> bool:
    """Make it whole or not at all; False where another process was faster."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_ME)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, it leaves one that is there
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _read(path: Path) -> bytes:
    key = path.read_bytes().strip()
    if path.stat().st_mode & OTHERS:
        raise OpenKey(path)
    if not key:
        raise EmptyKey(path)
    return key
