"""Playbooks that were checked before are not checked again: what was found is kept on disk."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from triage import __version__
from triage.adapters.files.remembered import read_remembered, write_remembered
from triage.domain.json import digest
from triage.playbook.loader import Loaded, load
from triage.remediations.vocabulary import VOCABULARY

PLAYBOOKS = "playbooks.json"


def remembering(files: Mapping[str, str], data: Path) -> Loaded:
    """Check playbooks, but for those that this same code found sound or not before."""
    entries = read_remembered(data / PLAYBOOKS, code_fingerprint())
    loaded = load(files, VOCABULARY, entries)
    if loaded.entries != entries:
        remember(loaded, data)
    return loaded


def remember(loaded: Loaded, data: Path) -> None:
    """Keep what was found, if there is a folder to keep it in."""
    if data.is_dir():
        write_remembered(data / PLAYBOOKS, code_fingerprint(), loaded.entries)


def code_fingerprint() -> str:
    """Name the code that checks playbooks: another version of it may find something else."""
    root = Path(str(resources.files("triage")))
    found = [
        f"{path.relative_to(root)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for name in ("playbook", "questions", "remediations", "domain")
        for path in sorted((root / name).rglob("*.py"))
    ]
    return digest("\n".join([__version__, *found]).encode())
