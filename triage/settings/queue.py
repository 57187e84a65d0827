"""Settings of the queue that messages come from."""

import re

from pydantic import Field, field_validator, model_validator

from triage.settings.groups import Group

ADDRESS = re.compile(r"https?://[^/\s]+/(?:[^/\s]+/)*[A-Za-z0-9_-]{1,80}(\.fifo)?")
REGION = re.compile(r"//(?:sqs|vpce-[a-z0-9-]+\.sqs)\.([a-z]{2}(?:-[a-z]+)+-\d)\.")


class QueueGroup(Group):
    """Amazon SQS instead of the durable inbox."""

    url: str = Field(
        default="", description="URL of a standard queue of Amazon SQS; the inbox if unset"
    )
    region: str = Field(default="", description="its Region; as the URL says if unset")
    wait_seconds: float = Field(
        default=5, ge=0, le=20, description="how long a request waits for messages"
    )
    claims: str | None = Field(
        default=None,
        description="where messages above 1 MiB are put: a folder, or s3://bucket/prefix",
    )

    @field_validator("url")
    @classmethod
    def _is_a_standard_queue(cls, value: str) -> str:
        if value.endswith(".fifo"):
            raise ValueError("it is a FIFO queue, in which one message holds up its whole group")
        if value and not ADDRESS.fullmatch(value):
            raise ValueError("it is https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
        return value

    @model_validator(mode="after")
    def _has_a_region(self) -> "QueueGroup":
        if self.url and not self.place:
            raise ValueError("region should name the Region of the queue, which its URL does not")
        return self

    @property
    def place(self) -> str:
        """The Region of the queue."""
        found = REGION.search(self.url)
        return self.region or (found[1] if found else "")
