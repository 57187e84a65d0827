"""The table of wrappers: each opener takes off one, or says that it is not there.

A wrapper is known by its own keys, and holds values, text with JSON in it, or packed bytes. What
it says about the record inside (whose log group, which account) goes along as `around`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.intake.bounds import TEXT_CHARS_MAX
from triage.intake.document import parse
from triage.intake.fields import Fields, as_text, folded


@dataclass(frozen=True, slots=True)
class Packed:
    """Base64, and gzip under it if that is what it holds."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a wrapper holds: one value under the wrapper's own bytes, or many, each its own.

    With `texts`, a value that is a text has JSON written in it.
    """

    values: Sequence[object]
    what: str
    many: bool = False
    texts: bool = False
    around: Record = field(default_factory=dict)


AROUND = (
    "account",
    "region",
    "time",
    "source",
    "detail-type",
    "logGroup",
    "logStream",
    "deliveryStreamArn",
)
"""What is kept of a wrapper; each a short text."""
PLACES = ("account", "region", "time", "source")


def is_event(record: Record) -> bool:
    """Whether this is an EventBridge event: a detail-type and a detail."""
    return "detail" in record and Fields(record).has("detail-type")


def _told(record: Record, names: Sequence[str]) -> Record:
    """Pick these texts of a wrapper; one too long to be what it says is left out."""
    found = {name: as_text(record.get(name)) for name in names}
    return {name: text for name, text in found.items() if 0 < len(text) <= TEXT_CHARS_MAX}


def kept(value: object, around: Record) -> object:
    """Put `value` into our own wrapper, so that its stored bytes hold what was around it."""
    return {"around": around, "record": value} if around else value


def _kept(record: Record) -> Inside | None:
    around = record.get("around")
    if record.keys() != {"around", "record"} or not isinstance(around, Mapping):
        return None
    return Inside(values=[record["record"]], what="record", around=_told(around, AROUND))


# --- EventBridge ----------------------------------------------------------------------------------

EVENT_NAMES = {
    folded(name): name
    for name in (
        "account",
        "detail",
        "detail-type",
        "id",
        "region",
        "resources",
        "source",
        "time",
        "version",
    )
}
"""An event's own names (EventBridge user guide, "Event structure reference")."""


def _spelt_apart(record: Record) -> Inside | None:
    """Respell an event: PutEvents' DetailType and Detail in a string, and upper case."""
    spelt = Fields(record)
    detail = spelt.raw("detail")
    if not spelt.has("detail-type", "detail") or ("detail" in record and not _is_text(detail)):
        return None
    event = {EVENT_NAMES.get(folded(name), name): value for name, value in record.items()}
    event["detail"] = _parsed(detail) if isinstance(detail, str) else detail
    return Inside(values=[event], what="it")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _parsed(text: str) -> object:
    try:
        return parse(text.encode())
    except (Unreadable, UnicodeEncodeError):
        return None


def _details_of_event(record: Record) -> Inside | None:
    """Open a list of details, each with the event around it."""
    detail = record.get("detail")
    if not (is_event(record) and isinstance(detail, list)):
        return None
    events = [{**record, "detail": one} for one in detail]
    return Inside(values=events, what="detail", many=True)


def _findings_of_event(record: Record) -> Inside | None:
    """Several findings in one event become one event each, so that its facts stay with them."""
    detail = record.get("detail")
    if not (is_event(record) and isinstance(detail, Mapping)):
        return None
    findings = Fields(detail).raw("findings")
    if not isinstance(findings, list) or len(findings) == 1:
        return None
    rest = {name: value for name, value in detail.items() if name.lower() != "findings"}
    events = [{**record, "detail": {**rest, "findings": [finding]}} for finding in findings]
    return Inside(values=events, what="detail.findings", many=True)


def _left_over(name: str) -> Callable[[Record], Inside | None]:
    """Open what an input transformer left: `detail` without its type, or `finding`, alone.

    OCSF's own classes have such fields too; those records say which class they are.
    """

    def opener(record: Record) -> Inside | None:
        value = record.get(name)
        value = _parsed(value) if isinstance(value, str) else value
        if not isinstance(value, Mapping) or is_event(record) or "class_uid" in record:
            return None
        return Inside(values=[value], what=name, around=_told(record, PLACES))

    return opener


# --- CloudTrail, SNS and SQS ----------------------------------------------------------------------


def _record_of_lookup(record: Record) -> Inside | None:
    """Open an event of CloudTrail's LookupEvents: the record is JSON in a text (API reference)."""
    text = record.get("CloudTrailEvent")
    if not isinstance(text, str):
        return None
    return Inside(values=[text], what="CloudTrailEvent", texts=True)


def _message_of_topic(record: Record) -> Inside | None:
    """Open an SNS notification (SNS developer guide, "HTTP/HTTPS notification JSON format")."""
    if record.get("Type") != "Notification" or "Message" not in record:
        return None
    return Inside(values=[record["Message"]], what="the SNS Message", texts=True)


