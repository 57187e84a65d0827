"""Which calls each fix makes, as boto3 names them; lint holds them against AWS's own models.

"{name}" is what the playbook gives or the fix fills in; ANSWER is what a call before it answered.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from triage.domain.api import ApiCall

ANSWER = "{answer}"
EVERYONE = [{"Group": "all"}]


def _call(call: str, **parameters: Any) -> ApiCall:
    return ApiCall(call=call, parameters=parameters)


_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
_DENY = "deny-everything"

CALLS: Mapping[str, tuple[ApiCall, ...]] = MappingProxyType(
    {
        "aws.call": (ApiCall(call="{call}", parameters="{parameters}"),),
        "s3.block_public_access": (
            _call("s3.get_bucket_tagging", Bucket="{bucket}"),
            _call("s3.get_bucket_policy_status", Bucket="{bucket}"),
            _call("s3.get_bucket_website", Bucket="{bucket}"),
            _call("s3.get_public_access_block", Bucket="{bucket}"),
            _call("s3.delete_public_access_block", Bucket="{bucket}"),
            _call(
                "s3.put_public_access_block",
                Bucket="{bucket}",
                PublicAccessBlockConfiguration=_BLOCK,
            ),
        ),
        "s3.require_tls": (
            _call("s3.get_bucket_tagging", Bucket="{bucket}"),
            _call("s3.get_bucket_policy", Bucket="{bucket}"),
            _call("s3.put_bucket_policy", Bucket="{bucket}", Policy=ANSWER),
            _call("s3.delete_bucket_policy", Bucket="{bucket}"),
        ),
        "ec2.revoke_ingress": (
            _call("ec2.describe_security_groups", GroupIds=["{group}"]),
            _call(
                "ec2.describe_security_group_rules",
                Filters=[{"Name": "group-id", "Values": ["{group}"]}],
            ),
            _call(
                "ec2.revoke_security_group_ingress",
                GroupId="{group}",
                SecurityGroupRuleIds=ANSWER,
            ),
            _call("ec2.authorize_security_group_ingress", GroupId="{group}", IpPermissions=ANSWER),
            _call("ec2.create_tags", Resources=ANSWER, Tags=ANSWER),
        ),
        "iam.deactivate_access_key": (
            _call("iam.get_access_key_last_used", AccessKeyId="{key}"),
            _call("iam.get_user", UserName="{user}"),
            _call("iam.list_access_keys", UserName="{user}"),
            _call(
                "iam.update_access_key", UserName="{user}", AccessKeyId="{key}", Status="Inactive"
            ),
        ),
        "iam.deny_user": (
            _call("iam.get_user", UserName="{user}"),
            _call("iam.list_user_policies", UserName="{user}"),
            _call("iam.get_user_policy", UserName="{user}", PolicyName=_DENY),
            _call(
                "iam.put_user_policy",
                UserName="{user}",
                PolicyName=_DENY,
                PolicyDocument=ANSWER,
            ),
            _call("iam.delete_user_policy", UserName="{user}", PolicyName=_DENY),
        ),
        "iam.deny_role": (
            _call("iam.get_role_policy", RoleName="{role}", PolicyName=_DENY),
            _call(
                "iam.put_role_policy", RoleName="{role}", PolicyName=_DENY, PolicyDocument=ANSWER
            ),
            _call("iam.delete_role_policy", RoleName="{role}", PolicyName=_DENY),
        ),
        "iam.delete_login_profile": (
            _call("iam.get_login_profile", UserName="{user}"),
            _call("iam.delete_login_profile", UserName="{user}"),
        ),
        "iam.revoke_role_sessions": (
            _call("iam.get_role", RoleName="{role}"),
            _call("iam.get_role_policy", RoleName="{role}", PolicyName="revoke-older-sessions"),
            _call(
                "iam.put_role_policy",
                RoleName="{role}",
                PolicyName="revoke-older-sessions",
                PolicyDocument=ANSWER,
            ),
        ),
        "ec2.isolate_instance": (
            _call("ec2.describe_instances", InstanceIds=["{instance}"]),
            _call("ec2.describe_network_interfaces", NetworkInterfaceIds=ANSWER),
            _call(
                "ec2.modify_network_interface_attribute", NetworkInterfaceId=ANSWER, Groups=ANSWER
            ),
        ),
        "ec2.require_imdsv2": (
            _call("ec2.describe_instances", InstanceIds=["{instance}"]),
            _call(
                "ec2.modify_instance_metadata_options",
                InstanceId="{instance}",
                HttpTokens="required",
            ),
        ),
        "ec2.enable_ebs_encryption": (
            _call("ec2.get_ebs_encryption_by_default"),
            _call("ec2.enable_ebs_encryption_by_default"),
        ),
        "ec2.unshare_snapshot": (
            _call(
                "ec2.describe_snapshot_attribute",
                SnapshotId="{snapshot}",
                Attribute="createVolumePermission",
            ),
            _call(
                "ec2.modify_snapshot_attribute",
                SnapshotId="{snapshot}",
                Attribute="createVolumePermission",
                CreateVolumePermission={"Remove": EVERYONE},
            ),
            _call(
                "ec2.describe_image_attribute", ImageId="{snapshot}", Attribute="launchPermission"
            ),
            _call(
                "ec2.modify_image_attribute",
                ImageId="{snapshot}",
                LaunchPermission={"Remove": EVERYONE},
            ),
        ),
        "rds.unshare_snapshot": (
            _call("rds.describe_db_snapshot_attributes", DBSnapshotIdentifier="{snapshot}"),
            _call(
                "rds.describe_db_cluster_snapshot_attributes",
                DBClusterSnapshotIdentifier="{snapshot}",
            ),
            _call(
                "rds.modify_db_snapshot_attribute",
                DBSnapshotIdentifier="{snapshot}",
                AttributeName="restore",
                ValuesToRemove=["all"],
            ),
            _call(
                "rds.modify_db_cluster_snapshot_attribute",
                DBClusterSnapshotIdentifier="{snapshot}",
                AttributeName="restore",
                ValuesToRemove=["all"],
            ),
        ),
        "rds.make_private": (
            _call("rds.describe_db_instances", DBInstanceIdentifier="{instance}"),
            _call(
                "rds.modify_db_instance",
                DBInstanceIdentifier="{instance}",
                PubliclyAccessible=False,
                ApplyImmediately=True,
            ),
        ),
        "lambda.remove_public_permission": (
            _call("lambda.get_policy", FunctionName="{function}"),
            _call(
                "lambda.remove_permission",
                FunctionName="{function}",
                StatementId=ANSWER,
                RevisionId=ANSWER,
            ),
        ),
        "lambda.require_url_auth": (
            _call("lambda.list_function_url_configs", FunctionName="{function}"),
            _call(
                "lambda.update_function_url_config", FunctionName="{function}", AuthType="AWS_IAM"
            ),
        ),
        "kms.cancel_key_deletion": (
            _call("kms.describe_key", KeyId="{key}"),
            _call("kms.cancel_key_deletion", KeyId="{key}"),
        ),
        "cloudtrail.start_logging": (
            _call("cloudtrail.get_trail_status", Name="{trail}"),
            _call("cloudtrail.start_logging", Name="{trail}"),
        ),
        "guardduty.enable_detector": (
            _call("guardduty.list_detectors"),
            _call("guardduty.get_detector", DetectorId="{detector}"),
            _call("guardduty.update_detector", DetectorId="{detector}", Enable=True),
        ),
        "config.start_recorder": (
            _call(
                "config.describe_configuration_recorder_status",
                ConfigurationRecorderNames=["{recorder}"],
            ),
            _call("config.start_configuration_recorder", ConfigurationRecorderName="{recorder}"),
        ),
    }
)
