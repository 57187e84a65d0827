"""An S3 bucket, or what lies under a prefix of it, as an object store."""

from collections.abc import Sequence
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from triage.adapters.aws.clients import ambient
from triage.adapters.aws.limits import AwsLimits
from triage.ports.object_store import Stored, Unreachable

PAGE_MAX = 1000
"""ListObjectsV2 gives no more at once.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""
SCHEME = "s3://"


class S3Objects:
    """The object store port on S3. The client speaks for whoever may read the bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def at(cls, place: str, region: str, limits: AwsLimits) -> Self:
        """Open `s3://bucket/prefix` with the credentials at hand."""
        bucket, _, prefix = place.removeprefix(SCHEME).partition("/")
        return cls(ambient("s3", region, limits), bucket, prefix)

    @property
    def place(self) -> str:
        return f"{SCHEME}{self._bucket}/{self._prefix}"

    def list(self, *, after: str, at_most: int) -> Sequence[Stored]:
        found: list[Stored] = []
        while len(found) < at_most:
            page, more = self._page(found[-1].key if found else after, at_most - len(found))
            found += page
            if not more:
                break
        return found

    def _page(self, after: str, at_most: int) -> tuple[Sequence[Stored], bool]:
        # S3 sorts by UTF-8, and StartAfter need not be a key that exists.
        start = {"StartAfter": self._prefix + after} if after else {}
        try:
            answer = self._client.list_objects_v2(
                Bucket=self._bucket, Prefix=self._prefix, MaxKeys=min(at_most, PAGE_MAX), **start
            )
        except (BotoCoreError, ClientError) as error:
            raise Unreachable(self.place, why(error)) from error
        page = [self._stored(one) for one in answer.get("Contents", [])]
        if "KeyCount" not in answer or (answer.get("IsTruncated") and not page):
            raise Unreachable(self.place, "the answer was cut short")
        return page, bool(answer.get("IsTruncated"))

    def _stored(self, listed: Any) -> Stored:
        return Stored(
            key=listed["Key"].removeprefix(self._prefix), size=listed["Size"], tag=listed["ETag"]
        )

    def read(self, key: str, *, at_most: int) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            with answer["Body"] as body:
                content: bytes = body.read(at_most)
        except (BotoCoreError, ClientError) as error:
            raise Unreachable(key, why(error)) from error
        if len(content) < min(at_most, answer["ContentLength"]):
            raise Unreachable(key, "the answer was cut short")
        return content

    def write(self, key: str, body: bytes) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=body)
        except (BotoCoreError, ClientError) as error:
            raise Unreachable(key, why(error)) from error

    def close(self) -> None:
        self._client.close()


def why(error: Exception) -> str:
    """Say in a word why AWS did not answer."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or "an error without a code"
    return type(error).__name__
