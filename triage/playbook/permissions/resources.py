"""Which resources an action can be held to: ARNs with an asterisk for every name.

Service Authorization Reference, "Resource types" of each action. An action that is not here takes
all resources or none: only "*" allows it.
"""

from collections.abc import Mapping
from types import MappingProxyType

EVERYTHING = ("*",)


def _each(actions: str, *arns: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(actions.split(), tuple(f"arn:{{partition}}:{arn}" for arn in arns))


RESOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **_each(
            """
            s3:GetBucketAcl s3:GetBucketLocation s3:GetBucketPolicy s3:GetBucketPolicyStatus
            s3:GetBucketPublicAccessBlock s3:GetBucketTagging s3:GetBucketWebsite
            s3:GetEncryptionConfiguration s3:ListBucket
            s3:PutBucketPublicAccessBlock s3:PutBucketPolicy s3:DeleteBucketPolicy
            """,
            "s3:::*",
        ),
        **_each("s3:GetObjectAcl", "s3:::*/*"),
        **_each(
            """
            iam:DeleteLoginProfile iam:DeleteUserPolicy iam:GetAccessKeyLastUsed
            iam:GetLoginProfile iam:GetUser iam:GetUserPolicy iam:ListAccessKeys
            iam:ListMFADevices iam:ListUserPolicies iam:PutUserPolicy iam:UpdateAccessKey
            """,
            "iam::*:user/*",
        ),
        **_each(
            "iam:DeleteRolePolicy iam:GetRole iam:GetRolePolicy iam:PutRolePolicy",
            "iam::*:role/*",
        ),
        **_each("iam:GetPolicy", "iam::*:policy/*"),
        **_each("ec2:ModifyInstanceMetadataOptions", "ec2:*:*:instance/*"),
        **_each(
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:*:*:network-interface/*",
            "ec2:*:*:security-group/*",
            "ec2:*:*:instance/*",
        ),
        **_each(
            "autoscaling:EnterStandby autoscaling:ExitStandby",
            "autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*",
        ),
        **_each(
            "elasticloadbalancing:DeregisterTargets elasticloadbalancing:RegisterTargets",
            "elasticloadbalancing:*:*:targetgroup/*/*",
        ),
        **_each("ec2:RevokeSecurityGroupIngress", "ec2:*:*:security-group/*"),
        **_each(
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:*:*:security-group/*",
            "ec2:*:*:security-group-rule/*",
        ),
        **_each("ec2:CreateTags", "ec2:*:*:security-group-rule/*", "ec2:*::snapshot/*"),
        **_each("ec2:CreateSnapshot", "ec2:*:*:volume/*", "ec2:*::snapshot/*"),
        **_each(
            "ec2:CreateSnapshots", "ec2:*:*:instance/*", "ec2:*:*:volume/*", "ec2:*::snapshot/*"
        ),
        **_each("ec2:CreateNetworkAclEntry ec2:DeleteNetworkAclEntry", "ec2:*:*:network-acl/*"),
        **_each("wafv2:GetIPSet wafv2:UpdateIPSet", "wafv2:*:*:*/ipset/*/*"),
        **_each("wafv2:GetWebACL", "wafv2:*:*:*/webacl/*/*"),
        **_each("wafv2:ListTagsForResource", "wafv2:*:*:*/ipset/*/*", "wafv2:*:*:*/webacl/*/*"),
        **_each(
            "network-firewall:DescribeRuleGroup network-firewall:UpdateRuleGroup",
            "network-firewall:*:*:stateful-rulegroup/*",
        ),
        **_each("ec2:DescribeImageAttribute ec2:ModifyImageAttribute", "ec2:*::image/*"),
        **_each("ec2:DescribeSnapshotAttribute ec2:ModifySnapshotAttribute", "ec2:*::snapshot/*"),
        **_each(
            """
            lambda:GetFunctionConcurrency lambda:GetFunctionConfiguration lambda:GetPolicy
            lambda:ListFunctionUrlConfigs lambda:RemovePermission lambda:UpdateFunctionUrlConfig
            lambda:AddPermission lambda:DeleteFunctionConcurrency lambda:PutFunctionConcurrency
            lambda:ListTags
            """,
            "lambda:*:*:function:*",
        ),
        **_each(
            """
            kms:CancelKeyDeletion kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus
            kms:ListGrants kms:ListResourceTags kms:EnableKeyRotation kms:DisableKeyRotation
            """,
            "kms:*:*:key/*",
        ),
        **_each("rds:DescribeDBInstances rds:ModifyDBInstance", "rds:*:*:db:*"),
        **_each(
            "rds:ListTagsForResource",
            "rds:*:*:db:*",
            "rds:*:*:snapshot:*",
            "rds:*:*:cluster-snapshot:*",
        ),
        **_each("rds:DescribeDBClusters", "rds:*:*:cluster:*"),
        **_each("rds:DescribeDBSnapshots", "rds:*:*:snapshot:*", "rds:*:*:db:*"),
        **_each(
            "rds:DescribeDBSnapshotAttributes rds:ModifyDBSnapshotAttribute",
            "rds:*:*:snapshot:*",
        ),
        **_each(
            "rds:DescribeDBClusterSnapshots",
            "rds:*:*:cluster-snapshot:*",
            "rds:*:*:cluster:*",
        ),
        **_each(
            "rds:DescribeDBClusterSnapshotAttributes rds:ModifyDBClusterSnapshotAttribute",
            "rds:*:*:cluster-snapshot:*",
        ),
        **_each(
            """
            cloudtrail:GetEventSelectors cloudtrail:GetTrail cloudtrail:GetTrailStatus
            cloudtrail:ListTags cloudtrail:StartLogging
            """,
            "cloudtrail:*:*:trail/*",
        ),
        **_each(
            """
            config:DescribeConfigurationRecorderStatus config:DescribeConfigurationRecorders
            config:StartConfigurationRecorder
            """,
            "config:*:*:configuration-recorder/*/*",
        ),
        **_each("guardduty:GetDetector guardduty:UpdateDetector", "guardduty:*:*:detector/*"),
        **_each(
            "ssm:StartAutomationExecution",
            "ssm:*:*:automation-definition/*:*",
            "ssm:*:*:document/*",
            "ssm:*:*:automation-execution/*",
        ),
        **_each("ssm:GetAutomationExecution", "ssm:*:*:automation-execution/*"),
        **_each("ssm:DescribeDocument", "ssm:*:*:document/*"),
        **_each("iam:PassRole", "iam::*:role/*"),
        **_each(
            "access-analyzer:GetFinding access-analyzer:UpdateFindings",
            "access-analyzer:*:*:analyzer/*",
        ),
        **_each(
            "securityhub:GetFindings securityhub:BatchUpdateFindings",
            "securityhub:*:*:hub/default",
            "securityhub:*:*:hubv2/*",
        ),
        **_each("security-ir:GetCase", "security-ir:*:*:case/*"),
        **_each("cloudformation:DescribeStacks", "cloudformation:*:*:stack/*/*"),
        **_each("cloudwatch:DescribeAlarms", "cloudwatch:*:*:alarm:*"),
        **_each("dynamodb:DescribeTable", "dynamodb:*:*:table/*"),
        **_each("ecr:DescribeImages ecr:DescribeRepositories", "ecr:*:*:repository/*"),
        **_each("ecs:DescribeClusters", "ecs:*:*:cluster/*"),
        **_each("eks:DescribeCluster", "eks:*:*:cluster/*"),
        **_each("elasticfilesystem:DescribeFileSystems", "elasticfilesystem:*:*:file-system/*"),
        **_each("es:DescribeDomain", "es:*:*:domain/*"),
        **_each("logs:ListTagsForResource", "logs:*:*:log-group:*"),
        **_each("redshift:DescribeClusters", "redshift:*:*:cluster:*"),
        **_each(
            "secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy",
            "secretsmanager:*:*:secret:*",
        ),
        **_each("sns:GetTopicAttributes", "sns:*:*:*"),
        **_each("sqs:GetQueueAttributes sqs:GetQueueUrl", "sqs:*:*:*"),
    }
)


def resources_of(action: str, partition: str) -> tuple[str, ...]:
    """What an action can be held to in a partition such as `aws` or `aws-us-gov`."""
    found = RESOURCES.get(action, EVERYTHING)
    return tuple(one.format(partition=partition) for one in found)
