"""What people said of tickets before: read from the record now and then, and remembered.

Only verdicts that would teach count (judgement/labels.py): signed by who is listed today, blind or
on a drawn close, one an incident. The first look reads 90 days, later ones the cases that changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from threading import Lock

from triage.domain.account import Organisation
from triage.domain.case import CaseId
from triage.domain.errors import TriageError
from triage.domain.person import People
from triage.domain.verdict import Verdict
from triage.engine.labelling import Seen, of_case, signed_by
from triage.engine.past import VERDICT
from triage.judgement.history import WINDOW, Past, Remembered
from triage.judgement.labels import Label, usable
from triage.ports import history
from triage.ports.clock import Clock
from triage.ports.verifier import Verifier

EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=5)
"""A look begins this long before the last one did: what was then being written is read again."""
About = tuple[str, str]
"""The finding type and the account that a verdict is about."""


@dataclass(kw_only=True)
class Earlier:
    """Remembers verdicts, at most five minutes behind. Safe to ask from several threads.

    While one thread reads, others are told what was known before; only the first look is waited
    for, since without it every ticket would look as if nothing like it had ever been real.
    """

    record: history.History
    organisation: Callable[[], Organisation]
    people: Callable[[], People]
    verifier: Verifier
    clock: Clock
    _reading: Lock = field(default_factory=Lock, init=False)
    _told: dict[CaseId, Mapping[Label, About]] = field(default_factory=dict, init=False)
    _listed: People | None = field(default=None, init=False)
    _known: Remembered | None = field(default=None, init=False)
    _next: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    def remembered(self) -> Remembered:
        """What was said before now, or five minutes ago at most."""
        known, now = self._known, self.clock.now()
        if known is not None and now < self._next:
            return known
        if not self._reading.acquire(blocking=known is None):
            return known or Remembered()
        try:
            return self._looked(now)
        finally:
            self._reading.release()

    def _looked(self, now: datetime) -> Remembered:
        known = self._known
        if known is not None and now < self._next:
            return known  # somebody looked while this thread waited
        self._next = now + EVERY
        try:
            listed = self.people()
        except TriageError:
            # Licences name a list that cannot be read; it must not keep tickets from being decided.
            if known is None:
                raise
            return known
        # Whose word counts has changed: every signature is held against the list again.
        anew = known is None or listed != self._listed
        self._read(now - WINDOW if known is None or anew else known.as_of - OVERLAP, listed)
        self._listed = listed
        self._forget(now - WINDOW)
        told = chain.from_iterable(one.items() for one in self._told.values())
        past = tuple(counted(told, self.organisation(), now))
        self._known = Remembered(past=past, as_of=now)
        return self._known

    def _read(self, since: datetime, listed: People) -> None:
        signed = signed_by(listed, self.verifier)
        for one in self.record.telling(since, VERDICT):
            self._told[one.case] = _told(of_case(one, signed))

    def _forget(self, before: datetime) -> None:
        """Let go of what will never count again."""
        self._told = {
            case: told
            for case, told in self._told.items()
            if any(label.given >= before for label in told)
        }


def counted(
    told: Iterable[tuple[Label, About]], organisation: Organisation, now: datetime
) -> Iterator[Past]:
    """Of what was said within 90 days before `now`, one a label that counts.

    Which tier an account has is what our map says now. A security risk is no attack: it speaks of
    what was open that day, and would keep what is proven to be shut from closing.
    """
    known = {label: about for label, about in told if now - WINDOW <= label.given < now}
    for label in usable(known):
        type_, account = known[label]
        yield Past(
            case=label.case,
            type=type_,
            tier=organisation.account(account).tier,
            analyst=label.analyst,
            given=label.given,
            real=label.verdict is Verdict.TRUE_POSITIVE,
        )


def _told(found: Iterable[Seen]) -> Mapping[Label, About]:
    return {label: (seen.type, seen.account) for seen in found for label in seen.labels}
