"""What the fixes of users share."""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition
from triage.remediations.tags import listed

NOBODY = "NoSuchEntity"


def user(asking: Asking) -> Target:
    """The user a ticket is about. Raises CannotAsk."""
    return user_named(asking, about.user(asking))


def user_named(asking: Asking, name: str) -> Target:
    """A user of the ticket's account. Its ARN holds a path that only IAM knows; see `whole`."""
    account = about.account(asking)
    region = asking.ticket.region or about.GLOBAL_REGION
    arn = f"arn:{partition(region)}:iam::{account}:user/*"
    return Target(account=account, region=region, id=name, arn=arn)


def call(operation: str, *absent: str, **parameters: Any) -> Call:
    """A call of IAM."""
    return Call(service="iam", operation=operation, parameters=parameters, absent=frozenset(absent))


def whole(cloud: Cloud, target: Target, name: str) -> tuple[str, Mapping[str, str]]:
    """The ARN of a user, path included, and its tags. Raises CloudError, also for nobody."""
    asked = call("get_user", NOBODY, UserName=name)
    said = member(asked, cloud.call(asked), "User")
    arn = str(member(asked, said, "Arn"))
    if f":{target.account}:user/" not in arn:
        raise Unknown(asked, f"answered for another account than {target.account}")
    return arn, listed(said.get("Tags"))
