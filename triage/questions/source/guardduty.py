"""GuardDuty: GetFindings by id, in the account the finding is about.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import dig, records, text
from triage.questions.source.shape import OPEN, SUPPRESSED, Desk, Said

ROOT = "Root"
SCALE, SCORE_MAX = 10, 100
ARN_PARTS = 6


def read(asking: Asking) -> Read:
    """One finding. Raises CannotAsk when the ticket names none."""
    finding = _id(asking.ticket)
    if not finding:
        raise CannotAsk("the ticket names no GuardDuty finding")
    return Read.of(
        "guardduty.get_findings", about.account(asking), about.region(asking), finding=finding
    )


def _id(ticket: Ticket) -> str:
    """The finding's id, which its ARN ends with."""
    return ticket.native_id.rpartition("/")[2]


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The finding of that id, if it is about the same thing."""
    matching = [one for one in records(found, "Findings") if text(one, "Id") == _id(ticket)]
    if len(matching) != 1 or not _same(ticket, matching[0]):
        return None
    finding = matching[0]
    severity = dig(finding, "Severity")
    scored = isinstance(severity, int | float) and not isinstance(severity, bool)
    return Said(
        status=SUPPRESSED if dig(finding, "Service", "Archived") is True else OPEN,
        severity=min(round(severity * SCALE), SCORE_MAX) if scored else 0,
        sample=_is_sample(finding),
        updated=text(finding, "UpdatedAt"),
        began=text(finding, "Service", "EventFirstSeen"),
        in_attack_sequence=bool(text(finding, "AssociatedAttackSequenceArn")),
        threat_intelligence=_has_intelligence(dig(finding, "Service")),
    )


def _is_sample(finding: Mapping[str, Any]) -> bool:
    # Sample findings carry {"sample": true} as JSON text in AdditionalInfo.Value. Only its own
    # key counts: further in stands what callers sent.
    # https://docs.aws.amazon.com/guardduty/latest/ug/sample_findings.html
    told = _parsed(text(finding, "Service", "AdditionalInfo", "Value"))
    return dig(told, "sample") is True or (
        dig(finding, "Service", "AdditionalInfo", "Sample") is True
    )


def _has_intelligence(service: Any) -> bool:
    told = _parsed(text(service, "AdditionalInfo", "Value"))
    lists = (dig(told, "threatListName"), dig(told, "threatListNames"))
    return any(lists) or bool(dig(service, "Evidence", "ThreatIntelligenceDetails"))


def _parsed(told: str) -> Any:
    try:
        return orjson.loads(told)
    except orjson.JSONDecodeError:
        return None


IDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AccessKeyDetails": ("AccessKeyId", "PrincipalId", "UserName"),
        "InstanceDetails": ("InstanceId",),
        "S3BucketDetails": ("Arn", "Name"),
        "LambdaDetails": ("FunctionArn", "FunctionName"),
        "RdsDbInstanceDetails": ("DbInstanceArn", "DbInstanceIdentifier"),
        "RdsLimitlessDbDetails": ("DbShardGroupArn", "DbShardGroupIdentifier"),
        "EksClusterDetails": ("Arn", "Name"),
        "EcsClusterDetails": ("Arn", "Name"),
        "ContainerDetails": ("Id",),
        "EbsSnapshotDetails": ("SnapshotArn",),
        "Ec2ImageDetails": ("ImageArn",),
        "RecoveryPointDetails": ("RecoveryPointArn",),
    }
)
"""Where a finding's resource says what it is called. Tags, groups and descriptions are left out:
whoever owns the resource writes them, also as the name of something else."""


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    """A real id in a forged message proves nothing about another resource, principal or role."""
    return (
        text(finding, "AccountId") == ticket.account
        and text(finding, "Type") == ticket.type
        and is_named(ticket.subject.id, {*ids_of(dig(finding, "Resource")), text(finding, "Arn")})
        and _is_principal(ticket, dig(finding, "Resource", "AccessKeyDetails"))
        and _has_role(ticket, text(finding, "Service", "ResourceRole"))
    )


def is_named(told: str, ids: set[str]) -> bool:
    """Whether one of these ids is what `told` calls it.

    GuardDuty calls an instance i-..., Security Hub calls it arn:...:instance/i-....
    """
    return not told or any(told == one or told.endswith((f"/{one}", f":{one}")) for one in ids)


def ids_of(resource: Any) -> Iterator[str]:
    """What GuardDuty itself calls the resource of a finding."""
    for part, names in IDS.items():
        told = dig(resource, part)
        for one in told if isinstance(told, list) else [told]:
            yield from filter(None, (text(one, name) for name in names))
    for bucket in records(resource, "S3BucketDetails"):
        yield from filter(
            None, (text(one, "ObjectArn") for one in records(bucket, "S3ObjectDetails"))
        )


def _is_principal(ticket: Ticket, key: Any) -> bool:
    """Whether the ticket's principal is the one the key's details name.

    An ARN has to say all of it: account, kind, name and session, each in its place.
    """
    told, (id_, name) = ticket.principal or "", (text(key, "PrincipalId"), text(key, "UserName"))
    assumed = f"assumed-role/{name}/{id_.rpartition(':')[2]}"
    kinds = {ROOT: "root", "IAMUser": f"user/{name}", "AssumedRole": assumed, "Role": assumed}
    if told in {"", id_, name}:
        # Whoever hides that it was root could have it closed.
        return text(key, "UserType") != ROOT
    parts = told.split(":", 5)
    named = kinds.get(text(key, "UserType"))
    return len(parts) == ARN_PARTS and parts[4] == ticket.account and parts[5] == named


ROLES = (
    ("service", "resourcerole"),
    ("productfields", "aws/guardduty/service/resourcerole"),
)
"""Where a ticket says whether the resource attacked or was attacked, natively and in ASFF."""


def _has_role(ticket: Ticket, role: str) -> bool:
    """Whether the ticket says of the resource's role what GuardDuty says, wherever it says so."""
    told = [one for path in ROLES for one in _alike([ticket.record], path)]
    return all(one == role for one in told)


def _alike(values: list[Any], path: tuple[str, ...]) -> list[Any]:
    """Everything at a path, whatever the case of its keys: playbooks read them so too."""
    for key in path:
        values = [
            value
            for holder in values
            if isinstance(holder, Mapping)
            for name, value in holder.items()
            if str(name).lower() == key
        ]
    return values


DESK = Desk(read, said)
