"""Runbooks of Systems Manager."""

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

RUNBOOK = "AWSSupport-ContainIAMPrincipal"
TAKES = [
    "AutomationAssumeRole",
    "PrincipalType",
    "PrincipalName",
    "Action",
    "DryRun",
    "BackupS3BucketName",
    "BackupS3KeyName",
]
GIVEN = {
    "AutomationAssumeRole": "arn:aws:iam::{account}:role/triage-contains",
    "PrincipalType": "IAM user",
    "PrincipalName": "{id}",
    "Action": "Contain",
    "DryRun": False,
    "BackupS3BucketName": "contained-{account}",
}


def _restore(client):
    by_hand = {**GIVEN, "Action": "Restore", "PrincipalName": "mallory", "DryRun": "false"}
    by_hand |= {
        "AutomationAssumeRole": f"arn:aws:iam::{ACCOUNT}:role/triage-contains",
        "BackupS3BucketName": f"contained-{ACCOUNT}",
    }
    client("ssm").start_automation_execution(
        DocumentName=RUNBOOK, Parameters={name: [value] for name, value in by_hand.items()}
    )


EXAMPLES = {
    "ssm.run_automation": Example(
        inside={"runbooks": [{"name": RUNBOOK, "version": "7", "parameters": TAKES}]},
        subject=Subject(
            id=f"arn:aws:iam::{ACCOUNT}:user/mallory", name="mallory", kind="AwsIamUser"
        ),
        meddle=_restore,
        parameters={
            "document": RUNBOOK,
            "version": "7",
            "parameters": GIVEN,
            "restore": {"Action": "Restore", "BackupS3KeyName": "{backup}"},
        },
    ),
}
