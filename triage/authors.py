"""What those who write playbooks are told with: AWS's own models, and the files they sign in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from triage.adapters.aws.apis import ServiceModels
from triage.adapters.files.playbooks import read_texts
from triage.adapters.system.clock import SystemClock
from triage.domain.api import Apis
from triage.playbook.lint_signatures import check_signatures
from triage.playbook.loader import load
from triage.playbook.problem import Problem
from triage.playbook.vocabulary import VOCABULARY


@dataclass(frozen=True, kw_only=True)
class Linted:
    """How many playbooks are sound, and everything that is wrong with any file."""

    sound: int
    problems: tuple[Problem, ...]


def apis() -> Apis:
    """What AWS's calls take, from the models on this disk."""
    return ServiceModels()


def linted(files: Mapping[str, str], signatures: Path | None) -> Linted:
    """Check playbooks by their paths, API calls included, and signatures. Raises InvalidFile."""
    loaded = load(files, replace(VOCABULARY, apis=apis()))
    texts = read_texts(signatures) if signatures else {}
    now = SystemClock().now()
    found = [one for path, text in texts.items() for one in check_signatures(path, text, now)]
    return Linted(sound=len(loaded.playbooks), problems=(*loaded.problems, *found))
