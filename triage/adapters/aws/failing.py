"""Whatever goes wrong with a request is an answer too: why it tells nothing."""

from datetime import datetime

from triage.adapters.aws.clients import NoCredentials, WrongAccount
from triage.adapters.aws.errors import translate
from triage.adapters.aws.paging import Cut
from triage.adapters.aws.placed import Misplaced
from triage.domain.evidence import Failed, Failure, RawRead


class TooLate(Exception):
    """The API's budget has no turn left before the deadline."""


def failed(kind: str, error: Exception, asked: datetime) -> RawRead:
    """Say what an error means for this kind of request."""
    match error:
        case TooLate():
            return Failed(failure=Failure.SLOW, detail=kind)
        case Cut():
            return Failed(failure=Failure.PARTIAL, detail=kind)
        case WrongAccount():
            return Failed(failure=Failure.MISPLACED, detail=str(error))
        case Misplaced():
            return Failed(failure=Failure.MISPLACED, detail=kind)
        case NoCredentials():
            return Failed(failure=Failure.UNSUPPORTED, detail=str(error))
        case _:
            return translate(kind, error, asked)
