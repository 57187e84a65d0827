"""What a playbook sees of a ticket, field by field: for lint, for the schema and for the docs.

A tainted field holds text that somebody else may have chosen (a name, a tag, a user agent, the
vendor's record): it may raise a risk and no close may rest on it. A moot one is the source's own
word about its finding, which proves nothing.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from triage.domain.account import Tier
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, Format, Source, SourceStatus
from triage.playbook.paths import Names
from triage.questions.question import Field

SUBJECT = {
    "id": Field(type="string", meaning="what the record calls it", tainted=True),
    "name": Field(type="string", meaning="its short name", tainted=True),
    "kind": Field(type="string", meaning="a CloudFormation type such as AWS::S3::Bucket"),
    "arn": Field(type="string", meaning="its ARN, or none", tainted=True),
}
ACCOUNT = {
    "id": Field(type="string", meaning="the account id, as text"),
    "name": Field(type="string", meaning="its name in organization.toml"),
    "tier": Field(type="string", meaning="what it is for; an unlisted one is production"),
    "owner": Field(type="string", meaning="the team it belongs to"),
    "contact": Field(type="string", meaning="how to reach that team"),
    "ou": Field(type="string", meaning="its organisational units, as Root/Workloads/Prod"),
    "listed": Field(type="boolean", meaning="the file or AWS Organizations knows it"),
}
SEVERITY = {
    "label": Field(type="string", meaning="its band"),
    "score": Field(type="number", meaning="0 to 100"),
}
TICKET: Mapping[str, Field] = MappingProxyType(
    {
        "source": Field(type="string", meaning="the service, or person, whose concern it is"),
        "format": Field(type="string", meaning="the dialect it arrived in"),
        "type": Field(type="string", meaning="the native finding type, whatever the format"),
        "class": Field(type="string", meaning="about the present, an exposure, or the past"),
        "severity": Field(type="object", meaning="how bad it says it is", fields=SEVERITY),
        "account": Field(type="object", meaning="whose it is", fields=ACCOUNT),
        "region": Field(type="string", meaning="the Region, or none"),
        "subject": Field(type="object", meaning="what it is about", fields=SUBJECT),
        "title": Field(type="string", meaning="the vendor's headline", tainted=True),
        "count": Field(type="number", meaning="how often it happened so far"),
        "status": Field(type="string", meaning="what the source says of it"),
        "sample": Field(type="boolean", meaning="it calls itself a vendor's sample"),
        "product": Field(type="string", meaning="the product, as aws/guardduty"),
        "principal": Field(type="string", meaning="who acted, or none", tainted=True),
        "occurred": Field(type="time", meaning="when it happened"),
        "event": Field(type="object", meaning="the vendor's own record", tainted=True),
    }
)
SIGNATURE = {
    "id": Field(type="string", meaning="its id"),
    "kind": Field(type="string", meaning="what it is about, as public-website"),
    "subject": Field(type="string", meaning="the exact subject it covers"),
    "account": Field(type="string", meaning="the account it covers"),
    "types": Field(type="list", meaning="the finding types it covers"),
    "because": Field(type="string", meaning="why it was signed"),
    "signed": Field(type="time", meaning="since when it holds"),
    "expires": Field(type="time", meaning="until when it holds"),
    "actions": Field(type="list", meaning="what it permits"),
}
NAMES: Mapping[str, Field] = MappingProxyType(
    {
        "ticket": Field(type="object", meaning="the ticket", fields=TICKET),
        "account": Field(type="object", meaning="the ticket's account", fields=ACCOUNT),
        "subject": Field(type="object", meaning="what the ticket is about", fields=SUBJECT),
        "now": Field(type="time", meaning="the moment of the decision"),
        "signature": Field(
            type="object", meaning="the signature that held, in a because", fields=SIGNATURE
        ),
    }
)
"""Every name there is besides the evidence a playbook asks for."""

WORDS: Mapping[Names, tuple[str, ...]] = MappingProxyType(
    {
        ("ticket", "source"): tuple(Source),
        ("ticket", "format"): tuple(Format),
        ("ticket", "class"): tuple(FindingClass),
        ("ticket", "status"): tuple(SourceStatus),
        ("ticket", "severity", "label"): tuple(Label),
        ("ticket", "account", "tier"): tuple(Tier),
        ("account", "tier"): tuple(Tier),
    }
)
"""Fields that hold one of a few words: another word would never match."""

MOOT: Mapping[Names, str] = MappingProxyType(
    {("ticket", "status"): "what a source says of its own finding proves nothing"}
)
"""Fields no close may rest on, though nobody hostile wrote them, and why."""


def tainted(field: Field) -> bool:
    """Tell whether a field, or anything inside it, may have been written by somebody else."""
    return field.tainted or any(tainted(inner) for inner in field.fields.values())


def rows(fields: Mapping[str, Field], prefix: str = "") -> Iterable[tuple[str, Field]]:
    """Every field with its dotted path, outer ones first."""
    for name, field in fields.items():
        yield prefix + name, field
        yield from rows(field.fields, f"{prefix}{name}.")
