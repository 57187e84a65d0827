"""What the fixes of Lambda functions share."""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Permission, Target
from triage.ports.cloud import Cloud, member
from triage.questions import about, about_infra
from triage.questions.question import Asking
from triage.remediations.arns import partition

GONE = "ResourceNotFoundException"
TAGS = "lambda:ListTags"


def function(asking: Asking) -> Target:
    """The function a ticket is about. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    name = about_infra.function(asking)
    arn = f"arn:{partition(region)}:lambda:{region}:{account}:function:{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def call(target: Target, operation: str, *absent: str, **parameters: Any) -> Call:
    """A call about the function, by its ARN: no other account's is meant."""
    return Call(
        service="lambda",
        operation=operation,
        parameters={"FunctionName": target.arn, **parameters},
        absent=frozenset(absent),
    )


def tags(cloud: Cloud, target: Target) -> Mapping[str, str]:
    """Its tags. Raises CloudError when there is no such function, as other calls may not."""
    asked = Call(service="lambda", operation="list_tags", parameters={"Resource": target.arn})
    told: Mapping[str, str] = member(asked, cloud.call(asked), "Tags")
    return dict(told)


def may(target: Target, *actions: str) -> Permission:
    """Permission for these actions on the function alone."""
    return Permission(actions=actions, resources=(target.arn,))
