"""Settings for whoever runs it: anchors, traces, health pages, logs."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from triage.settings.groups import LISTED, Group

KMS = "arn:"


class Anchor(Group):
    """Signed heads of the record, exported where whoever can write it cannot."""

    place: str = Field(
        default="",
        description="a file, or s3://bucket/prefix with Object Lock; no head leaves if unset",
    )
    key: str = Field(
        default="", description="who signs: an OpenSSH private key's path, or a KMS key's ARN"
    )
    trusted: Annotated[tuple[str, ...], LISTED] = Field(
        default=(), description="whose heads count: OpenSSH public key lines and KMS key ARNs"
    )
    interval_minutes: float = Field(default=5, gt=0, le=1440, description="between two heads")
    lock: Literal["compliance", "governance"] = Field(
        default="compliance", description="Object Lock's mode: compliance or governance"
    )
    retain_days: int = Field(default=400, ge=1, le=36500, description="how long S3 keeps a head")

    @model_validator(mode="after")
    def _is_signed(self) -> "Anchor":
        if self.place and not self.key:
            raise ValueError("key should name who signs, where place is set")
        return self

    @property
    def signed_by_kms(self) -> bool:
        return self.key.startswith(KMS)

    @property
    def key_path(self) -> Path:
        return Path(self.key).expanduser()


class Tracing(Group):
    """One trace a ticket, to OpenTelemetry's collector; where and how is OTEL_*'s business."""

    enabled: bool = Field(default=False, description="trace at all; needs the extra otel")


class Http(Group):
    """Health endpoints."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8642, ge=0, le=65535, description="port; 0 for a free one")


class Log(Group):
    """Logs."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )
