"""The CloudFormation template agrees with the code about what a queue has to be."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from triage.adapters.aws.queue_setup import RECEIVES_MIN, RETENTION_SECONDS_MIN, unfit, unwise
from triage.intake.kinds import EVENTS
from triage.lambda_handler import handler
from triage.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = YAML(typ="rt").load(ROOT / "deploy" / "cloudformation" / "intake.yaml")
RESOURCES: Any = TEMPLATE["Resources"]


def properties(name):
    return RESOURCES[name]["Properties"]


def of_type(kind):
    return [one["Properties"] for one in RESOURCES.values() if one["Type"] == kind]


def test_its_queue_is_one_that_the_worker_takes_without_a_word():
    queue = properties("Tickets")
    told = {name: str(queue[name]) for name in ("MaximumMessageSize", "MessageRetentionPeriod")}
    receives = queue["RedrivePolicy"]["maxReceiveCount"]
    policy = f'{{"deadLetterTargetArn": "arn", "maxReceiveCount": {receives}}}'
    found = {**told, "SqsManagedSseEnabled": "true", "RedrivePolicy": policy}
    assert [*unfit(found, 120), *unwise(found, 120)] == []
    assert receives >= RECEIVES_MIN


def test_dead_letters_live_as_long_as_messages():
    assert properties("DeadLetters")["MessageRetentionPeriod"] >= RETENTION_SECONDS_MIN
    longest = properties("Tickets")["MessageRetentionPeriod"]
    assert properties("DeadLetters")["MessageRetentionPeriod"] >= longest


def test_the_function_has_its_time_six_times_over_and_answers_for_each_message():
    function, source = properties("Function"), properties("FunctionSource")
    assert properties("Tickets")["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert function["Handler"] == f"{handler.__module__}.{handler.__name__}"
    assert list(source["FunctionResponseTypes"]) == ["ReportBatchItemFailures"]


def test_its_variables_are_settings():
    variables = properties("Function")["Environment"]["Variables"]
    for name in variables:
        group, key = name.removeprefix("TRIAGE_").lower().split("__")
        assert key in type(getattr(Settings(), group)).model_fields


def test_it_asks_for_events_that_somebody_reads():
    rules = of_type("AWS::Events::Rule")
    sources = {kind.source for kind in EVENTS.values()}
    asked = {one for rule in rules for one in rule["EventPattern"].get("source", [])}
    types = {one for rule in rules for one in rule["EventPattern"].get("detail-type", [])}
    assert asked <= sources
    assert types <= set(EVENTS)


@pytest.mark.parametrize("rule", of_type("AWS::Events::Rule"), ids=lambda rule: rule["Description"])
def test_what_cannot_be_delivered_is_kept(rule):
    for target in rule["Targets"]:
        assert target["DeadLetterConfig"]
        assert target["SqsParameters"]["MessageGroupId"]


def test_every_queue_is_encrypted_and_refuses_plain_http():
    queues = of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues)
    policies = of_type("AWS::SQS::QueuePolicy")
    plain = [
        statement
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and "Bool" in statement["Condition"]
    ]
    assert len(plain) == len(queues) == len(policies)
