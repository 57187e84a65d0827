"""The tests of many playbooks, side by side in several processes."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from triage.playbook.check import check
from triage.playbook.problem import Problem, Severity
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.coverage import Gap, cover
from triage.stages.rehearse import Rehearsal, rehearse

FILES_MIN: Final = 24
"""With fewer files, starting processes takes longer than they save."""
SHARES: Final = 4
"""Shares a process, so that none waits long for the slowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What became of one file: its problems, its tests, and what these leave out."""

    path: str
    name: str = ""
    problems: tuple[Problem, ...] = ()
    ran: tuple[Rehearsal, ...] = ()
    parts: int = 0
    gaps: tuple[Gap, ...] = ()

    @property
    def failed(self) -> bool:
        errors = any(one.severity is Severity.ERROR for one in self.problems)
        return errors or any(one.problem for one in self.ran)


def rehearsed(files: Mapping[str, str], processes: int | None = None) -> tuple[Sheet, ...]:
    """Check and test every file, in the order of their paths."""
    texts = sorted(files.items())
    many = processes or (len(os.sched_getaffinity(0)) if len(texts) >= FILES_MIN else 1)
    if many == 1:
        return tuple(_named_once([sheet(*one) for one in texts]))
    shares = many * SHARES
    parts = [texts[at::shares] for at in range(shares) if texts[at::shares]]
    with ProcessPoolExecutor(many, get_context("spawn")) as pool:
        found = [one for share in pool.map(_share, parts) for one in share]
    return tuple(_named_once(sorted(found, key=lambda one: one.path)))


def _share(texts: Sequence[tuple[str, str]]) -> list[Sheet]:
    return [sheet(*one) for one in texts]


def sheet(path: str, text: str) -> Sheet:
    """Check and test one file."""
    checked = check(path, text, VOCABULARY)
    if checked.playbook is None:
        return Sheet(path=path, problems=checked.problems)
    ran = rehearse(checked.playbook, VOCABULARY)
    found = cover(checked.playbook, ran)
    return Sheet(
        path=path,
        name=checked.playbook.name,
        problems=checked.problems,
        ran=ran,
        parts=found.parts,
        gaps=found.gaps(path, text),
    )


def _named_once(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """Two playbooks of one name are a problem of the second."""
    first: dict[str, str] = {}
    for one in sheets:
        other = first.setdefault(one.name, one.path) if one.name else one.path
        if other == one.path:
            yield one
        else:
            message = f"{one.name} is the name of {other} already"
            problem = Problem(path=one.path, rule="name-taken", message=message)
            yield Sheet(path=one.path, problems=(*one.problems, problem))
