"""Reading the archive bit by bit: one bounded step at a time, again and again.

A pass looks at every key in order. Where CloudTrail delivered the files, what is older than the
day before the newest is known already and skipped, so that a pass costs about two listings an
account and Region. A file that cannot be fetched is tried again on the next pass; one that makes
no sense is tried again only when it changes; one that changes after it was read is in doubt from
then on, because CloudTrail never rewrites a file.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from triage.adapters.archive.index import Index, Known, State, digest_of
from triage.adapters.archive.layout import day_before, delivery, is_trail_file, series
from triage.adapters.archive.limits import ArchiveLimits
from triage.adapters.archive.trail_file import UnreadableFile, read_trail_file
from triage.ports.clock import Clock
from triage.ports.object_store import ObjectStore, Stored, Unreachable


class Indexer:
    """Fills the index from an object store. `whole` skips nothing."""

    def __init__(
        self,
        store: ObjectStore,
        index: Index,
        clock: Clock,
        limits: ArchiveLimits,
        *,
        whole: bool = False,
    ) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._limits = limits
        self._whole = whole
        self._after = ""
        self._began: datetime | None = None
        self._due: datetime | None = None
        self._resume: dict[str, str] = {}
        self.problem = ""

    def step(self) -> int:
        """Look at some files; how many. 0 when a pass is over, or the next one is not due yet."""
        if self._began is None and not self._begin():
            return 0
        try:
            found = self._store.list(after=self._after, at_most=self._limits.page_keys)
        except Unreachable as error:
            self._index.stuck(str(error))
            return self._rest(str(error))
        if self._page(found) and len(found) < self._limits.page_keys and self._began is not None:
            self._index.passed(self._began)
            return self._rest("")
        return max(len(found), 1)

    def _begin(self) -> bool:
        now = self._clock.now()
        if self._due is not None and now < self._due:
            return False
        self._began, self._after = now, ""
        self._resume.clear()
        for key in self._index.failed(at_most=self._limits.files_per_step):
            known = self._index.known([key])
            self._read(Stored(key=key, size=0, tag=""), known.get(key))
        return True

    def _rest(self, problem: str) -> int:
        self._began, self.problem = None, problem
        self._due = self._clock.now() + timedelta(seconds=self._limits.seconds_between_passes)
        return 0

    def _page(self, found: Sequence[Stored]) -> bool:
        """Look at files in order; False when the step ended before the page did."""
        known = self._index.known([stored.key for stored in found])
        left = self._limits.files_per_step
        for stored in found:
            if stored.key < (resume := self._skip_to(stored.key)):
                self._after = resume
                return False
            left -= self._look(stored, known.get(stored.key))
            self._after = stored.key
            if not left:
                return False
        return True

    def _skip_to(self, key: str) -> str:
        """Where a series goes on; "" where it has to be looked at from its beginning."""
        found = None if self._whole else series(key)
        if found is None:
            return ""
        if found not in self._resume:
            newest = self._index.newest(found)
            self._resume[found] = day_before(newest) if newest else ""
        return self._resume[found]

    def _look(self, stored: Stored, known: Known | None) -> bool:
        """Read a file that is new or has changed; False when there was nothing to do."""
        settled = known is not None and known.state != State.FAILED and known.tag == stored.tag
        if settled or not is_trail_file(stored.key):
            return False
        self._read(stored, known)
        return True

    def _read(self, stored: Stored, known: Known | None) -> None:
        try:
            body = self._store.read(stored.key, at_most=self._limits.file_bytes + 1)
        except Unreachable as error:
            self._index.note(stored, State.FAILED, str(error))
            return
        if known is not None and known.digest not in {"", digest_of(body)}:
            reason = "it changed after it was read; CloudTrail never rewrites a file"
            self._index.note(stored, State.CHANGED, reason)
            return
        try:
            found = read_trail_file(body, delivery(stored.key), self._limits)
        except UnreadableFile as error:
            self._index.note(stored, State.UNREADABLE, str(error))
            return
        # Readers never raise anything else; should one ever, its file is in doubt.
        except Exception as error:  # noqa: BLE001
            reason = f"the reader failed on it ({type(error).__name__})"
            self._index.note(stored, State.UNREADABLE, reason)
            return
        self._index.read(stored, body, found)
