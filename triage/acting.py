"""With what AWS is changed, where an operator lets the engine change it."""

from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.ports.cloud import Clouds
from triage.settings import Settings


def clouds(found: Settings) -> Clouds | None:
    """Sessions of the role that changes things; None where there is none."""
    group = found.repairs
    if not group.role:
        return None
    role = Role(
        name=group.role,
        external_id=group.external_id.get_secret_value(),
        partition=found.aws.partition,
    )
    return AwsClouds(role, AwsLimits(), found.aws.region)
