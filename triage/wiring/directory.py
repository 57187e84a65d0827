"""Who is in the organisation: bootstrap's part that wires the file, the snapshot and its source."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from triage.adapters.files.organisation import read_organisation
from triage.adapters.files.people import read_people
from triage.adapters.files.snapshot import SnapshotFile
from triage.adapters.system.clock import SystemClock
from triage.domain.account import Organisation
from triage.domain.snapshot import Snapshot
from triage.engine.census import Census
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.settings import Settings
from triage.stages.organise import Terms, organise

if TYPE_CHECKING:
    from triage.adapters.aws.organisation_source import AwsOrganisation

SNAPSHOT = "organisation.json"


def written(found: Settings) -> Organisation:
    """The organisation map as the file says it. Raises InvalidFile."""
    listed = read_people(found.paths.people) if found.paths.people else None
    path = found.paths.organization
    return read_organisation(path, listed) if path else Organisation()


def without_snapshot(found: Settings) -> Organisation:
    """The organisation map as it is before any snapshot. Raises InvalidFile."""
    return organise(written(found), None, terms(found), SystemClock().now())


def terms(found: Settings) -> Terms:
    """How snapshots of AWS Organizations are read."""
    said = found.organisation
    return Terms(
        tier_tag=said.tier_tag,
        owner_tag=said.owner_tag,
        age_max=timedelta(hours=said.age_hours_max),
    )


def last_snapshot(found: Settings) -> Snapshot | None:
    """The last snapshot, where snapshots are on."""
    if not found.organisation.snapshot:
        return None
    return SnapshotFile(found.paths.data / SNAPSHOT).load()


def source(found: Settings, clock: Clock) -> "AwsOrganisation":
    """AWS Organizations, as the settings say."""
    from triage.adapters.aws.clients import Clients, Role
    from triage.adapters.aws.limits import AwsLimits
    from triage.adapters.aws.organisation_source import AwsOrganisation

    role = Role(
        name=found.organisation.role or found.aws.role,
        external_id=found.aws.external_id.get_secret_value(),
        partition=found.aws.partition,
    )
    clients = Clients(role, AwsLimits(), found.aws.region)
    return AwsOrganisation(clients, clock, found.organisation.account, found.aws.partition)


def census(
    found: Settings, data: Path, rulebook: Rulebook, ports: tuple[Clock, Metrics], stack: ExitStack
) -> Census | None:
    """The hourly snapshot, under way from what was kept; None where it is off."""
    if not found.organisation.snapshot:
        return None
    clock, metrics = ports
    asked = source(found, clock)
    stack.callback(asked.close)
    made = Census(
        written=written(found),
        source=asked,
        keep=SnapshotFile(data / SNAPSHOT),
        rulebook=rulebook,
        clock=clock,
        metrics=metrics,
        terms=terms(found),
        interval=timedelta(minutes=found.organisation.interval_minutes),
    )
    made.start()
    return made
