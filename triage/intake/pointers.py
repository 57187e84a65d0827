"""Messages that hold no record but say where one is. They are kept with that said.

A queue that honours claims of our own (adapters/aws/parcels.py) hands on what they stand for; one
that arrives here named an object that is not what it says, or named it in another way.

Shapes: S3 user guide, "Event message structure" and the test event; EventBridge user guide,
"Amazon S3" (Object Created; only the first writes its
key URL-encoded); CloudTrail user guide, "Configuring SNS notifications".
"""

from urllib.parse import unquote_plus

from triage.domain.errors import NoTicket, Unreadable
from triage.domain.json import Record
from triage.domain.ticket import Ticket
from triage.intake.bounds import quoted
from triage.intake.delivery import Delivery
from triage.intake.fields import Fields

TEST = "s3:TestEvent"
CLAIM = "claim"


def is_pointer(record: Fields) -> bool:
    """Whether a bare record only points at objects in S3."""
    return (
        record.text("eventSource") == "aws:s3"
        or record.text("Event") == TEST
        or record.has("s3Bucket", "s3ObjectKey")
        or set(record.record) == {CLAIM}
    )


def read(record: Record, _delivery: Delivery) -> Ticket:
    """Say what has to be fetched. Always raises NoTicket, or Unreadable for a claim."""
    event = Fields(record)
    if event.has(CLAIM):
        raise Unreadable("a claim of bytes that are not where it says, or not what it says")
    if event.text("Event") == TEST:
        msg = "an S3 test event says only that notifications are set up"
        raise NoTicket(msg)
    raise NoTicket(f"an S3 event notification holds no record; {_where(event)}")


def _where(event: Fields) -> str:
    bucket = event.text("s3.bucket.name", "bucket.name", "s3Bucket")
    encoded = map(unquote_plus, event.texts("s3.object.key"))
    keys = [*encoded, *event.texts("object.key"), *event.texts("s3ObjectKey")]
    if not (bucket and keys):
        return "nor does it name an object"
    return f"fetch {quoted(f's3://{bucket}/{keys[0]}')} and submit what is in it"
