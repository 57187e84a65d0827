"""Settings of what keeps watch: reconcilers, inventory, silence and canaries."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from triage.settings.groups import Group


def _words(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""A list in TOML; in the environment words with commas or spaces between them."""


CYCLE = "from one cycle to the next; 0: none"


class Reconcile(Group):
    """Looking for what never reached the queue, and for what can silence us."""

    regions: Words = Field(
        default=(), description="Regions to look in; nothing is looked for if unset"
    )
    accounts: Words = Field(default=(), description="accounts besides those in organization.toml")
    inspector_hours: float = Field(default=6, ge=0, le=168, description=CYCLE)
    macie_hours: float = Field(default=6, ge=0, le=168, description=CYCLE)
    config_hours: float = Field(default=24, ge=0, le=168, description=CYCLE)
    access_analyzer_hours: float = Field(default=6, ge=0, le=168, description=CYCLE)
    guardduty_hours: float = Field(default=6, ge=0, le=168, description=CYCLE)
    securityhub_hours: float = Field(default=6, ge=0, le=168, description=CYCLE)
    inventory_hours: float = Field(
        default=24, ge=0, le=168, description="from one inventory to the next; 0: none"
    )
    lookback_days: float = Field(default=7, gt=0, le=90, description="how far the first cycle goes")
    overlap_minutes: float = Field(default=60, ge=0, description="what a cycle looks at again")
    lag_minutes: float = Field(default=15, ge=0, description="how long an event may be under way")
    page_seconds: float = Field(default=60, gt=0, le=140, description="how long one page may take")


class Silence(Group):
    """When nothing arriving means something."""

    floor_hours: float = Field(default=24, gt=0, description="never called silent before that")
    history_days: float = Field(default=3, gt=0, description="nor before it was known that long")
    canary_hours: float = Field(default=0, ge=0, description="a canary every so often; 0: never")
    canary_minutes: float = Field(default=15, gt=0, description="how long it may take")
