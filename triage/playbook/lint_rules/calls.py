"""Rules about the API calls that a fix makes."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule


def _call(call: str) -> str:
    return (
        "rules:\n  - rule: open\n    when: bucket.acl_public\n    escalate: high\n"
        f'    suggest:\n      - fix: aws.call\n{call}    because: "Open."\ntests: []\n'
    )


SUSPENDED = (
    "        call: s3.put_bucket_versioning\n        parameters:\n"
    "          Bucket: logs\n          VersioningConfiguration: { Status: %s }\n"
)

CONTAIN = (
    "rules:\n  - rule: open\n    when: bucket.acl_public\n    escalate: high\n"
    "    suggest:\n      - fix: ssm.run_automation\n"
    '        document: AWSSupport-ContainS3Resource\n        version: "%s"\n'
    "        parameters:\n"
    '          AutomationAssumeRole: "arn:aws:iam::{account}:role/contains"\n'
    '          BucketName: "{id}"\n          Action: Contain\n          DryRun: false\n'
    '    because: "Open."\ntests: []\n'
)

RULES: Mapping[str, LintRule] = {
    "unknown-call": LintRule(
        says="AWS has no such service or operation.",
        why="The call would fail at the moment it is needed.",
        instead="service.operation as boto3 writes it, such as s3.put_bucket_versioning",
        wrong=_call(SUSPENDED.replace("put_bucket", "put_buckt") % "Enabled"),
        right=_call(SUSPENDED % "Enabled"),
    ),
    "call-parameter": LintRule(
        says="An operation has no such parameter, or lacks one that it needs.",
        why="AWS refuses the call at the moment it is needed.",
        instead="the parameter's name as AWS's model of the operation has it",
        wrong=_call((SUSPENDED % "Enabled").replace("Bucket: logs", "Buckt: logs")),
        right=_call(SUSPENDED % "Enabled"),
    ),
    "runbook": LintRule(
        says="A runbook of Systems Manager that would not be run, or not as it was read.",
        why="The version behind $DEFAULT changes without anybody here; nothing unlisted is run.",
        instead="a runbook of repairs.documents, its version as a number, and AutomationAssumeRole",
        wrong=CONTAIN % "$DEFAULT",
        right=CONTAIN % "7",
    ),
    "call-value": LintRule(
        says="A parameter's value is of the wrong type, or none of those AWS takes.",
        why="The SDK does not check words of a closed list; AWS refuses the call when it is made.",
        instead="a value of the type, or one of the words, that AWS's model names",
        wrong=_call(SUSPENDED % "Enable"),
        right=_call(SUSPENDED % "Enabled"),
    ),
}
