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


EVERY: tuple[Negation, ...] = (
    Negation(question="resource.exists", field="exists", value=False),
    Negation(question="cloudtrail.deleted", field="for_good"),
)
"""Nothing is wrong with what is not there: these negate any statement about the present.

They end posture only: refuse.py keeps an exposure's past and a threat for people, and a question
about a ticket with several subjects has no answer.
"""

NEGATES: Mapping[str, tuple[Negation, ...]] = MappingProxyType(
    _all(
        "S3.8 s3-bucket-level-public-access-prohibited",
        Negation(question="s3.public_access", field="public_access_blocked"),
        Negation(question="s3.public_access", field=ABSENT),
    )
    # Passes when the policy denies every request without TLS: .../s3-controls.html#s3-5
    | _all(
        "S3.5 s3-bucket-ssl-requests-only",
        Negation(question="s3.secure_transport", field="plain_refused"),
        Negation(question="s3.secure_transport", field=ABSENT),
    )
    | _all(
        "IAM.3 access-keys-rotated",
        Negation(question="iam.user_keys", field="overdue", value=False),
        Negation(question="iam.user_keys", field=ABSENT),
    )
    # Only users with a console password count: .../iam-controls.html#iam-5
    | _all(
        "IAM.5 mfa-enabled-for-iam-console-access",
        Negation(question="iam.mfa", field="password_alone", value=False),
        Negation(question="iam.mfa", field=ABSENT),
    )
    # Every user counts: .../iam-controls.html#iam-19
    | _all(
        "IAM.19 iam-user-mfa-enabled",
        Negation(question="iam.mfa", field="mfa"),
        Negation(question="iam.mfa", field=ABSENT),
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
    # An exposure, for which a proof is not enough: .../ec2-controls.html#ec2-1
    | _all(
        "EC2.1 ebs-snapshot-public-restorable-check RDS.1 rds-snapshots-public-prohibited",
        Negation(question="snapshot.sharing", field="public", value=False),
    )
    # Passes when encryption by default is on in the Region: .../ec2-controls.html#ec2-7
    | _all(
        "EC2.7 ec2-ebs-encryption-by-default",
        Negation(question="ec2.ebs_defaults", field="encrypted"),
    )
    # Passes when HttpTokens is required: .../ec2-controls.html#ec2-8
    | _all(
        "EC2.8 ec2-imdsv2-check",
        Negation(question="ec2.metadata_options", field="token_required"),
        Negation(question="ec2.metadata_options", field=ABSENT),
    )
    # An exposure too: .../rds-controls.html#rds-2
    | _all(
        "RDS.2 rds-instance-public-access-check",
        Negation(question="rds.instance", field="public", value=False),
    )
    # Passes when storage is encrypted: .../rds-controls.html#rds-3
    | _all(
        "RDS.3 rds-storage-encrypted",
        Negation(question="rds.instance", field="encrypted"),
        Negation(question="rds.instance", field=ABSENT),
    )
    # Fails for a key that is scheduled for deletion: .../kms-controls.html#kms-3
    | _all(
        "KMS.3 kms-cmk-not-scheduled-for-deletion",
        Negation(question="kms.key", field="kept"),
    )
    # Passes when rotation is on: .../kms-controls.html#kms-4
    | _all(
        "KMS.4 cmk-backing-key-rotation-enabled",
        Negation(question="kms.key", field="rotates"),
        Negation(question="kms.key", field=ABSENT),
    )
    # An exposure: .../lambda-controls.html#lambda-1
    | _all(
        "Lambda.1 lambda-function-public-access-prohibited",
        Negation(question="lambda.policy", field="public", value=False),
    )
    # Passes when it is enabled in the account and Region: .../guardduty-controls.html#guardduty-1
    | _all(
        "GuardDuty.1 guardduty-enabled-centralized",
        Negation(question="guardduty.detector", field="enabled"),
    )
    # Its own evaluation asks for all of this: .../config-controls.html#config-1
    | _all("Config.1", Negation(question="config.recorder", field="complete"))
    # One multi-Region trail, reads and writes: .../cloudtrail-controls.html#cloudtrail-1
    | _all(
        "CloudTrail.1 multi-region-cloudtrail-enabled",
        Negation(question="cloudtrail.trails", field="everywhere"),
    )
    # .../cloudtrail-controls.html#cloudtrail-2, #cloudtrail-3 and #cloudtrail-4
    | _all(
        "CloudTrail.2 cloud-trail-encryption-enabled",
        Negation(question="cloudtrail.trails", field="own_encrypted"),
    )
    | _all(
        "CloudTrail.3 cloudtrail-enabled",
        Negation(question="cloudtrail.trails", field="logging"),
    )
    | _all(
        "CloudTrail.4 cloud-trail-log-file-validation-enabled",
        Negation(question="cloudtrail.trails", field="own_validated"),
    )
    # ASFF calls every Inspector finding AWSInspector; the question asks which kind it is.
    | _all(
        "PACKAGE_VULNERABILITY CODE_VULNERABILITY NETWORK_REACHABILITY AWSInspector",
        Negation(question="inspector.coverage", field="gone"),
    )
    | {
        "CloudFormation Drift Detection Status Change": (
            Negation(question="cloudformation.stack", field="in_sync_since"),
            Negation(question="cloudformation.stack", field="deleted"),
        ),
        "CloudFormation Stack Status Change": (
            Negation(question="cloudformation.stack", field="well_since"),
            Negation(question="cloudformation.stack", field="deleted"),
        ),
    }
)


def negations(type_: str) -> tuple[Negation, ...]:
    """Everything that proves a finding of this type gone.

    A type nobody listed, "" among them, is negated only by what negates every type.
    """
    return (*NEGATES.get(type_, ()), *EVERY)
