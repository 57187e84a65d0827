"""With what AWS is changed, where an operator lets the engine change it."""

from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.closing.shape import AtSource
from triage.ports.cloud import Clouds
from triage.settings import Settings


def clouds(found: Settings) -> Clouds | None:
    """Sessions of the role that changes things; None where there is none."""
    return _sessions(found, found.repairs.role)


def at_source(found: Settings) -> AtSource | None:
    """With what findings are closed where they came from, and where; None without a role."""
    opened = _sessions(found, found.at_source.role or found.repairs.role)
    return AtSource(clouds=opened, desks=found.at_source.desks) if opened else None


def _sessions(found: Settings, name: str) -> Clouds | None:
    if not name:
        return None
    role = Role(
        name=name,
        external_id=found.repairs.external_id.get_secret_value(),
        partition=found.aws.partition,
    )
    return AwsClouds(role, AwsLimits(), found.aws.region)
