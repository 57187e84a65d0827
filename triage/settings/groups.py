"""What every group of settings is."""

from typing import Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict


def _listed(value: Any) -> Any:
    try:
        return orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError as error:
        raise ValueError("it is no JSON list") from error


LISTED = BeforeValidator(_listed)
"""A list in TOML; in the environment a JSON list."""


class Group(BaseModel):
    """Settings that belong together; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
