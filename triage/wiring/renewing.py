"""Wiring of playbooks that change while the engine runs, released or just written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
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
from triage.engine.shadow import Compared, Shadow
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.ports.playbook_folder import FolderUnreadable
from triage.remediations.vocabulary import VOCABULARY
from triage.settings import Settings
from triage.wiring.remembering import remember

PART = "playbooks"
BESIDE = "playbooks that wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """What looks for other playbooks now and then: those that decide, those that wait."""

    reloader: Reloader
    candidate: Candidate | None
    shadow: Shadow
    told: Callable[[Compared], object]

    def step(self) -> int:
        """Look, if it is time."""
        done = self.reloader.step()
        if self.candidate is not None:
            self.candidate.step()
        return done

    def judge(self) -> int:
        """Let the set that waits judge what was decided, if there is one and it is time."""
        found = self.shadow.step()
        for one in found:
            self.told(one)
        return len(found)

    def note(self) -> str:
        """What keeps the newest playbooks from deciding; empty when nothing does."""
        waiting = self.candidate.note if self.candidate else ""
        told = (self.reloader.note(), waiting, self.shadow.note() if waiting else "")
        return "; ".join(one for one in told if one)


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
    shadow = Shadow(clock=clock)
    candidate = Candidate(
        folder=written,
        vocabulary=VOCABULARY,
        clock=clock,
        every=every,
        deciding=lambda: reloader.current,
        told=lambda note: log.info("playbooks.waiting", note=note or "nothing waits"),
        waits=shadow.put,
    )
    return Renewing(
        reloader=reloader,
        candidate=candidate if release else None,
        shadow=shadow,
        told=partial(_tell_compared, log, metrics),
    )


def _tell_compared(log: Any, metrics: Metrics, one: Compared) -> None:
    metrics.waiting(one.kind)
    if one.flip is not None:
        before, after = one.flip.before.told, one.flip.after.told
        log.info("playbooks.would_differ", case=one.case, decided=before, waiting=after)
    elif one.error:
        log.warning("playbooks.waiting_failed", case=one.case, error=one.error)


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
