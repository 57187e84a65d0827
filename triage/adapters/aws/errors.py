"""What an AWS error tells us: the service says there is none, or nothing at all.

Codes are those of the services' own API references; a bare 404 means nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from triage.adapters.aws import operations_exists, operations_identity, operations_infra
from triage.domain.evidence import Failed, Failure, Missing, RawRead

THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "LimitExceededException",
        "SlowDown",
        "BandwidthLimitExceeded",
        "ProvisionedThroughputExceededException",
    }
)
DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthFailure",
        "Forbidden",
        "403",
        "InvalidAccessException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "OptInRequired",
    }
)
NOT_FOUND: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "s3.get_public_access_block": frozenset(
            {"NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"}
        ),
        "s3.get_bucket_policy_status": frozenset({"NoSuchBucketPolicy", "NoSuchBucket"}),
        "s3.get_bucket_acl": frozenset({"NoSuchBucket"}),
        "s3.get_bucket_location": frozenset({"NoSuchBucket"}),
        "ec2.describe_security_groups": frozenset({"InvalidGroup.NotFound"}),
        "ec2.describe_instances": frozenset({"InvalidInstanceID.NotFound"}),
        "iam.access_key": frozenset({"NoSuchEntity"}),
        "iam.user_keys": frozenset({"NoSuchEntity"}),
        "iam.get_user": frozenset({"NoSuchEntity"}),
        "iam.get_role": frozenset({"NoSuchEntity"}),
        "accessanalyzer.get_finding_v2": frozenset({"ResourceNotFoundException"}),
        "security-ir.get_case": frozenset({"ResourceNotFoundException"}),
        "config.get_resource_config_history": frozenset({"ResourceNotDiscoveredException"}),
        **operations_identity.NOT_FOUND,
        **operations_exists.NOT_FOUND,
        **operations_infra.NOT_FOUND,
    }
)
"""The codes by which each call says that there is no such thing."""


def translate(kind: str, error: Exception, at: datetime) -> RawRead:
    """Say what an error means for this kind of read."""
    match error:
        case ClientError():
            code = str(error.response.get("Error", {}).get("Code", ""))
            return _by_code(kind, code, at)
        case ReadTimeoutError() | ConnectTimeoutError():
            return Failed(failure=Failure.SLOW, detail=kind)
        case BotoCoreError():
            return Failed(failure=Failure.BROKEN, detail=f"{kind}: {type(error).__name__}")
        case _:
            return Failed(failure=Failure.BROKEN, detail=f"{kind}: {type(error).__name__}")


def _by_code(kind: str, code: str, at: datetime) -> RawRead:
    if code in NOT_FOUND.get(kind, frozenset()):
        return Missing(code=code, as_of=at, source=kind)
    if code in THROTTLED:
        return Failed(failure=Failure.THROTTLED, detail=kind)
    if code in DENIED:
        return Failed(failure=Failure.DENIED, detail=kind)
    return Failed(failure=Failure.BROKEN, detail=f"{kind}: {code}")
