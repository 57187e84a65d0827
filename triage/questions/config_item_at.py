"""What did a resource look like at the time of the finding, says AWS Config?

https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, CannotAsk, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "AwsS3Bucket": "AWS::S3::Bucket",
        "AwsEc2SecurityGroup": "AWS::EC2::SecurityGroup",
        "AwsEc2Instance": "AWS::EC2::Instance",
        "AwsIamUser": "AWS::IAM::User",
        "AwsIamRole": "AWS::IAM::Role",
    }
)
"""ASFF resource types as Config names them."""


def plan(asking: Asking) -> tuple[Read, ...]:
    """The newest item not later than the finding, and whether the recorder is on."""
    account, region = about.account(asking), about.region(asking)
    kind = about.given(asking, "kind") or asking.ticket.subject.kind
    kind = KINDS.get(kind, kind)
    if not kind.startswith("AWS::"):
        raise CannotAsk("Config does not know this kind of subject")
    history = Read.of(
        "config.get_resource_config_history",
        account,
        region,
        type=kind,
        id=about.resource_name(asking),
        later=asking.ticket.occurred.isoformat(timespec="seconds"),
    )
    return history, Read.of("config.recorder_status", account, region)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Not discovered is absent only with the recorder on."""
    if unknown := failure(reads):
        return unknown
    if missing(reads[0], "ResourceNotDiscoveredException"):
        return _not_discovered(reads)
    items = records(payload(reads[0]), "configurationItems")
    if not items:
        return _not_discovered(reads)
    item = items[0]
    return known(
        reads,
        {
            "status": text(item, "configurationItemStatus"),
            "configuration": _configuration(item),
            "captured": text(item, "configurationItemCaptureTime"),
            "tags": dig(item, "tags") or {},
        },
    )


def _not_discovered(reads: Sequence[RawRead]) -> Answer:
    recorders = records(payload(reads[1]), "ConfigurationRecordersStatus")
    on = any(
        one.get("recording") is True and text(one, "lastStatus").upper() != "FAILURE"
        for one in recorders
    )
    if on:
        return absent(reads)
    return Unknown(reason="Config has no record, and its recorder is not known to be on")


def _configuration(item: Mapping[str, Any]) -> Any:
    told = dig(item, "configuration")
    try:
        return orjson.loads(told) if isinstance(told, str) else (told or {})
    except orjson.JSONDecodeError:
        return {}


QUESTION = Question(
    name="config.item_at",
    phrase="what the resource looked like then",
    parameters={
        "kind": Parameter(type="string", meaning="its type, as AWS::S3::Bucket"),
        "resource": Parameter(type="string", meaning="another resource", subject=True),
    },
    answer={
        "status": Field(type="string", meaning="OK, ResourceDiscovered, ResourceDeleted, ..."),
        "configuration": Field(type="object", meaning="as the service describes it", tainted=True),
        "captured": Field(type="time", meaning="when it was recorded"),
        "tags": Field(type="object", meaning="its tags", tainted=True),
    },
    fresh_seconds=900,
    iam_actions=(
        "config:GetResourceConfigHistory",
        "config:DescribeConfigurationRecorderStatus",
    ),
    plan=plan,
    interpret=interpret,
)
