"""Config history, compliance and recorders, driven by a real boto3 client over HTTP."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"
ABOUT = {"resourceType": "AWS::S3::Bucket", "resourceId": "invoices"}


def an_item(at: str, **fields: Any) -> dict[str, Any]:
    return {**ABOUT, "configurationItemCaptureTime": at, "configuration": {"at": at}, **fields}


def a_scenario(*items: Mapping[str, Any], **sections: Any) -> Mapping[str, Any]:
    return {"accounts": {ONE: {"recorders": [{}], "config_items": list(items), **sections}}}


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def captured(answer: Mapping[str, Any]) -> list[datetime]:
    return [item["configurationItemCaptureTime"] for item in answer["configurationItems"]]


def test_history_comes_newest_first_with_configuration_as_json(sandbox: Sandbox) -> None:
    sandbox.load(a_scenario(an_item("-3h"), an_item("-1h"), an_item("-2h")))
    answer = sandbox.client("config").get_resource_config_history(**ABOUT)
    assert captured(answer) == sorted(captured(answer), reverse=True)
    assert "at" in json.loads(answer["configurationItems"][0]["configuration"])
    assert answer["configurationItems"][0]["accountId"] == ONE


def test_history_runs_forward_when_asked(sandbox: Sandbox) -> None:
    sandbox.load(a_scenario(an_item("-1h"), an_item("-2h", configuration="{}")))
    config = sandbox.client("config")
    answer = config.get_resource_config_history(**ABOUT, chronologicalOrder="Forward")
    assert captured(answer) == sorted(captured(answer))


def test_history_pages_by_limit_and_by_seven_days(sandbox: Sandbox) -> None:
    sandbox.load(a_scenario(*(an_item(f"-{day}d") for day in (1, 2, 3, 20, 21))))
    pages = (
        sandbox.client("config")
        .get_paginator("get_resource_config_history")
        .paginate(**ABOUT, PaginationConfig={"PageSize": 2})
    )
    assert [len(page["configurationItems"]) for page in pages] == [2, 1, 2]


def test_history_is_bounded_by_earlier_and_later_time(sandbox: Sandbox) -> None:
    sandbox.load(a_scenario(*(an_item(f"-{hour}h") for hour in (1, 3, 5))))
    now = sandbox.now()
    window = {"earlierTime": now - timedelta(hours=4), "laterTime": now - timedelta(hours=2)}
    assert (
        len(captured(sandbox.client("config").get_resource_config_history(**ABOUT, **window))) == 1
    )
    turned = {"earlierTime": window["laterTime"], "laterTime": window["earlierTime"]}
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_resource_config_history(**ABOUT, **turned)
    assert code(error) == "InvalidTimeRangeException"


def test_a_resource_never_recorded_is_not_discovered(sandbox: Sandbox) -> None:
    sandbox.load(a_scenario(an_item("-1h")))
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_resource_config_history(**ABOUT | {"resourceId": "other"})
    assert code(error) == "ResourceNotDiscoveredException"


def test_without_a_recorder_there_is_no_history(sandbox: Sandbox) -> None:
    sandbox.load({"accounts": {ONE: {"config_items": [an_item("-1h")]}}})
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_resource_config_history(**ABOUT)
    assert code(error) == "NoAvailableConfigurationRecorderException"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"limit": 101}, "InvalidLimitException"),
        ({"resourceType": "AWS::Tea::Pot"}, "ValidationException"),
        ({"nextToken": "abc"}, "InvalidNextTokenException"),
    ],
)
def test_a_request_that_breaks_the_model_is_refused(
    sandbox: Sandbox, wrong: dict[str, Any], expected: str
) -> None:
    sandbox.load(a_scenario(an_item("-1h")))
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_resource_config_history(**{**ABOUT, **wrong})
    assert code(error) == expected


def a_result(rule: str, compliance: str, **fields: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "invoices",
        "compliance": compliance,
        "recorded": "-1h",
        **fields,
    }


def test_compliance_is_told_by_resource_and_by_rule(sandbox: Sandbox) -> None:
    results = [a_result("a", "COMPLIANT", annotation="fine"), a_result("b", "NON_COMPLIANT")]
    sandbox.load(a_scenario(config_compliance=results))
    config = sandbox.client("config")
    about = {"ResourceType": "AWS::S3::Bucket", "ResourceId": "invoices"}
    both = config.get_compliance_details_by_resource(**about)["EvaluationResults"]
    bad = config.get_compliance_details_by_resource(**about, ComplianceTypes=["NON_COMPLIANT"])
    ruled = config.get_compliance_details_by_config_rule(ConfigRuleName="a")["EvaluationResults"]
    assert len(both) == 2
    assert [each["ComplianceType"] for each in bad["EvaluationResults"]] == ["NON_COMPLIANT"]
    assert ruled[0]["Annotation"] == "fine"


def test_compliance_of_nothing_in_particular_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_compliance_details_by_resource(ResourceType="x")
    assert code(error) == "InvalidParameterValueException"
    with pytest.raises(ClientError) as error:
        sandbox.client("config").get_compliance_details_by_config_rule(ConfigRuleName="x")
    assert code(error) == "NoSuchConfigRuleException"


def test_a_recorder_says_whether_it_records(sandbox: Sandbox) -> None:
    stopped = {"name": "old", "recording": False, "resource_types": ["AWS::S3::Bucket"]}
    sandbox.load({"accounts": {ONE: {"recorders": [{}, stopped]}}})
    config = sandbox.client("config")
    status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    made = config.describe_configuration_recorders(ConfigurationRecorderNames=["old"])
    assert [each["recording"] for each in status] == [True, False]
    group = made["ConfigurationRecorders"][0]["recordingGroup"]
    assert group["resourceTypes"] == ["AWS::S3::Bucket"]
    with pytest.raises(ClientError) as error:
        config.describe_configuration_recorders(ConfigurationRecorderNames=["none"])
    assert code(error) == "NoSuchConfigurationRecorderException"
