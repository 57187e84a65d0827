"""What the simulated detectors report: one row a finding type, with how often nothing is behind it.

Types and usual severities follow GuardDuty's user guide, "GuardDuty finding types", Security Hub's
control reference, Inspector's finding types and Config's managed rules. How often they speak is our
own invention, chosen so that most of what arrives is routine: no figure here was measured.
"""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """Whose words a message is written in."""

    GUARDDUTY = "guardduty"
    CONTROL = "control"
    RULE = "rule"
    CALL = "call"
    VULNERABILITY = "vulnerability"
    REPORT = "report"


class About(StrEnum):
    """What a finding is about."""

    INSTANCE = "instance"
    PRINCIPAL = "principal"
    BUCKET = "bucket"
    GROUP = "group"
    DATABASE = "database"


class Stage(StrEnum):
    """Where in an attack a finding belongs; NONE is seen in no attack."""

    NONE = "none"
    KNOCK = "knock"
    ENTER = "enter"
    STAY = "stay"
    LOOK = "look"
    TAKE = "take"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A finding type. `severities` are in its vendor's own scale, `daily` is for ten accounts.

    `risky` is how often it is a security risk though no attack is behind it (0-1), `listed` how
    often threat intelligence names the other side without one, `seen` how often an attack's step
    of this stage shows as this type rather than another (a weight).
    """

    shape: Shape
    type: str
    title: str
    about: About
    severities: tuple[str | float, ...]
    daily: float
    stage: Stage = Stage.NONE
    risky: float = 0.0
    listed: float = 0.0
    seen: float = 1.0
    repeats: int = 5


def _threat(
    type_: str, title: str, about: About, daily: float, stage: Stage, **more: object
) -> Kind:
    fields = {"severities": (5.0,), **more}
    return Kind(
        shape=Shape.GUARDDUTY,
        type=type_,
        title=title,
        about=about,
        daily=daily,
        stage=stage,
        **fields,  # type: ignore[arg-type] - a table's own columns
    )


def _control(
    type_: str, title: str, about: About, severity: str, daily: float, risky: float
) -> Kind:
    stage = Stage.OPEN if type_ in {"S3.2", "EC2.19", "S3.8"} else Stage.NONE
    return Kind(
        shape=Shape.CONTROL,
        type=type_,
        title=title,
        about=about,
        severities=(severity,),
        daily=daily,
        risky=risky,
        stage=stage,
    )


_I, _P, _B, _G, _D = About.INSTANCE, About.PRINCIPAL, About.BUCKET, About.GROUP, About.DATABASE
KINDS = (
    _threat(
        "Recon:EC2/PortProbeUnprotectedPort",
        "An unprotected port is being probed.",
        _I,
        2.0,
        Stage.KNOCK,
        severities=(2.0,),
        repeats=400,
        listed=0.02,
    ),
    _threat(
        "UnauthorizedAccess:EC2/SSHBruteForce",
        "Passwords are being guessed over SSH.",
        _I,
        1.2,
        Stage.KNOCK,
        severities=(2.0, 2.0, 8.0),
        repeats=200,
        listed=0.02,
    ),
    _threat(
        "Recon:EC2/Portscan",
        "An instance scans ports of other hosts.",
        _I,
        0.5,
        Stage.LOOK,
        repeats=40,
    ),
    _threat(
        "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
        "Somebody signed in from several places at once.",
        _P,
        0.4,
        Stage.ENTER,
    ),
    _threat(
        "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
        "Credentials of an instance are used from outside.",
        _P,
        0.05,
        Stage.ENTER,
        severities=(8.0,),
    ),
    _threat(
        "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
        "An instance talks to an address on a list.",
        _I,
        0.25,
        Stage.ENTER,
        listed=1.0,
    ),
    _threat(
        "Persistence:IAMUser/AnomalousBehavior",
        "A principal used calls that keep access.",
        _P,
        0.5,
        Stage.STAY,
    ),
    _threat(
        "PrivilegeEscalation:IAMUser/AnomalousBehavior",
        "A principal used calls that widen its rights.",
        _P,
        0.3,
        Stage.STAY,
    ),
    _threat(
        "Discovery:IAMUser/AnomalousBehavior",
        "A principal looked around in an unusual way.",
        _P,
        0.9,
        Stage.LOOK,
        severities=(2.0,),
    ),
    _threat(
        "Discovery:S3/AnomalousBehavior",
        "Buckets were listed in an unusual way.",
        _B,
        0.5,
        Stage.LOOK,
        severities=(2.0, 8.9),
    ),
    _threat(
        "Exfiltration:S3/AnomalousBehavior",
        "Objects were read in a way that looks like exfiltration.",
        _B,
        0.03,
        Stage.TAKE,
        severities=(8.0,),
    ),
    _threat(
        "Object:S3/MaliciousFile",
        "An object holds malware.",
        _B,
        0.01,
        Stage.TAKE,
        severities=(8.0,),
        seen=0.5,
    ),
    _threat(
        "Execution:EC2/MaliciousFile",
        "A volume holds malware.",
        _I,
        0.01,
        Stage.STAY,
        severities=(8.0,),
        seen=0.7,
    ),
    _threat(
        "Execution:Runtime/NewBinaryExecuted",
        "A program that was not there before has run.",
        _I,
        0.7,
        Stage.STAY,
        seen=0.6,
    ),
    _threat(
        "CryptoCurrency:EC2/BitcoinTool.B!DNS",
        "An instance asks for a domain of cryptocurrency miners.",
        _I,
        0.01,
        Stage.TAKE,
        severities=(8.0,),
        listed=0.5,
        repeats=60,
    ),
    _threat(
        "Backdoor:EC2/C&CActivity.B!DNS",
        "An instance asks for a domain that commands malware.",
        _I,
        0.01,
        Stage.STAY,
        severities=(8.0,),
        listed=0.5,
        repeats=30,
    ),
    _control("S3.8", "General purpose buckets should block public access", _B, "HIGH", 1.0, 0.03),
    _control("S3.2", "Buckets should block public read access", _B, "CRITICAL", 0.3, 0.08),
    _control("S3.5", "Buckets should require TLS", _B, "MEDIUM", 1.0, 0.0),
    _control("EC2.19", "Groups should not open ports of high risk", _G, "CRITICAL", 0.5, 0.06),
    _control("EC2.13", "Groups should not open port 22", _G, "HIGH", 0.6, 0.05),
    _control("EC2.7", "Volumes should be encrypted by default", _I, "MEDIUM", 0.5, 0.0),
    _control("EC2.8", "Instances should use IMDSv2", _I, "HIGH", 1.2, 0.005),
    _control("IAM.3", "Access keys should be rotated", _P, "MEDIUM", 0.9, 0.005),
    _control("RDS.2", "Databases should not be public", _D, "CRITICAL", 0.2, 0.06),
    _control("RDS.3", "Databases should be encrypted", _D, "MEDIUM", 0.4, 0.0),
    Kind(
        shape=Shape.RULE,
        type="s3-bucket-level-public-access-prohibited",
        title="",
        about=_B,
        severities=("",),
        daily=0.8,
        risky=0.02,
    ),
    Kind(
        shape=Shape.RULE,
        type="restricted-ssh",
        title="",
        about=_G,
        severities=("",),
        daily=0.4,
        risky=0.04,
    ),
    Kind(
        shape=Shape.VULNERABILITY,
        type="PACKAGE_VULNERABILITY",
        title="CVE in a package",
        about=_I,
        severities=("MEDIUM", "HIGH", "CRITICAL"),
        daily=1.6,
        risky=0.01,
    ),
    Kind(
        shape=Shape.CALL,
        type="AuthorizeSecurityGroupIngress",
        title="",
        about=_G,
        severities=("",),
        daily=0.9,
        stage=Stage.OPEN,
    ),
    Kind(
        shape=Shape.CALL,
        type="CreateAccessKey",
        title="",
        about=_P,
        severities=("",),
        daily=0.4,
        stage=Stage.STAY,
    ),
    Kind(
        shape=Shape.REPORT,
        type="",
        title="Somebody asks for my password",
        about=_P,
        severities=("low", "medium"),
        daily=0.5,
        stage=Stage.ENTER,
        seen=0.5,
    ),
    Kind(
        shape=Shape.REPORT,
        type="",
        title="I think I have malware, files look like ransom notes",
        about=_P,
        severities=("medium", "high"),
        daily=0.2,
        stage=Stage.TAKE,
        seen=0.2,
    ),
)
SEQUENCE = _threat(
    "AttackSequence:IAM/CompromisedCredentials",
    "Several steps by one principal look like one attack.",
    About.PRINCIPAL,
    0.0,
    Stage.NONE,
    severities=(9.0,),
)
"""What GuardDuty says once it has joined the steps of an attack; now and then of a release."""
