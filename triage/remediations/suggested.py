"""Fixes that playbooks may name and only people make: the engine passes them on as suggestions.

A fix leaves this table for a file of its own when the engine learns to apply it; what has no way
back, as a deleted password, stays.
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.playbook.fixes import Fix, subject
from triage.questions.question import Parameter

SUGGESTED: Mapping[str, Fix] = MappingProxyType(
    {
        "aws.call": Fix(
            summary="Make this one API call by hand; it is checked against AWS's own model.",
            scope="what the call names",
            risk="Whatever the call does: it has no undo here, so it is only ever suggested.",
            iam_actions=(),
            by_hand=True,
            parameters={
                "call": Parameter(
                    type="string", meaning="such as s3.put_bucket_versioning", required=True
                ),
                "parameters": Parameter(type="object", meaning="what the call takes"),
            },
        ),
        "iam.deny_role": Fix(
            summary="Put an inline policy on the role that denies everything.",
            scope="one role, all of its users",
            risk="Whatever works as the role stops; the policy is taken off again in one call.",
            iam_actions=("iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
            parameters=subject("role"),
        ),
        "iam.delete_login_profile": Fix(
            summary="Take the console password away; keys and policies stay.",
            scope="one user",
            risk="The user cannot sign in until somebody sets a new password: there is no undo.",
            iam_actions=("iam:GetLoginProfile", "iam:DeleteLoginProfile"),
            parameters=subject("user"),
        ),
        "iam.revoke_role_sessions": Fix(
            summary="Deny every session of the role that was issued before now.",
            scope="one role, all of its users",
            risk="Everyone using the role has to assume it again.",
            iam_actions=("iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy"),
            parameters=subject("role"),
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
            parameters=subject("instance"),
        ),
        "ec2.require_imdsv2": Fix(
            summary="Require a session token for the instance's metadata.",
            scope="one instance",
            risk="Software on it that still speaks IMDSv1 loses its credentials.",
            iam_actions=("ec2:DescribeInstances", "ec2:ModifyInstanceMetadataOptions"),
            parameters=subject("instance"),
        ),
        "ec2.enable_ebs_encryption": Fix(
            summary="Turn on encryption by default for new volumes of the Region.",
            scope="one account and Region",
            risk="None known; volumes that exist stay as they are.",
            iam_actions=("ec2:EnableEbsEncryptionByDefault", "ec2:GetEbsEncryptionByDefault"),
        ),
        "ec2.unshare_snapshot": Fix(
            summary="Take back the snapshot's or image's sharing with everyone.",
            scope="one snapshot or machine image",
            risk="Accounts that rely on it and are not named lose it.",
            iam_actions=(
                "ec2:DescribeImageAttribute",
                "ec2:DescribeSnapshotAttribute",
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
            ),
            parameters=subject("snapshot"),
        ),
        "rds.unshare_snapshot": Fix(
            summary="Take back the database snapshot's sharing with everyone.",
            scope="one snapshot",
            risk="Accounts that rely on it and are not named lose it.",
            iam_actions=(
                "rds:DescribeDBClusterSnapshotAttributes",
                "rds:DescribeDBSnapshotAttributes",
                "rds:ModifyDBClusterSnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
            ),
            parameters=subject("snapshot"),
        ),
        "rds.make_private": Fix(
            summary="Take the database's public address away.",
            scope="one database",
            risk="Whoever connects from outside its network is cut off.",
            iam_actions=("rds:DescribeDBInstances", "rds:ModifyDBInstance"),
            parameters=subject("instance"),
        ),
        "lambda.remove_public_permission": Fix(
            summary="Remove the statements of the function's policy that let anyone call it.",
            scope="one function",
            risk="Whoever calls it without being named is refused.",
            iam_actions=("lambda:GetPolicy", "lambda:RemovePermission"),
            parameters=subject("function"),
        ),
        "lambda.require_url_auth": Fix(
            summary="Ask callers of the function's URLs for IAM authentication.",
            scope="one function",
            risk="Browsers and partners that call the URL unsigned are refused.",
            iam_actions=("lambda:ListFunctionUrlConfigs", "lambda:UpdateFunctionUrlConfig"),
            parameters=subject("function"),
        ),
        "kms.cancel_key_deletion": Fix(
            summary="Cancel the key's deletion; it is left disabled.",
            scope="one key",
            risk="None known; the key keeps costing.",
            iam_actions=("kms:CancelKeyDeletion", "kms:DescribeKey"),
            parameters=subject("key"),
        ),
        "cloudtrail.start_logging": Fix(
            summary="Start logging again, from the trail's home Region.",
            scope="one trail",
            risk="None known; storage costs.",
            iam_actions=("cloudtrail:GetTrailStatus", "cloudtrail:StartLogging"),
            parameters=subject("trail"),
        ),
        "config.start_recorder": Fix(
            summary="Start the configuration recorder again.",
            scope="one recorder",
            risk="None known; Config's own costs.",
            iam_actions=(
                "config:DescribeConfigurationRecorderStatus",
                "config:StartConfigurationRecorder",
            ),
            parameters=subject("recorder"),
        ),
    }
)
