"""Policy ahead of every ground: what no rule, signature or licence may close.

Each row is a sentence and a test. The lists name the ways logs and detectors are silenced;
https://attack.mitre.org/techniques/T1562/008/ and AWS's own GuardDuty Stealth and
DefenseEvasion types are where they come from.
"""

from collections.abc import Callable

from triage.domain.account import Account, Organisation, Tier
from triage.domain.ticket import Source, Ticket

TAMPERING_CALLS = frozenset(
    {
        "cloudtrail:StopLogging",
        "cloudtrail:DeleteTrail",
        "cloudtrail:UpdateTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:DeleteEventDataStore",
        "config:StopConfigurationRecorder",
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
        "guardduty:DeleteDetector",
        "guardduty:UpdateDetector",
        "guardduty:CreateFilter",
        "guardduty:CreateIPSet",
        "guardduty:UpdateIPSet",
        "guardduty:DisassociateFromAdministratorAccount",
        "guardduty:DisassociateFromMasterAccount",
        "guardduty:DisassociateMembers",
        "guardduty:StopMonitoringMembers",
        "securityhub:DisableSecurityHub",
        "securityhub:BatchDisableStandards",
        "securityhub:CreateAutomationRule",
        "inspector2:Disable",
        "macie2:CreateFindingsFilter",
        "macie2:DisableMacie",
        "macie2:UpdateFindingsFilter",
        "access-analyzer:CreateArchiveRule",
        "access-analyzer:DeleteAnalyzer",
        "access-analyzer:UpdateArchiveRule",
        "ec2:DeleteFlowLogs",
        "logs:DeleteLogGroup",
        "logs:DeleteLogStream",
        "events:DisableRule",
        "events:DeleteRule",
        "events:RemoveTargets",
        # CloudTrail knows CloudWatch as monitoring.amazonaws.com.
        "monitoring:DeleteAlarms",
        "monitoring:DisableAlarmActions",
        "monitoring:SetAlarmState",
        "organizations:LeaveOrganization",
        "s3:PutBucketLogging",
    }
)
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

Test = Callable[[Ticket, Account, Organisation], bool]


def _attack_sequence(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.in_attack_sequence or ticket.type.startswith("AttackSequence:")


def _exposed(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    return ticket.type.startswith(EXPOSED_CREDENTIALS) or EXFILTRATED in ticket.type


def _root(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    names = {ticket.principal or "", ticket.subject.id, ticket.subject.arn or ""}
    by_root = any(":iam::" in name and name.endswith(":root") for name in names)
    return by_root or ticket.type in ROOT_TYPES


def _tampering(ticket: Ticket, _account: Account, _organisation: Organisation) -> bool:
    by_call = ticket.source is Source.CLOUDTRAIL and ticket.type in TAMPERING_CALLS
    return by_call or ticket.type.startswith(TAMPERING_FAMILIES)


def _ours(ticket: Ticket, _account: Account, organisation: Organisation) -> bool:
    guarded = organisation.engine_roles | organisation.break_glass
    names = (ticket.principal, ticket.subject.id, ticket.subject.arn)
    return any(ours(name, guarded) for name in names if name)


def ours(name: str, guarded: frozenset[str]) -> bool:
    """Whether `name` is one of these users or roles: itself, with a path, or a session of it."""
    return _identity(name) in {_identity(arn) for arn in guarded}


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
