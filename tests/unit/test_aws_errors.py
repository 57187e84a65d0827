"""What AWS's errors mean: the service's own word that there is none, or nothing at all."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.builders import NOON
from triage.adapters.aws.errors import DENIED, NOT_FOUND, THROTTLED, translate
from triage.domain.evidence import Failed, Failure, Missing

PAIRS = [(kind, code) for kind, codes in NOT_FOUND.items() for code in sorted(codes)]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "AnyCall")


@pytest.mark.parametrize(("kind", "code"), PAIRS)
def test_a_documented_code_of_this_very_call_means_missing(kind, code):
    assert translate(kind, refused(code), NOON) == Missing(code=code, as_of=NOON, source=kind)


@pytest.mark.parametrize(("kind", "code"), PAIRS)
def test_the_same_code_from_another_call_means_nothing(kind, code):
    found = translate("config.recorder_status", refused(code), NOON)
    assert found == Failed(failure=Failure.BROKEN, detail=f"config.recorder_status: {code}")


@pytest.mark.parametrize("code", sorted(THROTTLED))
def test_a_throttle_is_a_throttle(code):
    assert translate("a.call", refused(code), NOON).failure is Failure.THROTTLED


@pytest.mark.parametrize("code", sorted(DENIED))
def test_a_refusal_is_a_refusal(code):
    assert translate("a.call", refused(code), NOON).failure is Failure.DENIED


@pytest.mark.parametrize("code", ["404", "NotFound", "NoSuchKey", "InternalError", "", "Missing"])
@pytest.mark.parametrize("kind", ["s3.get_bucket_acl", "iam.get_user", "a.call"])
def test_a_bare_404_or_anything_else_means_nothing(kind, code):
    assert translate(kind, refused(code), NOON).failure is Failure.BROKEN


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ReadTimeoutError(endpoint_url="-"), Failure.SLOW),
        (ConnectTimeoutError(endpoint_url="-"), Failure.SLOW),
        (EndpointConnectionError(endpoint_url="-"), Failure.BROKEN),
        (KeyError("Events"), Failure.BROKEN),
        (ClientError({}, "AnyCall"), Failure.BROKEN),
    ],
)
def test_what_happens_on_the_way_is_never_an_answer(error, failure):
    assert translate("s3.get_bucket_acl", error, NOON).failure is failure
