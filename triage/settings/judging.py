"""Settings of who looks at what the engine closed."""

from pydantic import Field, SecretStr, field_validator

from triage.settings.groups import Group

KEY_MIN = 16
"""Characters; a short key could be guessed from its own draws."""


class SamplingGroup(Group):
    """The audit of closes by sampling."""

    key: SecretStr = Field(
        default=SecretStr(""),
        description="secret of the draw; if unset, audit.key in paths.data, made on first start",
    )
    floor: float = Field(
        default=0.05, ge=0.05, le=1, description="share of closes that is drawn at the least"
    )
    answer_hours: float = Field(
        default=72, gt=0, le=720, description="how long people have; then it counts as a miss"
    )
    twice: float = Field(
        default=0.05,
        ge=0.05,
        le=1,
        description="share of what is judged blind that two people judge, to see how they err",
    )
    summary_hours: float = Field(
        default=24, gt=0, le=168, description="how often people are told what waits for a review"
    )

    @field_validator("key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < KEY_MIN:
            raise ValueError(f"it has at least {KEY_MIN} characters")
        return value
