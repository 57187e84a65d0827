"""A folder of releases: each file is a set of playbooks and the signature that lets it decide.

    20261120T120000Z-5d41402abc4b.json
    {"by": "alice", "at": "2026-11-20T12:00:00+00:00", "because": "...", "signature": "-----BEGIN
     SSH SIGNATURE-----...", "files": {"storage/bucket.yaml": "playbook: ..."}}

The newest that holds decides. One that does not (a stranger's, a changed text, half a file) counts
for nothing, and says so. Files are only ever added; taking the newest away goes back to the one
before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from triage.adapters.files.problems import InvalidFile
from triage.domain.errors import Unverified
from triage.domain.json import canonical, digest
from triage.domain.person import People
from triage.domain.release import Release
from triage.ports.playbook_folder import FolderUnreadable
from triage.ports.verifier import Verifier

SUFFIX = ".json"
BYTES_MAX = 64 * 1024 * 1024
DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release that holds, and the playbook texts it is about, by path."""

    release: Release
    files: Mapping[str, str]


def newest(folder: Path, people: People, verifier: Verifier) -> tuple[Released | None, list[str]]:
    """Give the newest release that holds, and why each newer one does not."""
    problems: list[str] = []
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        try:
            return _read(path, people, verifier), problems
        except (InvalidFile, Unverified) as error:
            problems.append(f"{path.name} counts for nothing: {error}")
    return None, problems


def history(folder: Path, people: People, verifier: Verifier) -> list[tuple[Release | None, str]]:
    """Give every release, the newest first, or why a file is none."""
    found: list[tuple[Release | None, str]] = []
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        try:
            found.append((_read(path, people, verifier).release, ""))
        except (InvalidFile, Unverified) as error:
            found.append((None, f"{path.name}: {error}"))
    return found


def write_release(folder: Path, released: Released, signature: str) -> Path:
    """Add a release to the folder, whole or not at all. Raises InvalidFile."""
    release = released.release
    path = folder / _name(release)
    body = {
        "by": release.by,
        "at": release.at.isoformat(),
        "because": release.because,
        "signature": signature,
        "files": dict(released.files),
    }
    half = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        half.rename(path)
    except OSError as error:
        raise InvalidFile([f"{path}: {error.strerror or error}"]) from error
    return path


def _name(release: Release) -> str:
    return f"{release.at:%Y%m%dT%H%M%SZ}-{release.digest[:DIGITS]}{SUFFIX}"


def _read(path: Path, people: People, verifier: Verifier) -> Released:
    """Read one release. Raises InvalidFile or Unverified."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InvalidFile([f"it has more than {BYTES_MAX // 1024**2} MiB"])
        body = orjson.loads(path.read_bytes())
        released, signature = _released(body), str(body["signature"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InvalidFile([f"it is no release: {type(error).__name__}: {error}"]) from error
    release = released.release
    person = people.get(release.by)
    if person is None:
        raise Unverified(f"{release.by} is not listed in people.toml")
    verifier.verify(person, release.statement(), signature)
    if path.name != _name(release):
        raise InvalidFile([f"its name should be {_name(release)}"])
    return released


def _released(body: Mapping[str, Any]) -> Released:
    files = {str(path): str(text) for path, text in body["files"].items()}
    release = Release(
        digest=digest(canonical(files)),
        by=str(body["by"]),
        at=datetime.fromisoformat(str(body["at"])),
        because=str(body["because"]),
    )
    return Released(release=release, files=files)


class ReleasedPlaybooks:
    """The playbook folder port on the newest release that holds."""

    def __init__(self, folder: Path, people: People, verifier: Verifier) -> None:
        self._folder = folder
        self._people = people
        self._verifier = verifier

    def stamps(self) -> Mapping[str, str]:
        try:
            found = {path.name: path.stat() for path in self._folder.glob(f"*{SUFFIX}")}
        except OSError as error:
            raise FolderUnreadable(str(error)) from error
        return {
            name: f"{one.st_size}-{one.st_mtime_ns}-{one.st_ino}" for name, one in found.items()
        }

    def read(self) -> Mapping[str, str]:
        found, problems = newest(self._folder, self._people, self._verifier)
        if found is None:
            none = (
                f"{self._folder}: no set of playbooks is released yet; see triage playbook release"
            )
            raise FolderUnreadable("; ".join([none, *problems]))
        return found.files
