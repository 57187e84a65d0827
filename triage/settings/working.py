"""How the engine works: how much at once, and how long anything may take."""

from pydantic import Field

from triage.settings.groups import Group


class Worker(Group):
    """How much, how long, how often."""

    batch_messages: int = Field(default=50, ge=1, le=1000, description="messages a transaction")
    threads: int = Field(default=16, ge=1, le=128, description="cases worked on side by side")
    lease_seconds: float = Field(default=120, gt=0, le=3600, description="how long a claim holds")
    poll_seconds: float = Field(default=1, gt=0, le=60, description="how often an idle loop looks")
    reload_seconds: float = Field(
        default=10, ge=1, le=3600, description="how often playbooks are looked at for a change"
    )
    drain_seconds: float = Field(default=20, ge=0, le=600, description="how long SIGTERM may take")
    effect_attempts: int = Field(
        default=8, ge=1, le=100, description="tries before an effect is abandoned"
    )
    effect_retry_seconds: float = Field(
        default=5, gt=0, le=900, description="wait after the first failed try"
    )


class Evidence(Group):
    """Seconds a ticket may wait for its evidence, by severity; late is unknown."""

    critical: float = Field(default=20, gt=0, le=90, description="seconds")
    high: float = Field(default=20, gt=0, le=90, description="seconds")
    medium: float = Field(default=45, gt=0, le=90, description="seconds")
    low: float = Field(default=60, gt=0, le=90, description="seconds")
    informational: float = Field(default=60, gt=0, le=90, description="seconds")


class Sla(Group):
    """Minutes until an unanswered escalation goes to the next contact, by priority."""

    critical: float = Field(default=15, gt=0, le=40320, description="minutes")
    high: float = Field(default=60, gt=0, le=40320, description="minutes")
    medium: float = Field(default=480, gt=0, le=40320, description="minutes")
    low: float = Field(default=2880, gt=0, le=40320, description="minutes")
