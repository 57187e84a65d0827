"""AWS Config compliance changes, over EventBridge, SNS or bare.

Shapes: Config developer guide, "Example compliance change notification". A change carries no
severity: it comes from the table below. Its `resourceId` is often no ARN, and stays as it is.
"""

from collections.abc import Mapping

from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, classes, config_controls, identity
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete
from triage.intake.subjects import called

SEVERITIES: Mapping[str, Label] = {
    "access-keys-rotated": Label.MEDIUM,
    "cloud-trail-enabled": Label.HIGH,
    "cloudtrail-enabled": Label.HIGH,
    "cloudtrail-s3-bucket-public-access-prohibited": Label.CRITICAL,
    "ebs-snapshot-public-restorable-check": Label.CRITICAL,
    "guardduty-enabled-centralized": Label.HIGH,
    "iam-policy-no-statements-with-admin-access": Label.HIGH,
    "iam-root-access-key-check": Label.CRITICAL,
    "incoming-ssh-disabled": Label.HIGH,
    "kms-key-policy-no-public-access": Label.CRITICAL,
    "lambda-function-public-access-prohibited": Label.CRITICAL,
    "multi-region-cloudtrail-enabled": Label.HIGH,
    "rds-instance-public-access-check": Label.CRITICAL,
    "rds-snapshots-public-prohibited": Label.CRITICAL,
    "redshift-cluster-public-access-check": Label.CRITICAL,
    "required-tags": Label.LOW,
    "restricted-common-ports": Label.HIGH,
    "restricted-rdp": Label.HIGH,
    "restricted-ssh": Label.HIGH,
    "root-account-mfa-enabled": Label.CRITICAL,
    "s3-bucket-level-public-access-prohibited": Label.HIGH,
    "s3-bucket-public-read-prohibited": Label.CRITICAL,
    "s3-bucket-public-write-prohibited": Label.CRITICAL,
    "sns-topic-no-public-access": Label.CRITICAL,
    "sqs-queue-no-public-access": Label.CRITICAL,
    "ssm-document-not-public": Label.CRITICAL,
}
"""Managed rule to the severity of the Security Hub control that uses it; others are medium."""
SETTLED = frozenset({"COMPLIANT", "NOT_APPLICABLE"})
RESULT = "newEvaluationResult"
QUALIFIER = f"{RESULT}.evaluationResultIdentifier.evaluationResultQualifier"


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one change. Raises Unreadable without a rule and a resource to know it by."""
    change = Fields(record)
    rule = change.text("configRuleName", f"{QUALIFIER}.configRuleName")
    subject = _subject(change)
    rule_arn = change.text("configRuleARN")
    if not (rule and subject.id):
        raise Incomplete("a Config compliance change", "a rule name and a resource id")
    account = change.text("awsAccountId") or arn.account(rule_arn) or delivery.account()
    region = region_of(change.text("awsRegion"), arn.region(rule_arn), delivery.region())
    told = change.time(f"{RESULT}.resultRecordedTime", "notificationCreationTime")
    ticket = Ticket(
        key=identity.config_rule(account, region, rule, subject.kind, subject.id),
        source=Source.CONFIG,
        format=Format.NATIVE,
        type=rule,
        finding_class=classes.of_rule(rule),
        severity=Severity.of(SEVERITIES.get(classes.managed_rule(rule), Label.MEDIUM)),
        account=account,
        region=region,
        subject=subject,
        title=_title(change, rule, subject),
        occurred=delivery.or_now(
            change.time(f"{RESULT}.evaluationResultIdentifier.orderingTimestamp"), told
        ),
        version=delivery.or_now(told),
        status=_status(change),
        native_id=rule_arn,
        product="aws/config",
        record=record,
        body=delivery.body,
    )
    return config_controls.joined(ticket)


def _subject(change: Fields) -> Subject:
    id_ = change.text("resourceId", f"{QUALIFIER}.resourceId")
    return called(id_, change.text("resourceType", f"{QUALIFIER}.resourceType"))


def _title(change: Fields, rule: str, subject: Subject) -> str:
    verdict = change.text(f"{RESULT}.complianceType") or "of unknown compliance"
    return f"{subject.kind or 'Resource'} {subject.id} is {verdict} with {rule}"


def _status(change: Fields) -> SourceStatus:
    settled = change.text(f"{RESULT}.complianceType").upper() in SETTLED
    return SourceStatus.RESOLVED if settled else SourceStatus.OPEN
