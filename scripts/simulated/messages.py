"""One simulated event, written as its vendor would write it.

Shapes: EventBridge user guide, "Event structure reference"; GuardDuty user guide, "GuardDuty
finding format"; Security Hub user guide, "AWS Security Finding Format"; Config developer guide,
"Monitoring AWS Config with Amazon EventBridge"; CloudTrail user guide, "CloudTrail record
contents"; Inspector user guide, "Amazon EventBridge schema for Amazon Inspector events".
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.simulated.kinds import About, Kind, Shape

REGION = "eu-west-1"
ENVELOPES = {
    Shape.GUARDDUTY: ("aws.guardduty", "GuardDuty Finding"),
    Shape.CONTROL: ("aws.securityhub", "Security Hub Findings - Imported"),
    Shape.RULE: ("aws.config", "Config Rules Compliance Change"),
    Shape.CALL: ("aws.ec2", "AWS API Call via CloudTrail"),
    Shape.VULNERABILITY: ("aws.inspector2", "Inspector2 Finding"),
}
ASFF_KINDS = {
    About.INSTANCE: "AwsEc2Instance",
    About.PRINCIPAL: "AwsIamUser",
    About.BUCKET: "AwsS3Bucket",
    About.GROUP: "AwsEc2SecurityGroup",
    About.DATABASE: "AwsRdsDbInstance",
}
CONFIG_KINDS = {About.BUCKET: "AWS::S3::Bucket", About.GROUP: "AWS::EC2::SecurityGroup"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What a detector saw. `subject` is the short name of what it is about, `by` who acted.

    `listed` is whether threat intelligence names the other side, `joined` whether it is told as
    a part of an attack sequence, `count` how often it happened.
    """

    number: str
    kind: Kind
    account: str
    at: datetime
    severity: str | float
    subject: str
    by: str
    count: int = 1
    listed: bool = False
    joined: bool = False


def message(one: Happening) -> bytes:
    """The bytes that arrive on the queue."""
    if one.kind.shape is Shape.REPORT:
        return json.dumps({"report": _report(one)}).encode()
    source, told_as = ENVELOPES[one.kind.shape]
    envelope = {
        "version": "0",
        "id": one.number,
        "detail-type": told_as,
        "source": source,
        "account": one.account,
        "time": _time(one),
        "region": REGION,
        "resources": [],
        "detail": WRITERS[one.kind.shape](one),
    }
    return json.dumps(envelope).encode()


def _time(one: Happening) -> str:
    return f"{one.at:%Y-%m-%dT%H:%M:%SZ}"


def _arn(one: Happening) -> str:
    places = {
        About.INSTANCE: f"arn:aws:ec2:{REGION}:{one.account}:instance/{one.subject}",
        About.PRINCIPAL: f"arn:aws:iam::{one.account}:user/{one.subject}",
        About.BUCKET: f"arn:aws:s3:::{one.subject}",
        About.GROUP: f"arn:aws:ec2:{REGION}:{one.account}:security-group/{one.subject}",
        About.DATABASE: f"arn:aws:rds:{REGION}:{one.account}:db:{one.subject}",
    }
    return places[one.kind.about]


def _guardduty(one: Happening) -> Mapping[str, Any]:
    arn = f"arn:aws:guardduty:{REGION}:{one.account}:detector/d{one.account}/finding/{one.number}"
    lists = {"threatListName": "example-list"} if one.listed else {}
    joined = {"associatedAttackSequenceArn": f"{arn}-sequence"} if one.joined else {}
    return {
        "schemaVersion": "2.0",
        "accountId": one.account,
        "region": REGION,
        "id": one.number,
        "arn": arn,
        "type": one.kind.type,
        "severity": one.severity,
        "title": one.kind.title,
        "createdAt": _time(one),
        "updatedAt": _time(one),
        "resource": _resource(one),
        "service": {
            "serviceName": "guardduty",
            "count": one.count,
            "archived": False,
            "eventFirstSeen": _time(one),
            "eventLastSeen": _time(one),
            "additionalInfo": lists,
        },
        **joined,
    }


