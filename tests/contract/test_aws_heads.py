"""Heads signed by KMS and kept by S3 Object Lock, over HTTP against the sandbox."""

from datetime import timedelta

import pytest

from tests.builders import NOON, minutes
from triage.adapters.aws.heads import KmsHeads, KmsHeadVerifier, S3Heads
from triage.adapters.aws.limits import AwsLimits
from triage.domain.errors import Unverified
from triage.domain.head import Head, SignedHead, signed_head
from triage.ports.head_keeper import Unkept

BUCKET = "heads-of-ours"
LIMITS = AwsLimits(attempts=1, read_seconds=5)


def a_head(size=1, **changes):
    return Head(**{"log": "l", "size": size, "root": "ab" * 32, "at": NOON, **changes})


@pytest.fixture
def s3(sandbox):
    return sandbox.client("s3")


def heads_in(s3, bucket=BUCKET, **changes):
    given = {"mode": "compliance", "retained": timedelta(days=36500)}
    return S3Heads(s3, f"s3://{bucket}/some/where", **{**given, **changes})


def test_a_head_is_an_object_that_nobody_deletes(s3):
    s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    keeper = heads_in(s3)
    signed = [SignedHead(head=a_head(size), by="k", signature="s") for size in (2, 10)]
    for one in signed:
        keeper.keep(one)
        keeper.keep(one)  # again, after a crash
    places, lines = zip(*keeper.kept(), strict=True)
    assert [signed_head(line, "") for line in lines] == signed
    assert places[0] == f"s3://{BUCKET}/some/where/{2:020d}-abababababababab.json"
    assert [place for place, _ in keeper.kept(beyond=2)] == [places[1]]
    key = places[0].removeprefix(f"s3://{BUCKET}/")
    kept, until = s3.head_object(Bucket=BUCKET, Key=key), NOON + timedelta(days=36500)
    assert (kept["ObjectLockMode"], kept["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", until)
    keeper.keep(SignedHead(head=a_head(2, root="cd" * 32), by="k", signature="s"))
    assert len(list(keeper.kept())) == 3


def test_a_bucket_that_is_not_there_or_locks_nothing_is_a_sentence(s3):
    signed = SignedHead(head=a_head(), by="k", signature="s")
    with pytest.raises(Unkept, match="keeps no head: NoSuchBucket"):
        heads_in(s3).keep(signed)
    with pytest.raises(Unkept, match="NoSuchBucket"):
        list(heads_in(s3).kept())


@pytest.fixture
def key(sandbox):
    kms = sandbox.client("kms")
    made = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    return made["KeyMetadata"]["Arn"]


def test_kms_signs_a_head_and_knows_its_own_signature(sandbox, key, monkeypatch):
    for name, value in sandbox.environment("111111111111", "eu-west-1").items():
        monkeypatch.setenv(name, value)
    signed = KmsHeads.at(key, LIMITS).sign(a_head())
    verifier = KmsHeadVerifier([key], LIMITS)
    verifier.verify(signed)
    assert signed.by == key
    other = SignedHead(head=a_head(at=NOON + minutes(1)), by=key, signature=signed.signature)
    with pytest.raises(Unverified, match="did not sign exactly this"):
        verifier.verify(other)
    with pytest.raises(Unverified, match="could not be asked"):
        verifier.verify(SignedHead(head=a_head(), by=key, signature="!"))
    with pytest.raises(Unverified, match=r"is no key that anchor\.trusted names"):
        KmsHeadVerifier([], LIMITS).verify(signed)
    with pytest.raises(Unverified, match="NotFoundException"):
        KmsHeads.at(key[:-4] + "0000", LIMITS).sign(a_head())


def test_a_key_that_only_encrypts_signs_nothing(sandbox):
    kms = sandbox.client("kms")
    arn = kms.create_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="RSA_2048")["KeyMetadata"]["Arn"]
    with pytest.raises(Unverified):
        KmsHeads(kms, arn).sign(a_head())
