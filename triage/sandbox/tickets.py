"""The demo's thirty messages, in the shapes the vendors document.

What the scenario's own detectors say is fetched from them and wrapped as EventBridge would; the
rest (a sign-in, a person's report, a forgery, things nobody can read) is written here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from triage.domain.json import canonical, digest
from triage.sandbox.server import Sandbox

PRODUCTION, STAGING, PAYMENTS = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"
RULE = "s3-bucket-level-public-access-prohibited"
Message = Mapping[str, Any]


def messages(sandbox: Sandbox) -> list[bytes]:
    """Thirty messages, in the order they arrive."""
    now = sandbox.now()
    found = [
        *_security_hub(sandbox, PRODUCTION),
        *_security_hub(sandbox, PAYMENTS),
        *_guardduty(sandbox, PRODUCTION),
        *_guardduty(sandbox, STAGING),
        *_config(now),
        *_written(now),
    ]
    bodies = [json.dumps(message).encode() for message in found]
    again = next(body for body in bodies if b"SSHBruteForce" in body)
    return [*bodies, again, b'{"source": "aws.guardduty", "detail-type": "GuardDuty Fin']


def _envelope(source: str, detail_type: str, account: str, detail: Any, at: datetime) -> Message:
    """EventBridge user guide, "Event structure reference"."""
    return {
        "version": "0",
        "id": digest(canonical([source, account, detail]))[:32],
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def _security_hub(sandbox: Sandbox, account: str) -> Iterator[Message]:
    client = sandbox.client("securityhub", account, REGION)
    for finding in client.get_findings()["Findings"]:
        yield _envelope(
            "aws.securityhub",
            "Security Hub Findings - Imported",
            account,
            {"findings": [_plain(finding)]},
            sandbox.now(),
        )


def _guardduty(sandbox: Sandbox, account: str) -> Iterator[Message]:
    client = sandbox.client("guardduty", account, REGION)
    for detector in client.list_detectors()["DetectorIds"]:
        ids = client.list_findings(DetectorId=detector)["FindingIds"]
        for finding in client.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]:
            yield _envelope(
                "aws.guardduty",
                "GuardDuty Finding",
                account,
                _camel(_plain(finding)),
                sandbox.now(),
            )


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda one: one.isoformat()))


def _camel(value: Any) -> Any:
    """Events spell in lower camel case what the API spells in upper."""
    match value:
        case dict():
            return {key[:1].lower() + key[1:]: _camel(one) for key, one in value.items()}
        case list():
            return [_camel(one) for one in value]
        case _:
            return value


def _config(now: datetime) -> Iterator[Message]:
    for bucket in ("shop-staging-assets", "shop-staging-scratch"):
        detail = _compliance(bucket, now - timedelta(hours=2))
        yield _envelope("aws.config", "Config Rules Compliance Change", STAGING, detail, now)


def _compliance(bucket: str, at: datetime) -> Message:
    """AWS Config developer guide, "Monitoring AWS Config with Amazon EventBridge"."""
    recorded = at.isoformat()
    qualifier = {
        "configRuleName": RULE,
        "resourceType": "AWS::S3::Bucket",
        "resourceId": bucket,
    }
    identifier = {"evaluationResultQualifier": qualifier, "orderingTimestamp": recorded}
    return {
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
        "awsAccountId": STAGING,
        "awsRegion": REGION,
        "configRuleName": RULE,
        "configRuleARN": f"arn:aws:config:{REGION}:{STAGING}:config-rule/config-rule-demo01",
        "resourceType": "AWS::S3::Bucket",
        "resourceId": bucket,
        "newEvaluationResult": {
            "evaluationResultIdentifier": identifier,
            "complianceType": "NON_COMPLIANT",
            "resultRecordedTime": recorded,
            "configRuleInvokedTime": recorded,
        },
        "oldEvaluationResult": None,
        "notificationCreationTime": recorded,
    }


def _written(now: datetime) -> list[Message]:
    writers: tuple[Callable[[datetime], Message], ...] = (
        _sign_in,
        _trail_stopped,
        _forged_sample,
        _report,
        _state_change,
    )
    return [write(now) for write in writers]


def _trail_event(now: datetime, **fields: Any) -> Message:
    return {
        "eventVersion": "1.11",
        "eventTime": f"{now - timedelta(minutes=45):%Y-%m-%dT%H:%M:%SZ}",
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "Mozilla/5.0",
        "recipientAccountId": PRODUCTION,
        "eventType": "AwsApiCall",
        **fields,
    }


def _sign_in(now: datetime) -> Message:
    """CloudTrail user guide, "AWS Management Console sign-in events"."""
    detail = _trail_event(
        now,
        eventType="AwsConsoleSignIn",
        eventName="ConsoleLogin",
        eventSource="signin.amazonaws.com",
        eventID="00000000-0000-4000-8000-0000000000a1",
        userIdentity={
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEALICE00001",
            "arn": f"arn:aws:iam::{PRODUCTION}:user/alice",
            "accountId": PRODUCTION,
            "userName": "alice",
        },
        responseElements={"ConsoleLogin": "Success"},
        additionalEventData={"MFAUsed": "No", "MobileVersion": "No"},
    )
    return _envelope("aws.signin", "AWS Console Sign In via CloudTrail", PRODUCTION, detail, now)


def _trail_stopped(now: datetime) -> Message:
    detail = _trail_event(
        now,
        eventName="StopLogging",
        eventSource="cloudtrail.amazonaws.com",
        eventID="00000000-0000-4000-8000-0000000000a2",
        userIdentity={
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLEWEB000001:i-0bbbbbbbbbbbbbbb1",
            "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/web/i-0bbbbbbbbbbbbbbb1",
            "accountId": PRODUCTION,
        },
        requestParameters={"name": "organisation"},
    )
    return _envelope("aws.cloudtrail", "AWS API Call via CloudTrail", PRODUCTION, detail, now)


def _forged_sample(now: datetime) -> Message:
    """A finding GuardDuty never made, dressed up as a sample so that somebody closes it."""
    detail = {
        "schemaVersion": "2.0",
        "accountId": PRODUCTION,
        "region": REGION,
        "id": "feed0000000000000000000000000bad",
        "type": "CryptoCurrency:EC2/BitcoinTool.B!DNS",
        "severity": 8,
        "title": "[SAMPLE] An instance queries a domain of a mining pool.",
        "createdAt": now.isoformat(),
        "updatedAt": now.isoformat(),
        "resource": {
            "resourceType": "Instance",
            "instanceDetails": {"instanceId": "i-0bbbbbbbbbbbbbbb1"},
        },
        "service": {"count": 1, "additionalInfo": {"sample": True, "value": '{"sample":true}'}},
    }
    return _envelope("aws.guardduty", "GuardDuty Finding", PRODUCTION, detail, now)


def _report(now: datetime) -> Message:
    return {
        "report": {
            "id": "demo-1",
            "title": "Somebody asks for my password on the phone",
            "text": "They say they are from IT. {{ this is only text }}",
            "reporter": "bob@example.com",
            "account": PRODUCTION,
            "reported_at": now.isoformat(),
        }
    }


def _state_change(now: datetime) -> Message:
    """A kind of message that is no ticket."""
    detail = {"instance-id": "i-0bbbbbbbbbbbbbbb1", "state": "stopped"}
    kind = "EC2 Instance State-change Notification"
    return _envelope("aws.ec2", kind, PRODUCTION, detail, now)
