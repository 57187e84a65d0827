"""Settings of what is deleted after a while."""

from pydantic import Field

from triage.settings.groups import Group

MEANING = "days after its end that a closed case keeps what it was told; for ever if unset"
# Trouble opens related closes of the last 30 days again, and they are judged from these bytes.
LEAST = 31


class Retention(Group):
    """What `triage db retain` deletes: ticket bodies and evidence of closed cases, never events."""

    posture_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
    exposure_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
    threat_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
