"""Wiring of playbooks that change while the engine runs, released or just written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from triage.adapters.files.people import read_people
from triage.adapters.files.playbook_folder import FilePlaybooks
from triage.adapters.files.playbooks import read_playbooks
from triage.adapters.files.problems import InvalidFile
from triage.adapters.files.releases import ReleasedPlaybooks
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.person import People
from triage.engine.reload import Candidate, Reloader, Renewal, Renewed
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.ports.playbook_folder import FolderUnreadable
from triage.remediations.vocabulary import VOCABULARY
from triage.remembering import remember
from triage.settings import Settings

PART = "playbooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """What looks for other playbooks now and then: those that decide, those that wait."""

    reloader: Reloader
    candidate: Candidate | None

    def step(self) -> int:
        """Look, if it is time."""
        done = self.reloader.step()
        if self.candidate is not None:
            self.candidate.step()
        return done

    def note(self) -> str:
        """What keeps the newest playbooks from deciding; empty when nothing does."""
        waiting = self.candidate.note if self.candidate else ""
        return "; ".join(one for one in (self.reloader.note(), waiting) if one)


def released(found: Settings) -> ReleasedPlaybooks | None:
    """The newest release; None where none is asked for. Raises InvalidFile."""
    if found.paths.releases is None:
        return None
    listed = read_people(found.paths.people) if found.paths.people else People()
    return ReleasedPlaybooks(found.paths.releases, listed, SshVerifier())


def deciding(found: Settings, folder: Path) -> Mapping[str, str]:
    """Texts of the playbooks that decide, by path. Raises InvalidFile."""
    release = released(found)
    if release is None:
        return read_playbooks(folder)
    try:
        return release.read()
    except FolderUnreadable as error:
        raise InvalidFile([str(error)]) from error


def renewing(
    found: Settings, folder: Path, rulebook: Rulebook, ports: tuple[Clock, Metrics]
) -> Renewing:
    """Look for other playbooks than those in force. Raises InvalidFile."""
    clock, metrics = ports
    release = released(found)
    written = FilePlaybooks(folder)
    every = timedelta(seconds=found.worker.reload_seconds)
    log = structlog.get_logger()

    def told(renewal: Renewal) -> None:
        _tell(log, metrics, renewal)
        if isinstance(renewal, Renewed):
            rulebook.rewrite(renewal.files, renewal.loaded)
            remember(renewal.loaded, found.paths.data)

    reloader = Reloader(
        folder=release or written,
        vocabulary=VOCABULARY,
        clock=clock,
        current=rulebook.current().loaded,
        told=told,
        every=every,
    )
    candidate = Candidate(
        folder=written,
        clock=clock,
        every=every,
        deciding=lambda: reloader.current.digest,
        told=lambda note: log.info("playbooks.waiting", note=note or "nothing waits"),
    )
    return Renewing(reloader=reloader, candidate=candidate if release else None)


def _tell(log: Any, metrics: Metrics, renewal: Renewal) -> None:
    if isinstance(renewal, Renewed):
        count, name = len(renewal.loaded.playbooks), renewal.loaded.digest
        log.info("playbooks.renewed", digest=name, playbooks=count)
        metrics.reloaded("renewed")
    elif renewal.problems:
        log.warning("playbooks.refused", problems=list(renewal.problems))
        metrics.reloaded("refused")
    else:
        log.info("playbooks.mended")
