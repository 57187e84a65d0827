"""Does an instance's metadata service still answer without a session token (IMDSv1)?

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import records, text

GONE = "InvalidInstanceID.NotFound"
TOKENS, STATES, ENDPOINTS = (
    {"required", "optional"},
    {"applied", "pending"},
    {"enabled", "disabled"},
)


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the one instance."""
    account, region = about.account(asking), about.region(asking)
    return (Read.of("ec2.describe_instances", account, region, instance=about.instance(asking)),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Required only once it is applied, not while it is pending."""
    if (answer := unanswered(reads, GONE)) is not None:
        return answer
    options = _options(payload(reads[0]), about.instance(asking))
    tokens, state = text(options, "HttpTokens"), text(options, "State")
    endpoint = text(options, "HttpEndpoint")
    if tokens not in TOKENS or state not in STATES or endpoint not in ENDPOINTS:
        return Unknown(reason="EC2 did not say how the instance's metadata is reached")
    required = tokens == "required" and state == "applied"
    return known(
        reads,
        {
            "token_required": required,
            "endpoint_enabled": endpoint == "enabled",
            "pending": state == "pending",
            "explanation": f"tokens are {tokens}, the endpoint is {endpoint} ({state}).",
        },
    )


def _options(found: Mapping[str, Any], instance: str) -> Any:
    shown = [one for part in records(found, "Reservations") for one in records(part, "Instances")]
    if len(shown) != 1 or text(shown[0], "InstanceId") != instance:
        return None
    return shown[0].get("MetadataOptions")


QUESTION = Question(
    name="ec2.metadata_options",
    phrase="whether the instance's metadata takes a token",
    parameters={
        "instance": Parameter(
            type="string", meaning="another instance than the ticket's", subject=True
        )
    },
    answer={
        "token_required": Field(type="boolean", meaning="IMDSv2 only, and applied"),
        "endpoint_enabled": Field(type="boolean", meaning="the metadata service answers at all"),
        "pending": Field(type="boolean", meaning="a change of it is under way"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("ec2:DescribeInstances",),
    plan=plan,
    interpret=interpret,
)
