"""The fixes a playbook may name: declared here, applied by a later version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from triage.questions.question import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a fix does, to what, with which permissions, and what it can break."""

    summary: str
    scope: str
    risk: str
    iam_actions: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def _subject(what: str) -> Mapping[str, Parameter]:
    return {
        what: Parameter(type="string", meaning=f"another {what} than the ticket's", subject=True)
    }


FIXES: Mapping[str, Fix] = MappingProxyType(
    {
        "s3.block_public_access": Fix(
            summary="Turn on all four public access block settings of the bucket.",
            scope="one bucket",
            risk="A website or a partner that reads the bucket anonymously stops working.",
            iam_actions=("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
            parameters=_subject("bucket"),
        ),
        "ec2.revoke_ingress": Fix(
            summary="Revoke the ingress rules that are open to everyone, by rule id.",
            scope="one security group",
            risk="Whoever connects through the rule is cut off; live connections survive.",
            iam_actions=("ec2:DescribeSecurityGroupRules", "ec2:RevokeSecurityGroupIngress"),
            parameters=_subject("group"),
        ),
        "iam.deactivate_access_key": Fix(
            summary="Set the access key inactive; it is never deleted.",
            scope="one access key",
            risk="Whatever signs with the key stops working.",
            iam_actions=("iam:ListAccessKeys", "iam:UpdateAccessKey"),
            parameters=_subject("key"),
        ),
        "iam.deny_user": Fix(
            summary="Put an inline policy on the user that denies everything.",
            scope="one user",
            risk="Whatever works as the user stops; the policy is taken off again in one call.",
            iam_actions=("iam:GetUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy"),
            parameters=_subject("user"),
        ),
        "iam.deny_role": Fix(
            summary="Put an inline policy on the role that denies everything.",
            scope="one role, all of its users",
            risk="Whatever works as the role stops; the policy is taken off again in one call.",
            iam_actions=("iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
            parameters=_subject("role"),
        ),
        "iam.delete_login_profile": Fix(
            summary="Take the console password away; keys and policies stay.",
            scope="one user",
            risk="The user cannot sign in until somebody sets a new password: there is no undo.",
            iam_actions=("iam:GetLoginProfile", "iam:DeleteLoginProfile"),
            parameters=_subject("user"),
        ),
        "iam.revoke_role_sessions": Fix(
            summary="Deny every session of the role that was issued before now.",
            scope="one role, all of its users",
            risk="Everyone using the role has to assume it again.",
            iam_actions=("iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy"),
            parameters=_subject("role"),
        ),
        "ec2.isolate_instance": Fix(
            summary="Move every network interface of the instance to an isolating group.",
            scope="one instance",
            risk="The instance serves nobody until it is released.",
            iam_actions=(
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:ModifyNetworkInterfaceAttribute",
            ),
            parameters=_subject("instance"),
        ),
        "cloudtrail.start_logging": Fix(
            summary="Start logging again, from the trail's home Region.",
            scope="one trail",
            risk="None known; storage costs.",
            iam_actions=("cloudtrail:GetTrailStatus", "cloudtrail:StartLogging"),
            parameters=_subject("trail"),
        ),
        "guardduty.enable_detector": Fix(
            summary="Enable the detector again.",
            scope="one detector",
            risk="None known; GuardDuty's own costs.",
            iam_actions=("guardduty:GetDetector", "guardduty:UpdateDetector"),
            parameters=_subject("detector"),
        ),
        "config.start_recorder": Fix(
            summary="Start the configuration recorder again.",
            scope="one recorder",
            risk="None known; Config's own costs.",
            iam_actions=(
                "config:DescribeConfigurationRecorderStatus",
                "config:StartConfigurationRecorder",
            ),
            parameters=_subject("recorder"),
        ),
    }
)