def _record_of_lambda_topic(record: Record) -> Inside | None:
    """Open `Records[].Sns` as Lambda gets it (Lambda developer guide, "Using Lambda with SNS")."""
    topic = record.get("Sns")
    if not isinstance(topic, Mapping) or "Message" not in topic:
        return None
    return Inside(values=[topic["Message"]], what="the SNS Message", texts=True)


def _body_of_queue(record: Record) -> Inside | None:
    """Open an SQS message as Lambda and Pipes (`body`) or the API (`Body`) hand it over."""
    body = record.get("body", record.get("Body"))
    if not isinstance(body, str) or "detail" in record:
        return None
    return Inside(values=[body], what="the SQS body", texts=True)


# --- logs and streams -----------------------------------------------------------------------------


def _subscription(record: Record) -> Inside | None:
    """Open `awslogs.data` (CloudWatch Logs user guide, "Subscription filters with Lambda")."""
    logs = record.get("awslogs")
    data = logs.get("data") if isinstance(logs, Mapping) else None
    return Inside(values=[Packed(data)], what="awslogs.data") if isinstance(data, str) else None


def _log_events(record: Record) -> Inside | None:
    """Open the decoded form: messageType, owner, logGroup, logStream, logEvents[].message.

    `owner` is the account whose log it is (same page). A CONTROL_MESSAGE only tests the way.
    """
    events = record.get("logEvents")
    if not isinstance(events, list) or "messageType" not in record:
        return None
    if record["messageType"] == "CONTROL_MESSAGE":
        return Inside(values=(), what="a CloudWatch Logs control message")
    messages = [event.get("message") for event in events if isinstance(event, Mapping)]
    around = _told({**record, "account": record.get("owner")}, ("account", "logGroup", "logStream"))
    return Inside(values=messages, what="logEvents", many=True, texts=True, around=around)


def _data_of_stream(record: Record) -> Inside | None:
    """Open one Kinesis or Firehose record, as Lambda or Pipes get it: `data` in base64."""
    kinesis = record.get("kinesis")
    holder = kinesis if isinstance(kinesis, Mapping) else record
    data = holder.get("data")
    if not isinstance(data, str) or not (holder.keys() <= STREAM_NAMES):
        return None
    return Inside(values=[Packed(data)], what="the record's data")


STREAM_NAMES = frozenset(
    [
        "approximateArrivalTimestamp",
        "awsRegion",
        "data",
        "encryptionType",
        "eventID",
        "eventName",
        "eventSource",
        "eventSourceARN",
        "eventVersion",
        "invokeIdentityArn",
        "kinesisRecordMetadata",
        "kinesisSchemaVersion",
        "partitionKey",
        "recordId",
        "result",
        "sequenceNumber",
    ]
)
"""Lambda developer guide, "Using Lambda with Kinesis"; Firehose developer guide, "Data
transformation"; EventBridge Pipes, "Kinesis stream source"."""


def _delivered(record: Record) -> Inside | None:
    """Open Firehose's `records`, keeping which stream delivered them."""
    records = record.get("records")
    if not isinstance(records, list) or is_event(record):
        return None
    around = _told(record, ("deliveryStreamArn",))
    return Inside(values=records, what="records", many=True, around=around)


# --- lists ----------------------------------------------------------------------------------------


def _listed(name: str, *names: str) -> Callable[[Record], Inside | None]:
    """Open a list under `name`; with `names`, only one whose first item has one of them."""

    def opener(record: Record) -> Inside | None:
        values = record.get(name)
        if not isinstance(values, list) or is_event(record) or "class_uid" in record:
            return None
        if names and not (values and Fields(values[0]).record.keys() & set(names)):
            return None
        around = _told(record, PLACES) if name.lower() == "findings" else {}
        return Inside(values=values, what=name, many=True, around=around)

    return opener


OPENERS: tuple[Callable[[Record], Inside | None], ...] = (
    _kept,
    _spelt_apart,
    _details_of_event,
    _findings_of_event,
    _record_of_lookup,
    _message_of_topic,
    _record_of_lambda_topic,
    _body_of_queue,
    _subscription,
    _log_events,
    _data_of_stream,
    _delivered,
    *map(_listed, ("Records", "Messages", "Events", "findings", "Findings")),
    _listed("Entries", "Detail", "DetailType"),
    _listed("events", "eventTypeCode"),
    _listed("successfulSet", "event"),
    _listed("items", "caseArn", "caseId"),
    _listed("StackResourceDrifts", "StackResourceDriftStatus"),
    _listed("StackEvents", "EventId"),
    *map(_left_over, ("detail", "Detail", "finding", "Finding")),
)
"""Tried in order; the first that opens counts."""


def inside(value: object) -> Inside | None:
    """What `value` holds, if it is a wrapper."""
    if isinstance(value, list):
        return Inside(values=value, what="a list", many=True)
    if not isinstance(value, Mapping):
        return None
    return next((found for opener in OPENERS if (found := opener(value)) is not None), None)
