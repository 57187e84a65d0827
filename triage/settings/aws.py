"""Settings of how AWS is read."""

from pydantic import Field, SecretStr, model_validator

from triage.settings.groups import Group


class Aws(Group):
    """How AWS is read. Endpoints and credentials are botocore's own business."""

    role: str = Field(
        default="", description="role to assume in every account; own account only if unset"
    )
    external_id: SecretStr = Field(default=SecretStr(""), description="external id of that role")
    partition: str = Field(default="aws", description="aws, aws-cn or aws-us-gov")
    region: str = Field(default="us-east-1", description="Region of STS")


class OrganisationGroup(Group):
    """AWS Organizations, asked every so often for accounts, units and tags."""

    snapshot: bool = Field(default=False, description="ask at all")
    account: str = Field(
        default="",
        description="account to ask: the management account or a delegated administrator",
        pattern="^([0-9]{12})?$",
    )
    role: str = Field(default="", description="role to assume there; aws.role if unset")
    tier_tag: str = Field(default="tier", description="tag that names an account's tier")
    owner_tag: str = Field(default="owner", description="tag that names its owner team")
    interval_minutes: float = Field(default=60, ge=5, description="minutes between snapshots")
    age_hours_max: float = Field(
        default=24, gt=0, le=168, description="hours a snapshot is believed"
    )

    @model_validator(mode="after")
    def _has_somebody_to_ask(self) -> "OrganisationGroup":
        if self.snapshot and not self.account:
            raise ValueError("account should name whom to ask, where snapshot is on")
        return self
