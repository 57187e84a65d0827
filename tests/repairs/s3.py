"""Buckets, and what holds for all of an account."""

import json

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

BUCKET = Subject(
    id="arn:aws:s3:::reports", name="reports", kind="AwsS3Bucket", arn="arn:aws:s3:::reports"
)
OTHERS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Partner",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::reports/*",
        }
    ],
}
HALF = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}


def _half_open(client):
    client("s3").put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration=HALF)


def _another_policy(client):
    client("s3").put_bucket_policy(Bucket="reports", Policy=json.dumps(OTHERS))


def _half_open_account(client):
    client("s3control").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=HALF
    )


EXAMPLES = {
    "s3.block_account_public_access": Example(
        inside={"buckets": [{"name": "reports", "policy": "public-read"}]},
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=_half_open_account,
    ),
    "s3.block_public_access": Example(
        inside={"buckets": [{"name": "reports", "policy": "public-read", "tags": {"team": "web"}}]},
        subject=BUCKET,
        meddle=_half_open,
    ),
    "s3.require_tls": Example(
        inside={"buckets": [{"name": "reports", "policy": OTHERS}]},
        subject=BUCKET,
        meddle=_another_policy,
    ),
}
