"""A ticket: one concern about one subject, whatever format it arrived in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from triage.domain.json import Record
from triage.domain.severity import Severity

CanonicalKey = NewType("CanonicalKey", str)
"""Identity across formats and accounts, from the vendor's native id. See intake/identity.py."""
SKEW_MAX = timedelta(minutes=5)
"""How far clocks may differ: a version beyond that after receipt is from the future."""


class Source(StrEnum):
    """The service (or person) whose concern it is, not the channel it came through."""

    GUARDDUTY = "guardduty"
    SECURITYHUB = "securityhub"
    CONFIG = "config"
    CLOUDTRAIL = "cloudtrail"
    INSPECTOR = "inspector"
    MACIE = "macie"
    CLOUDWATCH = "cloudwatch"
    ACCESS_ANALYZER = "access-analyzer"
    HEALTH = "health"
    CLOUDFORMATION = "cloudformation"
    NETWORK_FIREWALL = "network-firewall"
    INCIDENT_RESPONSE = "security-ir"
    OCSF = "ocsf"
    REPORT = "report"
    TRIAGE = "triage"


class Format(StrEnum):
    """The dialect a version was written in. The view prefers the first of these that has spoken.

    An evaluation is what Config says when it checks a Security Hub control: the same concern, told
    before the finding and with less in it.
    """

    NATIVE = "native"
    ASFF = "asff"
    OCSF = "ocsf"
    EVALUATION = "evaluation"


class FindingClass(StrEnum):
    """What kind of statement a finding makes; it decides which grounds may close it.

    Posture is about the present, exposure about the present with a past that matters (public or
    shared data, an open port), threat about the past. Unlisted types are threats.
    """

    POSTURE = "posture"
    EXPOSURE = "exposure"
    THREAT = "threat"


class SourceStatus(StrEnum):
    """What the source says of its own finding. Never a proof of anything."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The resource or principal a ticket is about.

    `id` is what the record calls it (an ARN where the record gives one), `name` its short form,
    `kind` a CloudFormation type such as `AWS::S3::Bucket`, or "" when the record does not say.
    """

    id: str
    name: str
    kind: str = ""
    arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One version of one concern, normalised.

    `occurred` is when the thing happened, `version` when this telling of it was written (both
    timezone-aware UTC); `account` need not be twelve digits and `region` may be missing.
    `record` is the vendor's own object with its wrappers taken off, `native_id` the vendor's id
    or ARN of it; `body` names the stored bytes it can be read from again. Everything textual may
    be written by an attacker.
    """

    key: CanonicalKey
    source: Source
    format: Format
    type: str
    finding_class: FindingClass
    severity: Severity
    account: str
    region: str | None
    subject: Subject
    title: str
    occurred: datetime
    version: datetime
    count: int = 1
    status: SourceStatus = SourceStatus.OPEN
    sample: bool = False
    principal: str | None = None
    native_id: str = ""
    product: str = ""
    in_attack_sequence: bool = False
    threat_intelligence: bool = False
    record: Record
    body: str

    @property
    def rank(self) -> tuple[datetime, int]:
        """Order of updates within one case and format."""
        return (self.version, self.count)
