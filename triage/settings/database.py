"""Settings of the database."""

from pydantic import Field, SecretStr, field_validator

from triage.settings.groups import Group


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
