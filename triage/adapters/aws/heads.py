"""Heads signed by KMS, and heads that S3 lets nobody change or delete."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from triage.adapters.aws.clients import ambient
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.objects import PAGE_MAX, SCHEME, S3Objects, why
from triage.domain.errors import Unverified
from triage.domain.head import LINE_BYTES_MAX, Head, SignedHead
from triage.ports.head_keeper import Unkept
from triage.ports.object_store import Unreachable

KMS = "arn:"
ALGORITHMS = ("ECDSA_SHA_256", "RSASSA_PSS_SHA_256")
"""By preference; a key that does neither signs no heads.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""
DIGITS, ROOT_DIGITS = 20, 16
"""Names of heads sort by size; the root keeps two logs in one place apart."""
TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class KmsHeads:
    """The head signer port on an asymmetric KMS key, named by its ARN."""

    def __init__(self, kms: Any, key: str) -> None:
        self._kms = kms
        self._key = key
        self._algorithm = ""

    @classmethod
    def at(cls, key: str, limits: AwsLimits) -> Self:
        """Open `arn:aws:kms:region:account:key/id`."""
        return cls(ambient("kms", region_of(key), limits), key)

    def sign(self, head: Head) -> SignedHead:
        try:
            signature = self._sign(head.statement())
        except (BotoCoreError, ClientError) as error:
            raise Unverified(f"cannot sign with {self._key}: {why(error)}") from error
        return SignedHead(head=head, by=self._key, signature=base64.b64encode(signature).decode())

    def _sign(self, statement: bytes) -> bytes:
        self._algorithm = self._algorithm or algorithm(self._kms, self._key)
        answer = self._kms.sign(
            KeyId=self._key,
            Message=statement,
            MessageType="RAW",
            SigningAlgorithm=self._algorithm,
        )
        signature: bytes = answer["Signature"]
        return signature


class KmsHeadVerifier:
    """The head verifier port on KMS keys. KMS itself is asked whether a signature holds."""

    def __init__(self, keys: Sequence[str], limits: AwsLimits) -> None:
        self._keys = frozenset(keys)
        self._limits = limits

    def verify(self, signed: SignedHead) -> None:
        if signed.by not in self._keys:
            raise Unverified(f"{signed.by} is no key that anchor.trusted names")
        try:
            holds = self._holds(signed)
        except (BotoCoreError, ClientError, binascii.Error, ValueError) as error:
            raise Unverified(f"{signed.by} could not be asked: {why(error)}") from error
        if not holds:
            raise Unverified(f"{signed.by} did not sign exactly this")

    def _holds(self, signed: SignedHead) -> bool:
        kms = ambient("kms", region_of(signed.by), self._limits)
        try:
            answer = kms.verify(
                KeyId=signed.by,
                Message=signed.head.statement(),
                MessageType="RAW",
                Signature=base64.b64decode(signed.signature, validate=True),
                SigningAlgorithm=algorithm(kms, signed.by),
            )
        except kms.exceptions.KMSInvalidSignatureException:
            return False
        finally:
            kms.close()
        return answer["SignatureValid"] is True


def region_of(arn: str) -> str:
    """The Region in an ARN."""
    return arn.split(":")[3]


def algorithm(kms: Any, key: str) -> str:
    """The way of signing that a key knows and we use. Raises Unverified."""
    able = kms.get_public_key(KeyId=key).get("SigningAlgorithms", [])
    if not (known := [one for one in ALGORITHMS if one in able]):
        raise Unverified(f"{key} does neither {' nor '.join(ALGORITHMS)}")
    return known[0]


class S3Heads:
    """The head keeper port on a bucket with Object Lock: one object a head, retained.

    Nobody, the root user included, deletes or overwrites one under COMPLIANCE before its date:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(self, s3: Any, place: str, *, mode: str, retained: timedelta) -> None:
        bucket, _, prefix = place.removeprefix(SCHEME).partition("/")
        self._s3 = s3
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._mode = mode
        self._retained = retained
        self._objects = S3Objects(s3, bucket, prefix)

    @classmethod
    def at(
        cls, place: str, region: str, limits: AwsLimits, *, mode: str, retained: timedelta
    ) -> Self:
        """Open `s3://bucket/prefix` with the credentials at hand."""
        return cls(ambient("s3", region, limits), place, mode=mode, retained=retained)

    @property
    def place(self) -> str:
        return self._objects.place

    def keep(self, signed: SignedHead) -> None:
        try:
            self._put(signed)
        except ClientError as error:
            # Kept before a crash: what is there is of the same size and root.
            if why(error) not in TAKEN:
                raise Unkept(self.place, why(error)) from error
        except BotoCoreError as error:
            raise Unkept(self.place, why(error)) from error

    def _put(self, signed: SignedHead) -> None:
        self._s3.put_object(
            Bucket=self._bucket,
            Key=self._prefix + name_of(signed.head),
            Body=signed.line(),
            ContentType="application/json",
            IfNoneMatch="*",
            # Object Lock wants a checksum of what is put.
            ChecksumAlgorithm="SHA256",
            ObjectLockMode=self._mode.upper(),
            ObjectLockRetainUntilDate=signed.head.at + self._retained,
        )

    def kept(self, *, beyond: int = -1) -> Iterator[tuple[str, bytes]]:
        after = f"{beyond:0{DIGITS}d}~" if beyond >= 0 else ""
        try:
            while page := self._objects.list(after=after, at_most=PAGE_MAX):
                for one in page:
                    yield self.place + one.key, self._objects.read(one.key, at_most=LINE_BYTES_MAX)
                after = page[-1].key
        except Unreachable as error:
            raise Unkept(self.place, str(error)) from error


def name_of(head: Head) -> str:
    """Name the object of a head."""
    return f"{head.size:0{DIGITS}d}-{head.root[:ROOT_DIGITS]}.json"
