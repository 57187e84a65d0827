"""Does Config record, and everything?

Complete is what satisfies Config.1 whichever controls are enabled: one recorder that is on and
delivers, records all supported types and the global ones, and uses the service-linked role.
https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html#config-1
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig, records, text

OWN_ROLE = ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
ALL = "ALL_SUPPORTED_RESOURCE_TYPES"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the recorder and for what it is doing."""
    account, region = about.account(asking), about.region(asking)
    return (
        Read.of("config.describe_configuration_recorders", account, region),
        Read.of("config.recorder_status", account, region),
    )


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """No recorder is a fact: nothing is recorded."""
    if (answer := unanswered(reads)) is not None:
        return answer
    recorders = dig(payload(reads[0]), "ConfigurationRecorders")
    statuses = dig(payload(reads[1]), "ConfigurationRecordersStatus")
    if not isinstance(recorders, list) or not isinstance(statuses, list):
        return Unknown(reason="Config did not say which recorders there are")
    by_name = {text(one, "name"): one for one in records(payload(reads[1]), READING)}
    if any(not isinstance(dig(one, "recording"), bool) for one in by_name.values()):
        return Unknown(reason="Config did not say whether it records")
    pairs = [(one, by_name.get(text(one, "name"), {})) for one in _own(payload(reads[0]))]
    return known(reads, _told(pairs, [one for one in by_name.values() if _records(one)]))


READING = "ConfigurationRecordersStatus"


def _own(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Recorders that other services keep for themselves record only what those need."""
    each = records(found, "ConfigurationRecorders")
    return [one for one in each if not text(one, "servicePrincipal")]


def _records(status: Mapping[str, Any]) -> bool:
    return dig(status, "recording") is True and not text(status, "servicePrincipal")


def _told(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], on: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    delivering = [one for one in pairs if _delivers(one[1])]
    complete = any(_all_of_it(recorder) for recorder, _ in delivering)
    return {
        "recording": bool(on),
        "delivering": bool(delivering),
        "complete": complete,
        "explanation": _explain(bool(on), bool(delivering), complete=complete),
    }


def _delivers(status: Mapping[str, Any]) -> bool:
    return _records(status) and text(status, "lastStatus").upper() == "SUCCESS"


def _all_of_it(recorder: Mapping[str, Any]) -> bool:
    group = dig(recorder, "recordingGroup")
    strategy = text(group, "recordingStrategy", "useOnly")
    return (
        text(recorder, "roleARN").endswith(OWN_ROLE)
        and dig(group, "allSupported") is True
        and dig(group, "includeGlobalResourceTypes") is True
        and strategy in {"", ALL}
        and not records(dig(recorder, "recordingMode"), "recordingModeOverrides")
    )


def _explain(on: bool, delivering: bool, *, complete: bool) -> str:  # noqa: FBT001 - three facts
    if not on:
        return "no recorder is on."
    how = "it delivers" if delivering else "it does not deliver"
    what = "everything, by the service's own role" if complete else "not all that is wanted"
    return f"a recorder is on, {how}, and it records {what}."


QUESTION = Question(
    name="config.recorder",
    phrase="whether Config records everything",
    parameters={},
    answer={
        "recording": Field(type="boolean", meaning="a recorder is on"),
        "delivering": Field(type="boolean", meaning="and its last delivery succeeded"),
        "complete": Field(type="boolean", meaning="all types, global ones too, by Config's role"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
    ),
    plan=plan,
    interpret=interpret,
)
