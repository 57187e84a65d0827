"""What can a ticket be recognised by, so that those of one cause are told together?

A threat never shares an incident with a posture, and what policy keeps for people shares one only
with its like: a flood of small things must not swallow the page of a great one. Nor does anything
join by what thousands share (a whole account, a service acting for itself), by a name that whoever
acts may choose (a session's), or across accounts and kinds of resource by a bare name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from triage.domain.case import Case, event_id
from triage.domain.decision import Priority
from triage.domain.evidence import Evidence, Known
from triage.domain.incident import Handle, Incident, IncidentId
from triage.domain.ticket import FindingClass, Source, Ticket
from triage.intake.fields import Fields

WINDOW = timedelta(hours=24)
"""How long after its last member an incident takes in another."""
LONGEST = timedelta(days=7)
"""How long it takes in any: one that never ends would absorb what has nothing to do with it."""
HANDLES_MAX = 64
STACK_TAGS = ("aws:cloudformation:stack-id", "aws:cloudformation:stack-name")
"""AWS alone writes tags that begin with `aws:`, so an attacker cannot choose these."""
KEY_PREFIXES = ("AKIA", "ASIA")
ACCOUNT = "AWS::::Account"
OBJECT = "AWS::S3::Object"
IN_SEQUENCES: Mapping[str, str] = {
    "ACCESS_KEY": "AWS::IAM::AccessKey",
    "EC2_INSTANCE": "AWS::EC2::Instance",
    "EC2_NETWORK_INTERFACE": "AWS::EC2::NetworkInterface",
    "EKS_CLUSTER": "AWS::EKS::Cluster",
    "S3_BUCKET": "AWS::S3::Bucket",
    "S3_OBJECT": OBJECT,
}
"""GuardDuty API reference, FindingResourceType, in CloudFormation's words."""
CHANGE = "cloudtrail.last_change"


def handles(
    ticket: Ticket, evidence: Evidence, barred: str | None = None, lapsed: str = ""
) -> tuple[Handle, ...]:
    """Name everything a ticket can be joined by, the narrowest first.

    `barred` is why policy keeps it for people, if it does (stages/never_close.py). `lapsed` names
    the signature that held it closed until it ended: all that it held is told together.
    """
    threat = ticket.finding_class is FindingClass.THREAT
    side = barred or ("threat" if threat else "posture")
    found = [
        ("signature", lapsed),
        *_changes(evidence),
        *_stacks(ticket),
        *_keys(ticket),
        *_principals(ticket),
        *_resources(ticket),
        *_sequence(ticket),
    ]
    named = (Handle(f"{side}:{kind}:{value}") for kind, value in found if value)
    return tuple(dict.fromkeys(named))[:HANDLES_MAX]


Found = Iterator[tuple[str, str]]


def _changes(evidence: Evidence) -> Found:
    for name, answer in evidence.answers.items():
        if name.startswith(CHANGE) and isinstance(answer, Known):
            yield "change", str(answer.value.get("event_id", ""))


def _stacks(ticket: Ticket) -> Found:
    if ticket.subject.kind == "AWS::CloudFormation::Stack":
        yield "stack", _stack(ticket, ticket.subject.id)
    for tags in _tags(Fields(ticket.record)):
        value = next((str(tags[name]) for name in STACK_TAGS if tags.get(name)), "")
        if value:
            yield "stack", _stack(ticket, value)


def _stack(ticket: Ticket, named: str) -> str:
    """A stack's name in its account and Region: its ARN holds the name and a random id."""
    name = named.split("/")[1] if named.startswith("arn:") and "/" in named else named
    return f"{ticket.account}/{ticket.region}/{name}"


def _tags(record: Fields) -> Iterator[Mapping[str, Any]]:
    """Tags as ASFF and Inspector (a mapping) and as GuardDuty (a list of pairs) write them."""
    for resource in [*record.each("Resources"), *record.each("resource.instanceDetails")]:
        tags = resource.raw("tags")
        if isinstance(tags, Mapping):
            yield tags
        yield {pair.text("key"): pair.text("value") for pair in resource.each("tags")}


