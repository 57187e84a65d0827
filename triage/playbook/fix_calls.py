"""Which calls each fix makes, as boto3 names them; lint holds them against AWS's own models.

"{name}" is what the playbook gives or the fix fills in; ANSWER is what a call before it answered.
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.api import ApiCall
from triage.playbook.fixes import ANSWER
from triage.playbook.fixes import calling as _call

EVERYONE = [{"Group": "all"}]

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
        "lambda.require_url_auth": (
            _call("lambda.list_function_url_configs", FunctionName="{function}"),
            _call(
                "lambda.update_function_url_config", FunctionName="{function}", AuthType="AWS_IAM"
            ),
        ),
        "guardduty.enable_detector": (
            _call("guardduty.list_detectors"),
            _call("guardduty.get_detector", DetectorId="{detector}"),
            _call("guardduty.update_detector", DetectorId="{detector}", Enable=True),
        ),
    }
)
