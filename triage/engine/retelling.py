"""What a case was told, read again from the bytes that were kept."""

from collections.abc import Callable
from datetime import datetime

from triage.engine.rules import InputGone
from triage.stages.reread import reread
from triage.stages.weigh import Telling


def retell(stored: Callable[[str], bytes | None], name: str, received: datetime) -> Telling:
    """Read one telling again. Raises InputGone when its bytes are no longer stored."""
    body = stored(name)
    if body is None:
        what = "ticket"
        raise InputGone(what, name)
    return Telling(ticket=reread(body, received), received=received)
