"""A folder of playbooks, and the model beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from triage.adapters.files.problems import InvalidFile

SUFFIXES = frozenset({".yaml", ".yml"})
TEXTS = SUFFIXES | {".toml"}
FILES_MAX = 20_000
BYTES_MAX = 256 * 1024


def read_playbooks(folder: Path) -> Mapping[str, str]:
    """Read the text of every playbook by its path below `folder`. Raises InvalidFile."""
    if folder.is_file():
        return {folder.name: _text(folder)}
    return {str(path.relative_to(folder)): _text(path) for path in found_playbooks(folder)}


def read_texts(place: Path) -> Mapping[str, str]:
    """Read a file, or every TOML and YAML file of a folder, by path. Raises InvalidFile."""
    if not place.is_dir():
        return {str(place): _text(place)}
    found = sorted(path for path in place.rglob("*") if path.suffix in TEXTS)[:FILES_MAX]
    return {str(path): _text(path) for path in found}


def found_playbooks(folder: Path) -> list[Path]:
    """List the files, in order; `folder` may be one of them. Raises InvalidFile."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InvalidFile([f"{folder}: there is no such folder of playbooks"])
    root = folder.resolve()
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)[:FILES_MAX]
    outside = [path for path in found if not path.resolve().is_relative_to(root)]
    if outside:
        raise InvalidFile(f"{path}: it leads out of {folder}" for path in outside)
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InvalidFile([f"{path}: a playbook has at most {BYTES_MAX // 1024} KiB"])
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile([f"{path}: {error}"]) from error


def read_model(path: Path) -> Mapping[str, Any]:
    """Read a model's JSON. Raises InvalidFile."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InvalidFile([f"{path}: {error}"]) from error
    if not isinstance(content, dict):
        raise InvalidFile([f"{path}: a model is a JSON object"])
    return content