def _resource(one: Happening) -> Mapping[str, Any]:
    match one.kind.about:
        case About.INSTANCE:
            return {
                "resourceType": "Instance",
                "instanceDetails": {"instanceId": one.subject},
            }
        case About.BUCKET:
            bucket = {"name": one.subject, "arn": _arn(one), "type": "Destination"}
            return {"resourceType": "S3Bucket", "s3BucketDetails": [bucket]}
        case _:
            key = {
                "accessKeyId": f"ASIA{one.number[:16].upper()}",
                "principalId": f"AIDA{one.subject.upper()}",
                "userType": "IAMUser",
                "userName": one.subject,
            }
            return {"resourceType": "AccessKey", "accessKeyDetails": key}


def _control(one: Happening) -> Mapping[str, Any]:
    control = one.kind.type
    place = f"arn:aws:securityhub:{REGION}:{one.account}:security-control/{control}"
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": f"{place}/finding/{one.number}",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": one.account,
        "Region": REGION,
        "Title": one.kind.title,
        "Description": one.kind.title,
        "CreatedAt": _time(one),
        "UpdatedAt": _time(one),
        "Severity": {"Label": one.severity},
        "Types": ["Software and Configuration Checks"],
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "Resources": [{"Type": ASFF_KINDS[one.kind.about], "Id": _arn(one), "Region": REGION}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }
    return {"findings": [finding]}


def _rule(one: Happening) -> Mapping[str, Any]:
    kind = CONFIG_KINDS[one.kind.about]
    named = {"configRuleName": one.kind.type, "resourceType": kind, "resourceId": one.subject}
    at = _time(one)
    identifier = {"evaluationResultQualifier": named, "orderingTimestamp": at}
    return {
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
        "awsAccountId": one.account,
        "awsRegion": REGION,
        **named,
        "configRuleARN": f"arn:aws:config:{REGION}:{one.account}:config-rule/{one.number}",
        "newEvaluationResult": {
            "evaluationResultIdentifier": identifier,
            "complianceType": "NON_COMPLIANT",
            "resultRecordedTime": at,
            "configRuleInvokedTime": at,
        },
        "oldEvaluationResult": None,
        "notificationCreationTime": at,
    }


def _call(one: Happening) -> Mapping[str, Any]:
    iam = one.kind.about is About.PRINCIPAL
    return {
        "eventVersion": "1.11",
        "eventID": one.number,
        "eventName": one.kind.type,
        "eventSource": "iam.amazonaws.com" if iam else "ec2.amazonaws.com",
        "eventTime": _time(one),
        "eventType": "AwsApiCall",
        "awsRegion": REGION,
        "recipientAccountId": one.account,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.0",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": f"AIDA{one.by.upper()}",
            "arn": f"arn:aws:iam::{one.account}:user/{one.by}",
            "accountId": one.account,
            "userName": one.by,
        },
        "requestParameters": {"userName": one.subject} if iam else {"groupId": one.subject},
    }


def _vulnerability(one: Happening) -> Mapping[str, Any]:
    return {
        "findingArn": f"arn:aws:inspector2:{REGION}:{one.account}:finding/{one.number}",
        "awsAccountId": one.account,
        "type": one.kind.type,
        "severity": one.severity,
        "status": "ACTIVE",
        "title": one.kind.title,
        "firstObservedAt": _time(one),
        "lastObservedAt": _time(one),
        "updatedAt": _time(one),
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": one.subject, "region": REGION}],
        "packageVulnerabilityDetails": {"vulnerabilityId": f"CVE-2026-{one.number[:4]}"},
    }


def _report(one: Happening) -> Mapping[str, Any]:
    return {
        "id": one.number,
        "title": one.kind.title,
        "text": "-",
        "reporter": f"{one.by}@example.com",
        "account": one.account,
        "severity": one.severity,
        "reported_at": _time(one),
    }


WRITERS: Mapping[Shape, Callable[[Happening], Mapping[str, Any]]] = {
    Shape.GUARDDUTY: _guardduty,
    Shape.CONTROL: _control,
    Shape.RULE: _rule,
    Shape.CALL: _call,
    Shape.VULNERABILITY: _vulnerability,
}
