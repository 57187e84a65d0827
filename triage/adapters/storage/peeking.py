"""The inbox, looked into: messages are read where they lie, and nothing is taken, no lease even."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from typing_extensions import override

from triage.adapters.storage.engine import Database
from triage.adapters.storage.inbox import Inbox
from triage.adapters.storage.schema import inbox
from triage.domain.message import Message
from triage.domain.moments import micros, moment
from triage.ports.clock import Clock
from triage.ports.queue import Unchanging


class PeekedInbox(Inbox):
    """A queue that hands every waiting message out once, and leaves all of them where they are."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock, 0)
        self._after = 0

    @override
    def submit(self, bodies: Sequence[bytes]) -> int:
        raise Unchanging(f"submit {len(bodies)} messages")

    @override
    def receive(self, *, at_most: int, wait_seconds: float) -> Sequence[Message]:
        """Those that nobody has in hand; what is not there yet is not waited for."""
        now = micros(self._clock.now())
        free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until < now)
        query = select(inbox).where(inbox.c.id > self._after, free).order_by(inbox.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(at_most)).all()
        self._after = rows[-1].id if rows else self._after
        return [
            Message(id=f"inbox-{row.id}", body=row.body, received=moment(row.received))
            for row in rows
        ]

    @override
    def acknowledge(self, messages: Sequence[Message]) -> None:
        raise Unchanging(f"acknowledge {len(messages)} messages")

    @override
    def release(self, messages: Sequence[Message]) -> None:
        """Nothing was taken."""
