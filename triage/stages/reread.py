"""The ticket again, from the bytes that were kept."""

from datetime import datetime

from triage.domain.errors import Unreadable
from triage.domain.message import Message
from triage.domain.ticket import Ticket
from triage.stages.normalise import normalise


def reread(body: bytes, received: datetime) -> Ticket:
    """Normalise stored bytes as they were when they arrived. Raises Unreadable when not one."""
    parts = normalise(Message(id="", body=body, received=received)).parts
    match parts:
        case (Ticket() as ticket,):
            return ticket
        case _:
            message = "the stored bytes are no longer read as one ticket"
            raise Unreadable(message)
