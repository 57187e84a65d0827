"""Security Hub findings as the API and EventBridge give them, and a scenario that holds them."""

import json
from typing import Any

ACCOUNT, REGION = "111111111111", "eu-west-1"
BUCKET = "reports"


def finding(control: str = "S3.8", bucket: str = BUCKET, **changes: Any) -> dict[str, Any]:
    """A Security Hub control finding in the API's shape."""
    return {
        "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/{control}/finding/{bucket}",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "Title": "S3 general purpose buckets should block public access",
        "Description": "-",
        "SchemaVersion": "2018-10-08",
        "CreatedAt": "2026-11-20T10:00:00Z",
        "UpdatedAt": "2026-11-20T10:00:00Z",
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Types": ["Software and Configuration Checks"],
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}", "Region": REGION}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **changes,
    }


def organisation(findings: list[dict[str, Any]], **bucket: Any) -> dict[str, Any]:
    """One production account with one bucket and these findings."""
    return {
        "region": REGION,
        "accounts": {
            ACCOUNT: {
                "name": "shop",
                "tier": "production",
                "owner": "shop-team",
                "buckets": [{"name": BUCKET} | bucket],
                "security_hub_findings": findings,
            }
        },
    }


def imported(found: dict[str, Any]) -> bytes:
    """The event that Security Hub sends for a finding."""
    return json.dumps(
        {
            "version": "0",
            "id": "7f3c9a52-0000-4000-8000-000000000001",
            "detail-type": "Security Hub Findings - Imported",
            "source": "aws.securityhub",
            "account": found["AwsAccountId"],
            "time": "2026-11-20T10:00:05Z",
            "region": REGION,
            "resources": [],
            "detail": {"findings": [found]},
        }
    ).encode()
