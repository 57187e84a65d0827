"""CloudWatch alarms: over EventBridge, SNS, a Lambda action, or bare as DescribeAlarms gives them.

Shapes: CloudWatch user guide, "Alarm events and EventBridge" and "Lambda function invocation";
CloudWatch API reference, MetricAlarm and CompositeAlarm.

Choices:
- The subject is the alarm itself. Its dimensions are labels that whoever publishes the metric
  chooses; they are in the record.
- The type is `alarm:<name>`: nobody can name an alarm so that a playbook takes it for a finding.
- OK is what the source says, never that the matter is settled: a sign-in alarm returns to OK by
  itself. It reads as "resolved" there, so deduplication holds it, and no look-up confirms it.
- INSUFFICIENT_DATA is open: a detector that has gone blind is no good news.
- A `severity` tag raises, and never lowers: whoever may tag could otherwise talk an alarm down.
"""

from datetime import datetime

from triage.domain.json import Record
from triage.domain.severity import Severity
from triage.domain.ticket import FindingClass, Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, identity, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete

KIND = "a CloudWatch alarm"
PRODUCT = "aws/cloudwatch"
METRIC_ALARM, COMPOSITE_ALARM = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
POSTURES = frozenset({"AWS/CertificateManager"})
"""Namespaces whose alarms state how things stand (days until a certificate expires).

Short on purpose. AWS/Billing is not here: the first sign of stolen keys is often the bill; nor
are the metric filters of the CIS benchmark, which count things that happened.
"""
PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
INSIDE = ("", "alarmData.")
"""A Lambda action puts the alarm one level deeper."""


def is_alarm(record: Fields) -> bool:
    """Know an alarm without EventBridge around it."""
    stated = record.has("NewStateValue") or record.has("StateValue", "AlarmArn")
    return record.has("alarmArn", "alarmData") or (record.has("AlarmName") and stated)


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one change of state. Raises Unreadable without the alarm's ARN, or all it is made of."""
    alarm = Fields(record)
    name = _text(alarm, "alarmName")
    stated = _arn(alarm, delivery)
    account = alarm.text("AWSAccountId", "accountId") or arn.account(stated) or delivery.account()
    region = region_of(arn.region(stated), alarm.text("region"), delivery.region())
    alarm_arn = stated or _built(account, region, name)
    if not alarm_arn:
        raise Incomplete(KIND, "an ARN, or a name, an account and a Region to make it from")
    when = delivery.or_now(_changed(alarm))
    name = name or _name_in(alarm_arn)
    return Ticket(
        key=identity.alarm(alarm_arn),
        source=Source.CLOUDWATCH,
        format=Format.NATIVE,
        type=f"alarm:{name}",
        finding_class=_class(alarm),
        severity=_severity(alarm),
        account=account,
        region=region,
        subject=Subject(id=alarm_arn, name=name, kind=_resource_kind(alarm), arn=alarm_arn),
        title=_title(alarm, name),
        occurred=when,
        version=when,
        status=SourceStatus.RESOLVED if _state(alarm) == "OK" else SourceStatus.OPEN,
        native_id=alarm_arn,
        product=PRODUCT,
        record=record,
        body=delivery.body,
    )


def _text(alarm: Fields, *names: str) -> str:
    return alarm.text(*(f"{inside}{name}" for inside in INSIDE for name in names))


def _arn(alarm: Fields, delivery: Delivery) -> str:
    named = [alarm.text("alarmArn"), *Fields(delivery.envelope).texts("resources")]
    return next((one for one in named if arn.is_arn(one) and ":alarm:" in one), "")


def _built(account: str, region: str | None, name: str) -> str:
    if not (account and region and name):
        return ""
    partition = next((p for begins, p in PARTITIONS if region.startswith(begins)), "aws")
    return f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"


def _name_in(alarm_arn: str) -> str:
    return alarm_arn.partition(":alarm:")[2] or arn.short(alarm_arn)


def _state(alarm: Fields) -> str:
    return _text(alarm, "state.value", "NewStateValue", "StateValue").upper()


def _changed(alarm: Fields) -> datetime | None:
    names = ("state.timestamp", "StateChangeTime", "StateUpdatedTimestamp")
    return alarm.time(*(f"{inside}{name}" for inside in INSIDE for name in names))


def _resource_kind(alarm: Fields) -> str:
    rule = _text(alarm, "configuration.alarmRule", "AlarmRule")
    return COMPOSITE_ALARM if rule else METRIC_ALARM


def _severity(alarm: Fields) -> Severity:
    """Medium, or what the tag says when that is more."""
    tagged = severities.of_word(alarm.text("alarmTags.severity", "alarmData.alarmTags.severity"))
    return max(severities.UNSTATED, tagged or severities.UNSTATED)


def _class(alarm: Fields) -> FindingClass:
    """Posture only when every metric it rests on is of a namespace that is."""
    found = _namespaces(alarm)
    settled = bool(found) and POSTURES.issuperset(found)
    return FindingClass.POSTURE if settled else FindingClass.THREAT


def _namespaces(alarm: Fields) -> set[str]:
    """Name every namespace, and "" for a metric that names none (an expression)."""
    single = alarm.text("Namespace", "Trigger.Namespace")
    lists = ("Metrics", "Trigger.Metrics", *(f"{inside}configuration.metrics" for inside in INSIDE))
    many = {one.text("metricStat.metric.namespace") for path in lists for one in alarm.each(path)}
    return many | ({single} if single else set())


def _title(alarm: Fields, name: str) -> str:
    reason = _text(alarm, "state.reason", "NewStateReason", "StateReason")
    attributes = alarm.within("alarmContributor.attributes").record
    about = ", ".join(f"{key} {value}" for key, value in sorted(attributes.items()))
    told = f"Alarm {name}{f' for {about}' if about else ''} is {_state(alarm) or 'in no state'}"
    return f"{told}: {reason}" if reason else told
