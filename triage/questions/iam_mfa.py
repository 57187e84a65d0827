"""Has a user a second factor, and a password that would need one?

https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-5
"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, Missing, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

GONE = "NoSuchEntity"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the user's devices and password."""
    account, user = about.account(asking), about.user(asking)
    return tuple(
        Read.of(f"iam.{call}", account, about.GLOBAL_REGION, user=user)
        for call in ("list_mfa_devices", "get_login_profile")
    )


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A user without a password is NoSuchEntity too, so only the devices say who is gone."""
    if unknown := failure(reads):
        return unknown
    devices, password = reads
    if missing(devices, GONE):
        return absent(reads[:1])
    listed = dig(payload(devices), "MFADevices")
    whose = [text(one, "UserName") for one in records(payload(devices), "MFADevices")]
    has_password = _has_password(password)
    if not isinstance(listed, list) or has_password is None:
        return Unknown(reason="IAM did not say which factors and password the user has")
    if len(whose) != len(listed) or set(whose) - {about.user(asking)}:
        return Unknown(reason="IAM showed devices of somebody else")
    return known(
        reads,
        {
            "mfa": bool(listed),
            "devices": len(listed),
            "password": has_password,
            "password_alone": has_password and not listed,
            "explanation": _explain(len(listed), password=has_password),
        },
    )


def _has_password(read: RawRead) -> bool | None:
    if isinstance(read, Missing):
        return False if read.code == GONE else None
    return True if text(payload(read), "LoginProfile", "UserName") else None


def _explain(devices: int, *, password: bool) -> str:
    console = "a console password" if password else "no console password"
    return f"{console}, {devices} MFA devices."


QUESTION = Question(
    name="iam.mfa",
    phrase="whether the user has a second factor",
    parameters={
        "user": Parameter(type="string", meaning="another user than the ticket's", subject=True)
    },
    answer={
        "mfa": Field(type="boolean", meaning="at least one MFA device"),
        "devices": Field(type="number", meaning="how many"),
        "password": Field(type="boolean", meaning="a console password"),
        "password_alone": Field(type="boolean", meaning="a console password and no MFA device"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("iam:ListMFADevices", "iam:GetLoginProfile"),
    plan=plan,
    interpret=interpret,
)
