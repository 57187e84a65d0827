"""Policy ahead of every ground: what no rule, signature or licence may close.

Each row is a sentence and a test. The lists name the ways logs and detectors are silenced;
https://attack.mitre.org/techniques/T1562/008/ and AWS's own GuardDuty Stealth and
DefenseEvasion types are where they come from.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from triage.domain.account import Account, Organisation, Tier
from triage.domain.json import Record
from triage.domain.ticket import Source, Ticket
from triage.intake.calls import TAMPERING

TAMPERING_CALLS = frozenset(TAMPERING.split())
TAMPERING_NAMES = frozenset(call.partition(":")[2] for call in TAMPERING_CALLS)
"""The calls alone, for a record that does not say whose they are."""
TAMPERED = TAMPERING_CALLS | TAMPERING_NAMES
TAMPERING_FAMILIES = ("Stealth:", "DefenseEvasion:")
EXPOSED_CREDENTIALS = (
    "AWS_RISK_CREDENTIALS_EXPOSED",
    "AWS_RISK_CREDENTIALS_EXPOSURE",
    "AWS_RISK_IAM_QUARANTINE",
    "CredentialAccess:",
    "InitialAccess:IAMUser",
    "SensitiveData:S3Object/Credentials",
)
EXFILTRATED = "InstanceCredentialExfiltration"
ROOT_TYPES = ("Policy:IAMUser/RootCredentialUsage",)
ROOT = "root"
ROOT_IS_TOLD = (
    ("useridentity", "type"),
    ("resource", "accesskeydetails", "usertype"),
    ("service", "useridentity", "type"),
)
"""Where a record may say that root acted although no ARN does, keys in lower case.

A record is text that others may have written: here it can only keep a ticket open.
"""

Test = Callable[[Ticket, Account, Organisation], bool]


def _attack_sequence(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.in_attack_sequence or ticket.type.startswith("AttackSequence:")


def _exposed(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.type.startswith(EXPOSED_CREDENTIALS) or EXFILTRATED in ticket.type


def _root(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    names = {ticket.principal or "", ticket.subject.id, ticket.subject.arn or ""}
    by_root = any(":iam::" in name and name.endswith(":root") for name in names)
    told = any(_said(ticket.record, path) == ROOT for path in ROOT_IS_TOLD)
    return by_root or told or ticket.type in ROOT_TYPES


def _said(record: Record, path: tuple[str, ...]) -> str:
    """A text in a record, whatever the casing of its keys; "" when there is none."""
    value: object = record
    for key in path:
        inner = value if isinstance(value, Mapping) else {}
        alike = (found for name, found in inner.items() if str(name).lower() == key)
        value = next(alike, None)
    return value.lower() if isinstance(value, str) else ""


def _tampering(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    by_call = ticket.source is Source.CLOUDTRAIL and ticket.type in TAMPERED
    return by_call or ticket.type.startswith(TAMPERING_FAMILIES)


def _ours(ticket: Ticket, _account: Account, organisation: Organisation) -> bool:
    guarded = organisation.engine_roles | organisation.break_glass
    names = (ticket.principal, ticket.subject.id, ticket.subject.arn)
    return any(ours(name, guarded) for name in names if name)


def ours(name: str, guarded: frozenset[str]) -> bool:
    """Whether `name` is one of these users or roles: itself, with a path, or a session of it."""
    return _identity(name) in _identities(guarded)


@lru_cache(maxsize=64)
def _identities(arns: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset(map(_identity, arns))


def _identity(arn: str) -> tuple[str, str]:
    """Account and name of a user or role.

    A session's ARN names its role without the role's path, so paths do not count.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    account, _, rest = arn.partition("::")[2].partition(":")
    parts = rest.split("/")
    assumed = parts[0] == "assumed-role"
    return (account, "role/" + parts[1] if assumed and len(parts) > 1 else _pathless(parts))


def _pathless(parts: list[str]) -> str:
    return parts[0] + "/" + parts[-1]


def _management(_ticket: Ticket, account: Account, _organisation: Organisation) -> bool:
    return account.tier is Tier.MANAGEMENT


def _threat_intelligence(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.threat_intelligence


def _own_alarm(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.source is Source.TRIAGE


NEVER: tuple[tuple[str, Test], ...] = (
    ("it belongs to an attack sequence", _attack_sequence),
    ("it is about exposed credentials", _exposed),
    ("the root user is involved", _root),
    ("it is about tampering with logs or detectors", _tampering),
    ("it is about one of our own or break-glass principals", _ours),
    ("it is about the management account", _management),
    ("threat intelligence knows the other side", _threat_intelligence),
    ("it is our own alarm about what keeps watch", _own_alarm),
)


def never_close(ticket: Ticket, account: Account, organisation: Organisation) -> str | None:
    """Say why policy keeps this ticket for a person, or None."""
    return next((why for why, holds in NEVER if holds(ticket, account, organisation)), None)
