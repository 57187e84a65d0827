"""Settings of what happens after a close: the finding at its source, and the watch on the close."""

from pydantic import Field

from triage.settings.groups import Group


class AtSourceGroup(Group):
    """Closing findings where they came from; each source can be left to people."""

    role: str = Field(
        default="", description="role to assume for it; repairs.role if unset, nothing without both"
    )
    guardduty: bool = Field(default=True, description="archive findings, and say if useful")
    securityhub: bool = Field(default=True, description="resolve findings told in ASFF")
    securityhub_v2: bool = Field(default=True, description="resolve findings told in OCSF")
    access_analyzer: bool = Field(default=True, description="archive access that is intended")
    probation_hours: float = Field(
        default=24, ge=0, le=168, description="how long a close is watched; not at all if 0"
    )

    @property
    def desks(self) -> frozenset[str]:
        """Those that are switched on."""
        names = ("guardduty", "securityhub", "securityhub_v2", "access_analyzer")
        return frozenset(name for name in names if getattr(self, name))
