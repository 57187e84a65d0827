"""Settings of where the record is kept, and for how long."""

from pydantic import Field, SecretStr, field_validator

from triage.settings.groups import Group

MEANING = "days after its end that a closed case keeps what it was told; for ever if unset"
# Trouble opens related closes of the last 30 days again, and they are judged from these bytes.
LEAST = 31


class Database(Group):
    """PostgreSQL instead of the embedded store."""

    url: SecretStr = Field(
        default=SecretStr(""), description="postgresql://...; the embedded store if unset"
    )

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and url.partition("://")[0] not in {"postgresql", "postgresql+psycopg"}:
            raise ValueError("it is postgresql://user@host/database")
        return value


class Retention(Group):
    """What `triage db retain` deletes: ticket bodies and evidence of closed cases, never events."""

    posture_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
    exposure_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
    threat_days: int | None = Field(default=None, ge=LEAST, description=MEANING)
