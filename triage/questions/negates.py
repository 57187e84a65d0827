"""What proves a finding gone: type -> the answer that negates its own condition.

S3.8 is negated by public access being *blocked*, not by the bucket not being public. A vanished,
PASSED, OK, archived or CLOSED record negates nothing. Conditions are those of
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html and
of the Config managed rules of the same name; of Macie's user guide, "Types of findings"; and of the
IAM user guide, "Resolve IAM Access Analyzer findings".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ABSENT = "is absent"
"""As a field: the question's answer is Absent, which is to say the subject itself is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """`field` of the answer to `question` has exactly `value`, asked about the ticket's subject."""

    question: str
    field: str
    value: object = True


def _all(types: str, *negations: Negation) -> dict[str, tuple[Negation, ...]]:
    return dict.fromkeys(types.split(), negations)


NEGATES: Mapping[str, tuple[Negation, ...]] = MappingProxyType(
    _all(
        "S3.8 s3-bucket-level-public-access-prohibited",
        Negation(question="s3.public_access", field="public_access_blocked"),
        Negation(question="s3.public_access", field=ABSENT),
    )
    | _all(
        "IAM.3 access-keys-rotated",
        Negation(question="iam.user_keys", field="overdue", value=False),
        Negation(question="iam.user_keys", field=ABSENT),
    )
    | _all(
        "Policy:IAMUser/S3BlockPublicAccessDisabled",
        Negation(question="s3.public_access", field="public_access_blocked"),
        Negation(question="s3.public_access", field=ABSENT),
    )
    | _all(
        "Policy:IAMUser/S3BucketEncryptionDisabled",
        Negation(question="s3.public_access", field=ABSENT),
    )
    # Use negates none of these: access that wakes after months is news. What nobody can use does.
    | _all("UnusedIAMRole UnusedPermission", Negation(question="iam.last_used", field=ABSENT))
    | _all(
        "UnusedIAMUserAccessKey",
        Negation(question="iam.last_used", field="any_key_active", value=False),
        Negation(question="iam.last_used", field=ABSENT),
    )
    | _all(
        "UnusedIAMUserPassword",
        Negation(question="iam.last_used", field="has_password", value=False),
        Negation(question="iam.last_used", field=ABSENT),
    )
    | _all(
        "EC2.13 EC2.53 restricted-ssh",
        Negation(question="ec2.security_group", field="port_22_open", value=False),
    )
    | _all(
        "EC2.14 EC2.54",
        Negation(question="ec2.security_group", field="port_3389_open", value=False),
    )
    | _all(
        "EC2.19",
        Negation(question="ec2.security_group", field="open_to_world", value=False),
    )
)


def negations(type_: str) -> tuple[Negation, ...]:
    """Everything that proves a finding of this type gone; empty when nothing we can ask does."""
    return NEGATES.get(type_, ())
