"""Trails and recorders."""

from tests.repairs.example import ACCOUNT, REGION, Example
from triage.domain.ticket import Subject

TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"

EXAMPLES = {
    "cloudtrail.start_logging": Example(
        inside={
            "buckets": [{"name": "audit-logs"}],
            "trails": [{"name": "audit", "bucket": "audit-logs", "logging": False}],
        },
        subject=Subject(id=TRAIL, name="audit", kind="AwsCloudTrailTrail"),
        meddle=lambda _client: None,
    ),
    "config.start_recorder": Example(
        inside={"recorders": [{"name": "main", "recording": False}]},
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=lambda _client: None,
    ),
}
