"""Which source is closed how, and why some cannot be: the one table."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from triage.closing import access_analyzer, guardduty, securityhub, securityhub_v2
from triage.closing.shape import Desk
from triage.domain.ticket import Format, Source
from triage.domain.verdict import CLOSING, Verdict

DESKS: Mapping[str, Desk] = MappingProxyType(
    {
        "guardduty": guardduty.DESK,
        "securityhub": securityhub.DESK,
        "securityhub_v2": securityhub_v2.DESK,
        "access_analyzer": access_analyzer.DESK,
    }
)
AT_HOME: Mapping[Source, str] = MappingProxyType(
    {Source.GUARDDUTY: "guardduty", Source.ACCESS_ANALYZER: "access_analyzer"}
)
"""Whose findings the service itself lets us close."""
ANY_FORMAT = frozenset({Source.GUARDDUTY})
"""Whose own id of a finding stands in every format, so that any telling will do."""
TOLD_BY: Mapping[Format, str] = MappingProxyType(
    {Format.ASFF: "securityhub", Format.OCSF: "securityhub_v2"}
)
"""Who keeps a copy of what it told, whosever finding it is."""
SAID = (CLOSING | {Verdict.TRUE_POSITIVE}) - {Verdict.DUPLICATE}
"""Verdicts that are told. A duplicate ends with its master."""
OPEN_BECAUSE: Mapping[Source, str] = MappingProxyType(
    {
        Source.INSPECTOR: "Inspector closes it by itself once it is fixed and knows no other"
        " close; its filters would hide later findings too",
        Source.MACIE: "Macie knows no close of a finding; its filters would hide later ones too",
        Source.CONFIG: "Config evaluates it again by itself",
        Source.CLOUDTRAIL: "an event stays what it was",
        Source.CLOUDWATCH: "the alarm returns to OK by itself",
        Source.HEALTH: "AWS Health ends its events itself",
        Source.CLOUDFORMATION: "the stack says what it is itself",
        Source.NETWORK_FIREWALL: "an alert in a log stays what it was",
        Source.INCIDENT_RESPONSE: "its case is closed by the people who work on it",
        Source.REPORT: "a person told it",
        Source.TRIAGE: "it is our own alarm",
        Source.SECURITYHUB: "Security Hub has not told of it itself",
        Source.OCSF: "its vendor cannot be told",
    }
)
"""Why nothing is written at a source itself; a copy in Security Hub is closed all the same."""


def desks_of(source: Source, told: Iterable[Format]) -> tuple[tuple[str, Format], ...]:
    """The desks that a finding is closed at, each with the telling it is known there by.

    `told` are the formats it was told in.
    """
    formats = [one for one in Format if one in set(told)]
    home = AT_HOME.get(source)
    known = formats if source in ANY_FORMAT else [one for one in formats if one is Format.NATIVE]
    own = [(home, known[0])] if home and known else []
    copies = [(TOLD_BY[one], one) for one in formats if one in TOLD_BY]
    return tuple(dict.fromkeys([*own, *copies]))
