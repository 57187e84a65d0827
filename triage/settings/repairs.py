"""Settings of what the engine may change: off until an operator switches repairs on."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator

from triage.domain.account import Tier
from triage.domain.policy import Freeze, Policy
from triage.settings.groups import LISTED, Group
from triage.settings.watching import Words

DEFAULTS = Policy()


class FreezeGroup(Group):
    """A window in which nothing is changed without somebody's word."""

    start: AwareDatetime = Field(description="from then on, with its offset")
    end: AwareDatetime = Field(description="until before then")
    because: str = Field(description="why, for whoever is asked")

    def as_freeze(self) -> Freeze:
        return Freeze(start=_utc(self.start), end=_utc(self.end), because=self.because)


def _utc(moment: datetime) -> datetime:
    return datetime.fromisoformat(moment.isoformat())


class RepairsGroup(Group):
    """Repairs, and the guards that every one of them passes."""

    on: bool = Field(default=False, description="repair at all; suggestions only if off")
    role: str = Field(
        default="", description="role to assume for changes; nothing is changed if unset"
    )
    external_id: SecretStr = Field(default=SecretStr(""), description="external id of that role")
    ask_in: Words = Field(
        default=tuple(map(str, DEFAULTS.ask_in)), description="tiers in which a person agrees first"
    )
    per_hour: int = Field(default=DEFAULTS.per_hour, ge=0, description="repairs in an hour, all")
    per_hour_fix: int = Field(
        default=DEFAULTS.per_hour_fix, ge=0, description="repairs in an hour by one fix"
    )
    per_hour_account: int = Field(
        default=DEFAULTS.per_hour_account, ge=0, description="repairs in an hour in one account"
    )
    share_max: float = Field(
        default=DEFAULTS.share_max,
        ge=0,
        le=1,
        description="share of the accounts one fix may touch in a day by itself",
    )
    share_from: int = Field(
        default=DEFAULTS.share_from, ge=1, description="accounts from which on that counts"
    )
    protected: Words = Field(default=(), description="names and ARNs that are never changed")
    protected_tag: str = Field(
        default=DEFAULTS.protected_tag, min_length=1, description="tag of what is never changed"
    )
    freezes: Annotated[tuple[FreezeGroup, ...], LISTED] = Field(
        default=(), description="change freezes: start, end, because"
    )
    approval_hours: float = Field(
        default=DEFAULTS.approval_hours, gt=0, le=168, description="how long a plan waits"
    )
    misses_max: int = Field(
        default=DEFAULTS.misses_max, ge=1, description="unproven repairs that stop a rule"
    )

    documents: Words = Field(
        default=DEFAULTS.documents, description="runbooks of Systems Manager that may be run"
    )

    @field_validator("ask_in")
    @classmethod
    def _are_tiers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(value) - set(Tier))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no tier; use {', '.join(Tier)}")
        return value

    @model_validator(mode="after")
    def _has_a_role(self) -> "RepairsGroup":
        if self.on and not self.role:
            raise ValueError("role should name what to assume for changes, where repairs are on")
        return self

    def as_policy(self) -> Policy:
        """Give what decisions and guards go by."""
        return Policy(
            repairs=self.on,
            ask_in=tuple(Tier(tier) for tier in self.ask_in),
            per_hour=self.per_hour,
            per_hour_fix=self.per_hour_fix,
            per_hour_account=self.per_hour_account,
            share_max=self.share_max,
            share_from=self.share_from,
            protected=self.protected,
            protected_tag=self.protected_tag,
            freezes=tuple(one.as_freeze() for one in self.freezes),
            approval_hours=self.approval_hours,
            misses_max=self.misses_max,
            documents=self.documents,
        )
