"""Licences in force: read again every few seconds, so that a fall counts everywhere at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.errors import Unverified
from triage.domain.grant import Grant, GrantKind
from triage.domain.permission import Permission
from triage.domain.person import People
from triage.engine.licences import grant_statement, permitted
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock
from triage.ports.grants import Grants
from triage.ports.verifier import Verifier

PART = "licences"
EVERY = timedelta(seconds=5)


@dataclass(kw_only=True)
class Licensing:
    """Puts licences into the rulebook. A licence with a step that nobody signed counts for nothing.

    One thread calls `step`.
    """

    grants: Grants
    rulebook: Rulebook
    clock: Clock
    people: Callable[[], People]
    verifier: Verifier
    _next: datetime | None = field(default=None, init=False)
    _checked: tuple[Grant, ...] = field(default=(), init=False)
    _held: tuple[Grant, ...] = field(default=(), init=False)

    def step(self) -> int:
        """Read them again, every few seconds; return 1 when something changed."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        return int(self.rulebook.license(self.permissions(now)))

    def permissions(self, now: datetime) -> Mapping[str, Permission]:
        """What every licence allows now."""
        every = tuple(self.grants.all())
        if every != self._checked:
            self._checked, self._held = every, tuple(self._signed(every))
        return permitted(self._held, self.rulebook.current(), now)

    def _signed(self, every: Sequence[Grant]) -> Sequence[Grant]:
        known = self.people()
        forged = {(one.rule, one.tier) for one in every if not is_signed(one, known, self.verifier)}
        return [one for one in every if (one.rule, one.tier) not in forged]


def is_signed(grant: Grant, known: People, verifier: Verifier) -> bool:
    """Whether a step up was signed by whom it names; what lowers needs nobody's word."""
    if grant.kind is not GrantKind.RAISED:
        return True
    person, data = known.get(grant.by), grant.data
    if person is None:
        return False
    statement = grant_statement(grant.rule, grant.tier, grant.number, data["certificate"], grant.by)
    try:
        verifier.verify(person, statement, str(data.get("signature")))
    except Unverified:
        return False
    return True
