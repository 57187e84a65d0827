"""What lies between a finding and us: Config's recorder and rules, EventBridge, the queues.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import member, plain
from triage.domain.inventory import Items
from triage.domain.json import Record

QUEUE_KEPT = (
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "MessageRetentionPeriod",
    "VisibilityTimeout",
)
DEPTH = "ApproximateNumberOfMessages"


def recorders(asker: Asker) -> Items:
    """Every recorder: what it records, how often, and whether it is on."""
    asked = asker.ask("config.describe_configuration_recorders")
    states = asker.ask("config.describe_configuration_recorder_status")
    recording = {
        one["name"]: one.get("recording") for one in member(states, "ConfigurationRecordersStatus")
    }
    return {
        one["name"]: {
            "recording": recording.get(one["name"]),
            "recordingGroup": plain(one.get("recordingGroup")),
            "recordingMode": plain(one.get("recordingMode")),
        }
        for one in member(asked, "ConfigurationRecorders")
    }


def config_rules(asker: Asker) -> Items:
    """Every rule: what it looks at and whether it is on."""
    found = asker.every("config.describe_config_rules", "ConfigRules")
    return {one["ConfigRuleName"]: plain(one) for one in found}


def rules(asker: Asker) -> Items:
    """Every rule of the default bus with its targets."""
    kept = ("EventPattern", "State", "ScheduleExpression", "RoleArn", "ManagedBy")
    found = asker.every("events.list_rules", "Rules")
    return {
        one["Name"]: {
            **{name: one.get(name) for name in kept},
            "Targets": _targets(asker, one["Name"]),
        }
        for one in found
    }


def _targets(asker: Asker, rule: str) -> Record:
    found = asker.every("events.list_targets_by_rule", "Targets", Rule=rule)
    return {one["Id"]: plain(one) for one in found}


def queues(asker: Asker) -> Items:
    """Every queue: who may do what with it, and where it puts what it cannot deliver."""
    return {name: _kept(attributes) for name, attributes in _attributes(asker).items()}


def dead_letters(asker: Asker) -> Items:
    """Queues that others give up into, and whether something lies in them.

    Not how much: one message in it is a loss, and the number changes by itself.
    """
    found = _attributes(asker)
    redriven = [_parsed(one.get("RedrivePolicy")) for one in found.values()]
    given_up = {one.get("deadLetterTargetArn") for one in redriven if isinstance(one, dict)}
    return {
        name: {"empty": one.get(DEPTH) == "0"}
        for name, one in found.items()
        if one.get("QueueArn") in given_up
    }


def _attributes(asker: Asker) -> Mapping[str, Mapping[str, str]]:
    # An account without queues may answer without the member: that looks like a cut answer, and
    # counts as one.
    urls = asker.every("sqs.list_queues", "QueueUrls")
    return {url.rpartition("/")[2]: _of(asker, url) for url in urls}


def _of(asker: Asker, url: str) -> Mapping[str, str]:
    answer = asker.ask("sqs.get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
    return dict(member(answer, "Attributes"))


def _kept(attributes: Mapping[str, str]) -> Record:
    return {name: _parsed(attributes.get(name)) for name in QUEUE_KEPT}


def _parsed(value: str | None) -> Any:
    """A policy as JSON, so that spaces and the order of keys do not count."""
    try:
        return orjson.loads(value) if value else None
    except orjson.JSONDecodeError:
        return value


LISTS: Mapping[str, Callable[[Asker], Items]] = MappingProxyType(
    {
        "config/recorder": recorders,
        "config/rule": config_rules,
        "events/rule": rules,
        "sqs/queue": queues,
        "sqs/dead-letters": dead_letters,
    }
)