def _keys(ticket: Ticket) -> Found:
    record = Fields(ticket.record)
    paths = ("resource.accessKeyDetails.accessKeyId", "userIdentity.accessKeyId")
    for key in (ticket.subject.id, *(record.text(path) for path in paths)):
        if key.startswith(KEY_PREFIXES):
            yield "key", key


def _principals(ticket: Ticket) -> Found:
    if ticket.principal and ticket.principal.startswith("arn:"):
        yield "principal", ticket.principal


def _resources(ticket: Ticket) -> Found:
    subject = ticket.subject
    acting = ticket.source is Source.CLOUDTRAIL
    whole_account = subject.kind == ACCOUNT or subject.id.startswith(ACCOUNT)
    if subject.id and not acting and not whole_account:
        # Objects of two buckets may end alike; everything else is one by account, kind and name.
        name = subject.id if subject.kind == OBJECT else subject.name or subject.id
        yield "resource", _resource(ticket.account, subject.kind, name)


def _resource(account: str, kind: str, name: str) -> str:
    """Formats differ in how they spell a resource: an ARN here is a bare name there."""
    return f"{account}/{kind}/{name}"


def _sequence(ticket: Ticket) -> Found:
    """An attack sequence speaks of many: GuardDuty API reference, `Sequence`."""
    if not ticket.in_attack_sequence:
        return
    sequence = Fields(ticket.record).within("service.detection.sequence")
    for resource in sequence.each("resources"):
        # One that does not say what it is may be any of them.
        told = IN_SEQUENCES.get(resource.text("resourceType"))
        for kind in (told,) if told else IN_SEQUENCES.values():
            yield "resource", _resource(ticket.account, kind, resource.text("name", "uid"))
        yield "key", resource.text("data.accessKey.principalId")
    for actor in sequence.each("actors"):
        yield "key", actor.text("user.credentialUid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The incident of an escalated case, and whether people have to be told of it now."""

    incident: Incident
    speaks: bool


def place(
    case: Case,
    priority: Priority,
    candidates: Sequence[Incident],
    now: datetime,
    *,
    news: bool = False,
) -> Placed:
    """Find the incident a case belongs to, or open one.

    `news` when people were told of it as something else than it turns out to be.
    `candidates` are its own incident and those it shares a handle with, its own first. What was
    told already is told again only when it got more urgent, or when the case that spoke for all
    ended or left.
    """
    told = case.notified is not None and Priority(case.notified).rank >= priority.rank
    quiet = told and not news
    own = next((one for one in candidates if one.id == case.incident), None)
    if own is not None:
        louder = not quiet and priority.rank > own.told.rank
        return _placed(case, own, priority, now, speaks=louder or news or not own.led)
    if not case.parted and (joined := _joinable(candidates, now)) is not None:
        speaks = priority.rank > joined.told.rank or _unheard(case, joined)
        return _placed(case, joined, priority, now, speaks=speaks)
    return Placed(incident=_opened(case, priority, now), speaks=not quiet)


def _unheard(case: Case, incident: Incident) -> bool:
    """Whoever took an incident on knows what was in it then, and no threat or exposure since."""
    serious = case.headline["class"] != FindingClass.POSTURE
    return serious and not incident.awaited


def _joinable(candidates: Sequence[Incident], now: datetime) -> Incident | None:
    return next((one for one in candidates if takes_in(one, now)), None)


def takes_in(incident: Incident, now: datetime) -> bool:
    """Whether another case may still join."""
    recent = now - incident.changed <= WINDOW and now - incident.opened <= LONGEST
    return recent and incident.led and not incident.parted


def _placed(
    case: Case, incident: Incident, priority: Priority, now: datetime, *, speaks: bool
) -> Placed:
    changed = incident.changed if incident.id == case.incident else now
    after = replace(incident, changed=changed)
    if speaks:
        after = replace(after, leading=case.id, told=priority, led=True)
    return Placed(incident=after, speaks=speaks)


def _opened(case: Case, priority: Priority, now: datetime) -> Incident:
    return Incident(
        id=IncidentId(event_id(case.id, case.version)[:12]),
        leading=case.id,
        told=priority,
        opened=now,
        changed=now,
        parted=case.parted,
    )
