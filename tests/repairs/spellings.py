"""What CloudTrail calls the writes of the catalogue, and where AWS says so.

Most events are named after their call. S3 puts the kind of its public access block into the name,
Lambda the version of its API behind some; `eventSource` is left of the colon, `.amazonaws.com`.
"""

from collections.abc import Mapping

AS_CALLED = {
    "autoscaling": "https://docs.aws.amazon.com/autoscaling/ec2/userguide/logging-using-cloudtrail.html",
    "cloudtrail": "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    "config": "https://docs.aws.amazon.com/config/latest/developerguide/log-api-calls.html",
    "ec2": "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html",
    "elasticloadbalancing": "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudtrail-logs.html",
    "guardduty": "https://docs.aws.amazon.com/guardduty/latest/ug/logging-using-cloudtrail.html",
    "iam": "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html",
    "inspector2": "https://docs.aws.amazon.com/inspector/latest/user/logging-using-cloudtrail.html",
    "kms": "https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html",
    "network-firewall": "https://docs.aws.amazon.com/network-firewall/latest/developerguide/logging-using-cloudtrail.html",
    "rds": "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/logging-using-cloudtrail.html",
    "ssm": "https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html",
    "wafv2": "https://docs.aws.amazon.com/waf/latest/developerguide/logging-using-cloudtrail.html",
}
"""Services whose events are named after their calls."""
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html"
OTHERWISE: Mapping[str, tuple[str, str]] = {
    "s3.put_public_access_block": ("s3:PutBucketPublicAccessBlock", S3),
    "s3.delete_public_access_block": ("s3:DeleteBucketPublicAccessBlock", S3),
    "s3control.put_public_access_block": ("s3:PutAccountPublicAccessBlock", S3),
    "s3control.delete_public_access_block": ("s3:DeleteAccountPublicAccessBlock", S3),
    "s3.put_bucket_policy": ("s3:PutBucketPolicy", S3),
    "s3.delete_bucket_policy": ("s3:DeleteBucketPolicy", S3),
    "lambda.add_permission": ("lambda:AddPermission20150331v2", LAMBDA),
    "lambda.remove_permission": ("lambda:RemovePermission20150331v2", LAMBDA),
    "lambda.put_function_concurrency": ("lambda:PutFunctionConcurrency20171031", LAMBDA),
    "lambda.delete_function_concurrency": ("lambda:DeleteFunctionConcurrency20171031", LAMBDA),
}
"""Calls whose events have another name."""
SOURCES = {"elbv2": "elasticloadbalancing"}
"""What boto3 calls another way than CloudTrail."""


def spelling(service: str, operation: str) -> str:
    """The event by which CloudTrail tells of a call; KeyError for one that nobody looked up."""
    if (known := OTHERWISE.get(f"{service}.{operation}")) is not None:
        return known[0]
    source = SOURCES.get(service, service)
    assert AS_CALLED[source]
    name = "".join(word[:1].upper() + word[1:] for word in operation.split("_"))
    return f"{source}:{name.replace('Db', 'DB').replace('Ip', 'IP')}"
