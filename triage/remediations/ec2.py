"""What the fixes of EC2 share."""

from typing import Any

from triage.domain.plan import Call, Permission, Target
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition


def call(operation: str, *absent: str, **parameters: Any) -> Call:
    """A call of EC2."""
    return Call(service="ec2", operation=operation, parameters=parameters, absent=frozenset(absent))


def owned(asking: Asking, kind: str, name: str) -> Target:
    """A resource whose ARN names its account, such as an instance. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    arn = f"arn:{partition(region)}:ec2:{region}:{account}:{kind}/{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def shared(asking: Asking, kind: str, name: str) -> Target:
    """A snapshot or an image: their ARNs name no account. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    arn = f"arn:{partition(region)}:ec2:{region}::{kind}/{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def reading(target: Target, described: tuple[str, ...], *held: str) -> tuple[Permission, ...]:
    """Permissions to look: `held` to the target, and describing, which nothing narrows.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    whole = (Permission(actions=described, resources=("*",)),) if described else ()
    return (*whole, *((Permission(actions=held, resources=(target.arn,)),) if held else ()))
