"""What the fixes of databases share."""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Target
from triage.ports.cloud import Cloud, member
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition
from triage.remediations.tags import listed

TAGS = "rds:ListTagsForResource"


def named(asking: Asking, kind: str, name: str) -> Target:
    """A resource of RDS, such as a `db` or a `snapshot`. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    arn = f"arn:{partition(region)}:rds:{region}:{account}:{kind}:{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def call(operation: str, *absent: str, **parameters: Any) -> Call:
    """A call of RDS."""
    return Call(service="rds", operation=operation, parameters=parameters, absent=frozenset(absent))


def tags(cloud: Cloud, target: Target) -> Mapping[str, str]:
    """The tags of the target."""
    asked = call("list_tags_for_resource", ResourceName=target.arn)
    return listed(member(asked, cloud.call(asked), "TagList"))
