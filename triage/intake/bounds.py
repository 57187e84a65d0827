"""How much of anything a message may bring, and how its text is made safe to show."""

from dataclasses import replace

from triage.domain.ticket import Subject, Ticket

MESSAGE_BYTES_MAX = 1_048_576
"""1 MiB: the largest body of an SQS message (SQS developer guide, Quotas)."""
NESTING_MAX = 64
"""Levels of lists and objects. The deepest vendor record we have seen has 17."""
UNWRAPS_MAX = 8
"""Wrappers around one record. EventBridge to SNS to SQS to a list is four."""
RECORDS_MAX = 2_000
"""Records in one message. A mebibyte of CloudTrail holds fewer than a thousand."""
OPENED_BYTES_MAX = 16 * MESSAGE_BYTES_MAX
"""All records of one message, each with its own wrapper; a wrapper repeated 2,000 times is not."""
REASON_CHARS_MAX = 400
QUOTE_CHARS_MAX = 80
ELLIPSIS = "…"

PLACE_CHARS_MAX = 64
"""Account ids, Regions, sources of events."""
TEXT_CHARS_MAX = 512
"""Types (a GeneratorId has at most 512 characters: ASFF syntax), titles, names."""
ARN_CHARS_MAX = 2_048
"""The longest ARN (IAM API reference, arnType) and every id that may be one."""


def visible(text: str) -> str:
    """Escape what a terminal or a reader would act on rather than show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def bounded(text: str, chars_max: int) -> str:
    """Make `text` visible and at most `chars_max` long; a cut is marked, never silent."""
    shown = visible(text[: chars_max + 1])
    return shown if len(shown) <= chars_max else shown[: chars_max - 1] + ELLIPSIS


def quoted(value: object) -> str:
    """Quote a piece of untrusted input inside a sentence."""
    return f'"{bounded(str(value), QUOTE_CHARS_MAX)}"'


def within_bounds(ticket: Ticket) -> Ticket:
    """Bound every text a vendor or an attacker wrote, except the key: identity is never cut."""
    return replace(
        ticket,
        type=bounded(ticket.type, TEXT_CHARS_MAX),
        account=bounded(ticket.account, PLACE_CHARS_MAX),
        region=_bounded(ticket.region, PLACE_CHARS_MAX),
        subject=_subject(ticket.subject),
        title=bounded(ticket.title, TEXT_CHARS_MAX),
        principal=_bounded(ticket.principal, ARN_CHARS_MAX),
        native_id=bounded(ticket.native_id, ARN_CHARS_MAX),
        product=bounded(ticket.product, TEXT_CHARS_MAX),
    )


def _subject(subject: Subject) -> Subject:
    return Subject(
        id=bounded(subject.id, ARN_CHARS_MAX),
        name=bounded(subject.name, TEXT_CHARS_MAX),
        kind=bounded(subject.kind, TEXT_CHARS_MAX),
        arn=_bounded(subject.arn, ARN_CHARS_MAX),
    )


def _bounded(text: str | None, chars_max: int) -> str | None:
    return None if text is None else bounded(text, chars_max)
