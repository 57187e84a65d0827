"""What those who write playbooks are told with: AWS's own models, and the files they sign in."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from triage.adapters.aws.apis import ServiceModels
from triage.adapters.files.playbooks import read_texts
from triage.adapters.files.problems import InvalidFile
from triage.adapters.system.clock import SystemClock
from triage.domain.api import Apis
from triage.playbook.lint_signatures import check_signatures
from triage.playbook.loader import load
from triage.playbook.permissions.difference import (
    Difference,
    Statement,
    difference,
    read_policy,
)
from triage.playbook.permissions.needs import Needs, needs
from triage.playbook.problem import Problem
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import VOCABULARY


@dataclass(frozen=True, kw_only=True)
class Linted:
    """How many playbooks are sound, and everything that is wrong with any file."""

    sound: int
    problems: tuple[Problem, ...]


def apis() -> Apis:
    """What AWS's calls take, from the models on this disk."""
    return ServiceModels()


def needed(playbooks: Iterable[Playbook]) -> Needs:
    """Which IAM actions the playbooks need."""
    return needs(playbooks, VOCABULARY, apis())


def compared(
    wanted: Iterable[str], paths: Iterable[Path], partition: str
) -> tuple[Difference, ...]:
    """How a role's policies differ from what is wanted. Raises InvalidFile."""
    statements = tuple(one for path in paths for one in _policy(path))
    return difference(wanted, statements, apis(), partition)


def _policy(path: Path) -> tuple[Statement, ...]:
    try:
        return read_policy(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidFile([f"{path}: {error.strerror or error}"]) from error
    except ValueError as error:
        raise InvalidFile([f"{path}: {error}"]) from error


def linted(files: Mapping[str, str], signatures: Path | None) -> Linted:
    """Check playbooks by their paths, API calls included, and signatures. Raises InvalidFile."""
    loaded = load(files, replace(VOCABULARY, apis=apis()))
    texts = read_texts(signatures) if signatures else {}
    now = SystemClock().now()
    found = [one for path, text in texts.items() for one in check_signatures(path, text, now)]
    return Linted(sound=len(loaded.playbooks), problems=(*loaded.problems, *found))
