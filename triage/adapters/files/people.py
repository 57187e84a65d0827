"""people.toml: who may say what a ticket was.

[people.alice]
keys = ["ssh-ed25519 AAAA... alice"]
email = "alice@example.com"
manager = "carol"
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.adapters.files.problems import InvalidFile, read_toml, tables, unknown_keys
from triage.domain.person import People, Person

KEYS = ("keys", "email", "manager")


def read_people(path: Path) -> People:
    """Read everyone. Raises InvalidFile."""
    content = read_toml(path)
    problems = unknown_keys(path, "the file", content, ["people"])
    people = tables(path, content, "people")
    for name, one in people.items():
        problems += _problems(path, name, one, people)
    if problems:
        raise InvalidFile(problems)
    return People(people={name: _person(name, one) for name, one in people.items()})


def _problems(path: Path, name: str, one: Any, people: Mapping[str, Any]) -> list[str]:
    if not isinstance(one, dict):
        return [f"{path}: people.{name} is a table of keys, email and manager"]
    problems = unknown_keys(path, f"people.{name}", one, KEYS)
    keys = one.get("keys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        problems.append(f"{path}: people.{name}.keys is a list of OpenSSH public keys")
    manager = one.get("manager")
    if manager is not None and manager not in people:
        problems.append(f"{path}: people.{name}.manager is {manager!r}, who is not listed")
    return problems


def _person(name: str, one: Mapping[str, Any]) -> Person:
    return Person(
        name=name,
        keys=tuple(one.get("keys", ())),
        email=str(one.get("email", "")),
        manager=str(one.get("manager", "")),
    )
