"""Messages from files, and working through them once, here."""

from collections.abc import Iterator
from pathlib import Path

from triage.adapters.files.messages import messages
from triage.adapters.files.problems import InvalidFile
from triage.adapters.system.clock import SystemClock
from triage.domain.json import Record
from triage.domain.message import Message
from triage.engine.once import Numbered, run_once
from triage.wiring.bootstrap import opened_world, owner, refuse, settings

BATCH = 100
ARCHIVE_STEPS = 100
"""How much of the trail archive is indexed before the first message."""


def messages_of(paths: list[str]) -> Iterator[Message]:
    """Messages of files, received now. Raises InvalidFile for a path that is not there."""
    now = SystemClock().now()
    try:
        for place, body in enumerate(messages(paths), start=1):
            yield Message(id=str(place), body=body, received=now)
    except OSError as error:
        raise InvalidFile([f"{error.filename}: {error.strerror}"]) from error


def once(paths: list[str], data: Path | None) -> Iterator[Record]:
    """Work through files once, on the embedded store."""
    from triage.adapters.logging.setup import configure

    found = settings()
    configure(found.log.level)
    with opened_world(found, data=data) as opened:
        refuse(opened.problems)
        if opened.archive is not None:
            opened.archive.catch_up(ARCHIVE_STEPS)
        numbered = (Numbered(n=int(message.id), message=message) for message in messages_of(paths))
        yield from run_once(opened.world, numbered, owner=owner(), batch=BATCH)
