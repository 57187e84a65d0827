"""Playbooks that change while the engine runs: a whole new set, or the last good one.

A set is read, checked and indexed beside the one in use, and takes its place in one assignment;
nobody ever sees a part of it. Anything wrong with it, and the old one stays, and says so. Where
sets have to be released, what is read is the newest release, and a `Candidate` says what waits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.json import canonical, digest
from triage.playbook.loader import Loaded, load
from triage.playbook.problem import Severity
from triage.playbook.vocabulary import Vocabulary
from triage.ports.clock import Clock
from triage.ports.playbook_folder import FolderUnreadable, PlaybookFolder

SHOWN_MAX = 3
"""Problems that are spelt out in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A sound set that differs from the one in use, and the texts it was read from, by path."""

    loaded: Loaded
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The set in use stays; `problems` say what is wrong with what is there now, if anything."""

    problems: tuple[str, ...] = ()


Renewal = Renewed | Kept


def renew(current: Loaded, files: Mapping[str, str], vocabulary: Vocabulary) -> Renewal:
    """Judge what is in the folder now. Pure; what did not change is not checked again."""
    if digest(canonical(dict(files))) == current.digest:
        return Kept()
    if not files and current.playbooks:
        # More likely a folder that is being replaced, or is not mounted, than a wish.
        return Kept(problems=("there is no playbook any more",))
    loaded = load(files, vocabulary, current.entries)
    errors = [str(one) for one in loaded.problems if one.severity is Severity.ERROR]
    return Kept(problems=tuple(errors)) if errors else Renewed(loaded=loaded, files=files)


@dataclass(kw_only=True)
class Reloader:
    """Looks at the folder now and then. One thread calls `step`; any may read the rest.

    `told` hears of every renewal and of every change of what is wrong: to log, to count, and to
    put the new set to use.
    """

    folder: PlaybookFolder
    vocabulary: Vocabulary
    clock: Clock
    current: Loaded
    told: Callable[[Renewal], object]
    every: timedelta = timedelta(seconds=10)
    problems: tuple[str, ...] = ()
    _stamps: Mapping[str, str] | None = None
    _next: datetime | None = None

    def note(self) -> str:
        """What keeps the newest playbooks from being used; empty when nothing does."""
        if not self.problems:
            return ""
        more = len(self.problems) - SHOWN_MAX
        shown = "; ".join(self.problems[:SHOWN_MAX]) + (f"; and {more} more" if more > 0 else "")
        return f"the last good playbooks stay in use: {shown}"

    def step(self) -> int:
        """Look, if it is time; 1 when a new set took the place of the old one."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + self.every
        try:
            renewal = self._look()
        except FolderUnreadable as error:
            self._stamps = None
            renewal = Kept(problems=(str(error),))
        return self._settle(renewal) if renewal is not None else 0

    def _look(self) -> Renewal | None:
        """None when nothing changed, or while it is changing: then the next look tells."""
        stamps = dict(self.folder.stamps())
        if stamps == self._stamps:
            return None
        files = self.folder.read()
        if dict(self.folder.stamps()) != stamps:
            return None
        self._stamps = stamps
        return renew(self.current, files, self.vocabulary)

    def _settle(self, renewal: Renewal) -> int:
        if isinstance(renewal, Renewed):
            self.current = renewal.loaded
            self.problems = ()
            self.told(renewal)
            return 1
        if renewal.problems != self.problems:
            self.problems = renewal.problems
            self.told(renewal)
        return 0


@dataclass(kw_only=True)
class Candidate:
    """Playbooks as people are changing them, next to those that are released and decide.

    `told` hears whenever there is something else to say, `waits` of every other set that waits:
    None when there is none, or none without an error.
    """

    folder: PlaybookFolder
    vocabulary: Vocabulary
    clock: Clock
    deciding: Callable[[], Loaded]
    told: Callable[[str], object]
    waits: Callable[[Loaded | None], object]
    every: timedelta = timedelta(seconds=10)
    note: str = ""
    _stamps: Mapping[str, str] | None = None
    _files: Mapping[str, str] = field(default_factory=dict)
    _digest: str = ""
    _waiting: str = ""
    _next: datetime | None = None

    def step(self) -> None:
        """See, if it is time, whether what is in the folder is what decides."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return
        self._next = now + self.every
        try:
            note = self._compared()
        except FolderUnreadable as error:
            self._stamps = None
            note = f"the playbooks to release cannot be read: {error}"
        if note != self.note:
            self.note = note
            self.told(note)

    def _compared(self) -> str:
        stamps = dict(self.folder.stamps())
        if stamps != self._stamps:
            self._files = dict(self.folder.read())
            self._digest = digest(canonical(self._files))
            self._stamps = stamps
        deciding = self.deciding()
        if self._digest == deciding.digest:
            self._wait("", None)
            return ""
        if self._digest != self._waiting:
            loaded = load(self._files, self.vocabulary, deciding.entries)
            self._wait(self._digest, loaded if loaded.sound else None)
        return (
            f"changed playbooks ({self._digest[:12]}) wait for their release, and those released "
            f"last ({deciding.digest[:12]}) decide; triage playbook release --show tells the "
            "difference, triage playbook waiting what it comes to"
        )

    def _wait(self, name: str, loaded: Loaded | None) -> None:
        if name != self._waiting:
            self._waiting = name
            self.waits(loaded)
