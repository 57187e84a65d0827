"""What those who write playbooks are told with: AWS's own models, and the files they sign in."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triage.adapters.aws.apis import ServiceModels
from triage.adapters.files.playbooks import found_playbooks, read_texts
from triage.adapters.files.problems import InvalidFile
from triage.adapters.system.clock import SystemClock
from triage.domain.api import Apis
from triage.domain.errors import TriageError
from triage.playbook.cacao import cacao
from triage.playbook.check import check
from triage.playbook.ground import kinds_asked
from triage.playbook.imports.from_detection import playbook_of
from triage.playbook.lint_signatures import check_signatures
from triage.playbook.loader import Loaded, load
from triage.playbook.permissions.difference import (
    Difference,
    Statement,
    difference,
    read_policy,
)
from triage.playbook.permissions.needs import Needs, needs
from triage.playbook.problem import Problem
from triage.playbook.syntax import Playbook
from triage.playbook.writing.layout import Unwritable
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.inventory import KIND as SILENCER


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """How many files there are, what those that change become, and why others cannot."""

    files: int
    texts: Mapping[Path, str]
    problems: tuple[str, ...]


class NotInstalled(TriageError):
    """A command needs a library that an extra brings."""

    exit_code = 3

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed; `pip install 'triage-engine[{extra}]'` brings it"
        )


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


def from_sigma(path: Path, owner: str) -> str:
    """Write a playbook from a Sigma rule. Raises InvalidFile, Inexpressible or NotInstalled."""
    try:
        from triage.adapters.sigma.rule import read_sigma
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sigma":
            raise
        raise NotInstalled("pySigma", "sigma") from error
    written = playbook_of(read_sigma(str(path), _text(path)), owner)
    checked = check(str(path), written, VOCABULARY)
    if checked.playbook is None:
        raise InvalidFile([f"{path}: {one.message}" for one in checked.problems])
    return written


def as_cacao(playbook: Playbook) -> Mapping[str, Any]:
    """Write a playbook as CACAO."""
    return cacao(playbook, VOCABULARY, SystemClock().now())


def rewritten(path: Path, rewrite: Callable[[str], str]) -> Rewritten:
    """What files would become, where that is something else. Raises InvalidFile."""
    files = found_playbooks(path)
    texts: dict[Path, str] = {}
    problems: list[str] = []
    for one in files:
        # The ends of its lines are seen as they are.
        before = _text(one, newline="")
        try:
            after = rewrite(before)
        except Unwritable as error:
            problems.append(f"{one}: {error}")
            continue
        if after != before:
            texts[one] = after
    return Rewritten(files=len(files), texts=texts, problems=tuple(problems))


def _text(path: Path, newline: str | None = None) -> str:
    try:
        with path.open(encoding="utf-8", newline=newline) as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile([f"{path}: {getattr(error, 'strerror', None) or error}"]) from error


def _policy(path: Path) -> tuple[Statement, ...]:
    try:
        return read_policy(json.loads(_text(path)))
    except ValueError as error:
        raise InvalidFile([f"{path}: {error}"]) from error


def linted(files: Mapping[str, str], signatures: Path | None, documents: Iterable[str]) -> Linted:
    """Check playbooks by their paths, API calls included, and signatures. Raises InvalidFile.

    `documents` are the runbooks that the operator allows.
    """
    loaded = load(files, replace(VOCABULARY, apis=apis(), documents=frozenset(documents)))
    texts = read_texts(signatures) if signatures else {}
    now = SystemClock().now()
    kinds = _kinds(loaded) if len(files) > 1 else frozenset[str]()
    found = [
        one for path, text in texts.items() for one in check_signatures(path, text, now, kinds)
    ]
    return Linted(sound=len(loaded.playbooks), problems=(*loaded.problems, *found))


def _kinds(loaded: Loaded) -> frozenset[str]:
    """Every kind of signature that anything asks for; one playbook alone does not tell."""
    conditions = [rule.when for one in loaded.playbooks for rule in one.rules if rule.when]
    return frozenset({SILENCER}.union(*map(kinds_asked, conditions)))
