"""Routing, accounts, validation and what goes on to moto, driven over HTTP."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE, TWO = "111111111111", "222222222222"
GROUP = "sg-0123456789abcdef0"
SCOPE = "20260101/us-east-1/{service}/aws4_request"

LISTING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
}

RESOURCES: Mapping[str, Any] = {
    "accounts": {
        ONE: {
            "buckets": [
                {
                    "name": "invoices",
                    "public_access_block": "all",
                    "tags": {"team": "shop"},
                    "objects": {"a b/ä%2F.txt": "hello"},
                },
                {"name": "website", "policy": "public-read", "website": True, "acl": "public-read"},
            ],
            "security_groups": [
                {
                    "name": "web",
                    "id": GROUP,
                    "tags": {"a": "b"},
                    "ingress": [
                        {"port": 22, "cidr": "0.0.0.0/0", "description": "ssh"},
                        {"protocol": "tcp", "from": 80, "to": 90, "cidr_ipv6": "::/0"},
                        {"protocol": "-1", "group": GROUP},
                    ],
                }
            ],
            "instances": [
                {
                    "id": "i-0123456789abcdef0",
                    "interface": "eni-0123456789abcdef0",
                    "security_groups": [GROUP],
                    "state": "stopped",
                    "tags": {"Name": "one"},
                }
            ],
            "users": [
                {
                    "name": "bob",
                    "id": "AIDAEXAMPLEBOB0000001",
                    "console": True,
                    "policies": {"p": LISTING},
                    "keys": [
                        {
                            "id": "AKIAEXAMPLEBOB000001",
                            "status": "Inactive",
                            "created": "-400d",
                            "last_used": "-3d",
                        },
                        {},
                    ],
                }
            ],
            "roles": [
                {
                    "name": "reader",
                    "id": "AROAEXAMPLEREADER0001",
                    "policies": {"p": LISTING},
                }
            ],
            "trails": [{"name": "main", "bucket": "website"}],
        },
        TWO: {
            "account_settings": [{"public_access_block": "all"}],
            "buckets": [{"name": "theirs", "region": "eu-west-1"}],
        },
    }
}


@pytest.fixture(scope="module")
def furnished(sandbox_server: Sandbox) -> Iterator[Sandbox]:
    sandbox_server.reset(RESOURCES)
    return sandbox_server


@pytest.fixture(autouse=True)
def _furnished_again(furnished: Sandbox) -> None:
    """Another test on the same server may have reset it."""
    if not furnished.scenario.accounts or furnished.scenario.accounts[0].sections["roles"] == ():
        furnished.reset(RESOURCES)


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def post(
    sandbox: Sandbox, *, service: str, headers: Mapping[str, str], body: bytes, path: str = "/"
) -> tuple[int, dict[str, Any]]:
    scope = f"AKIA{ONE}TEST/{SCOPE.format(service=service)}"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=x", **headers}
    place = urlsplit(sandbox.endpoint).netloc
    with closing(http.client.HTTPConnection(place, timeout=10)) as connection:
        connection.request("POST", path, body=body, headers=signed)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")


def lookup(sandbox: Sandbox, body: bytes) -> tuple[int, dict[str, Any]]:
    target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    return post(sandbox, service="cloudtrail", headers=headers, body=body)


def test_a_buckets_public_access_settings_read_as_on_aws(furnished: Sandbox) -> None:
    s3 = furnished.client("s3")
    block = s3.get_public_access_block(Bucket="invoices")["PublicAccessBlockConfiguration"]
    policy = json.loads(s3.get_bucket_policy(Bucket="website")["Policy"])
    status = s3.get_bucket_policy_status(Bucket="website")["PolicyStatus"]
    grants = s3.get_bucket_acl(Bucket="website")["Grants"]
    owner = s3.get_bucket_ownership_controls(Bucket="invoices")["OwnershipControls"]
    assert set(block.values()) == {True}
    assert policy["Statement"][0]["Principal"] == "*"
    assert status == {"IsPublic": True}
    assert any("AllUsers" in grant["Grantee"].get("URI", "") for grant in grants)
    assert owner == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert s3.get_bucket_location(Bucket="invoices")["LocationConstraint"] is None
    assert s3.get_bucket_tagging(Bucket="invoices")["TagSet"] == [{"Key": "team", "Value": "shop"}]


@pytest.mark.parametrize(
    ("operation", "bucket", "expected"),
    [
        ("get_public_access_block", "website", ("NoSuchPublicAccessBlockConfiguration", 404)),
        ("get_bucket_policy", "invoices", ("NoSuchBucketPolicy", 404)),
        ("get_bucket_policy_status", "invoices", ("NoSuchBucketPolicy", 404)),
        ("get_bucket_website", "invoices", ("NoSuchWebsiteConfiguration", 404)),
        ("get_public_access_block", "no-such-bucket", ("NoSuchBucket", 404)),
        ("get_bucket_policy", "no-such-bucket", ("NoSuchBucket", 404)),
        ("head_bucket", "no-such-bucket", ("404", 404)),
    ],
)
def test_what_a_bucket_lacks_has_the_error_of_aws(
    furnished: Sandbox, operation: str, bucket: str, expected: tuple[str, int]
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(furnished.client("s3"), operation)(Bucket=bucket)
    assert code(error) == expected


def test_a_bucket_of_another_account_is_denied(furnished: Sandbox) -> None:
    for operation in ("get_public_access_block", "get_bucket_policy", "get_bucket_acl"):
        with pytest.raises(ClientError) as error:
            getattr(furnished.client("s3", TWO), operation)(Bucket="invoices")
        assert code(error) == ("AccessDenied", 403)
    with pytest.raises(ClientError) as error:
        furnished.client("s3").get_bucket_acl(Bucket="invoices", ExpectedBucketOwner=TWO)
    assert code(error) == ("AccessDenied", 403)


def test_the_account_wide_block_is_read_though_its_host_resolves_nowhere(
    furnished: Sandbox,
) -> None:
    block = furnished.client("s3control", TWO).get_public_access_block(AccountId=TWO)
    assert set(block["PublicAccessBlockConfiguration"].values()) == {True}
    with pytest.raises(ClientError) as error:
        furnished.client("s3control").get_public_access_block(AccountId=ONE)
    assert code(error) == ("NoSuchPublicAccessBlockConfiguration", 404)
    with pytest.raises(ClientError) as error:
        furnished.client("s3control").get_public_access_block(AccountId=TWO)
    assert code(error)[0] == "AccessDenied"


def test_a_body_sent_in_chunks_arrives_whole(furnished: Sandbox) -> None:
    place = urlsplit(furnished.endpoint).netloc
    scope = f"AKIA{ONE}TEST/{SCOPE.format(service='s3')}"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=x"}
    with closing(http.client.HTTPConnection(place, timeout=10)) as connection:
        chunks = iter([b"he", b"llo"])
        path = "/invoices/chunked"
        connection.request("PUT", path, body=chunks, headers=headers, encode_chunked=True)
        assert connection.getresponse().status == 200
    got = furnished.client("s3").get_object(Bucket="invoices", Key="chunked")
    assert got["Body"].read() == b"hello"


def test_a_key_with_escapes_survives_the_way_to_moto(furnished: Sandbox) -> None:
    got = furnished.client("s3").get_object(Bucket="invoices", Key="a b/ä%2F.txt")
    assert got["Body"].read() == b"hello"


def test_security_groups_and_instances_carry_the_ids_of_the_scenario(furnished: Sandbox) -> None:
    ec2 = furnished.client("ec2")
    group = ec2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"][0]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [GROUP]}])
    instances = ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"])["Reservations"]
    nics = ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [GROUP]}])
    assert [each["FromPort"] for each in group["IpPermissions"] if "FromPort" in each] == [22, 80]
    assert group["IpPermissions"][0]["IpRanges"][0]["CidrIp"] == "0.0.0.0/0"
    assert len([each for each in rules["SecurityGroupRules"] if not each["IsEgress"]]) == 3
    assert instances[0]["Instances"][0]["State"]["Name"] == "stopped"
    assert nics["NetworkInterfaces"][0]["NetworkInterfaceId"] == "eni-0123456789abcdef0"


@pytest.mark.parametrize(
    ("operation", "asked", "expected"),
    [
        ("describe_security_groups", {"GroupIds": ["sg-00000000"]}, "InvalidGroup.NotFound"),
        ("describe_instances", {"InstanceIds": ["i-00000000"]}, "InvalidInstanceID.NotFound"),
    ],
)
def test_what_ec2_does_not_have_has_the_error_of_aws(
    furnished: Sandbox, operation: str, asked: dict[str, Any], expected: str
) -> None:
    for account in (ONE, TWO):
        with pytest.raises(ClientError) as error:
            getattr(furnished.client("ec2", account), operation)(**asked)
        assert code(error) == (expected, 400)


def test_access_keys_have_their_age_status_and_last_use(furnished: Sandbox) -> None:
    iam = furnished.client("iam")
    keys = iam.list_access_keys(UserName="bob")["AccessKeyMetadata"]
    used = iam.get_access_key_last_used(AccessKeyId="AKIAEXAMPLEBOB000001")
    never = next(key for key in keys if key["AccessKeyId"] != "AKIAEXAMPLEBOB000001")
    unused = iam.get_access_key_last_used(AccessKeyId=never["AccessKeyId"])["AccessKeyLastUsed"]
    old = next(key for key in keys if key["AccessKeyId"] == "AKIAEXAMPLEBOB000001")
    assert old["Status"] == "Inactive"
    assert 399 < (furnished.now() - old["CreateDate"]).days < 402
    assert used["UserName"] == "bob"
    assert used["AccessKeyLastUsed"]["ServiceName"] == "s3"
    assert "LastUsedDate" not in unused
    assert iam.get_user(UserName="bob")["User"]["UserId"] == "AIDAEXAMPLEBOB0000001"
    assert iam.get_role(RoleName="reader")["Role"]["RoleId"] == "AROAEXAMPLEREADER0001"


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("get_user", {"UserName": "nobody"}),
        ("get_role", {"RoleName": "nothing"}),
        ("list_access_keys", {"UserName": "nobody"}),
        ("get_access_key_last_used", {"AccessKeyId": "AKIAEXAMPLENOBODY001"}),
    ],
)
def test_what_iam_does_not_have_is_no_such_entity(
    furnished: Sandbox, operation: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(furnished.client("iam"), operation)(**asked)
    assert code(error) == ("NoSuchEntity", 404)


def test_the_key_of_another_account_is_denied(furnished: Sandbox) -> None:
    with pytest.raises(ClientError) as error:
        furnished.client("iam", TWO).get_access_key_last_used(AccessKeyId="AKIAEXAMPLEBOB000001")
    assert code(error) == ("AccessDenied", 403)


def test_a_trail_is_on_only_where_it_was_made(furnished: Sandbox) -> None:
    assert furnished.client("cloudtrail").get_trail_status(Name="main")["IsLogging"] is True
    assert furnished.client("cloudtrail", TWO).describe_trails()["trailList"] == []


def test_an_assumed_role_speaks_for_its_account_to_moto_and_to_us(furnished: Sandbox) -> None:
    asked = {"RoleArn": f"arn:aws:iam::{TWO}:role/TriageRead", "RoleSessionName": "case-1"}
    given = furnished.client("sts").assume_role(**asked)["Credentials"]
    session = boto3.session.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name="us-east-1",
    )
    sts = session.client("sts", endpoint_url=furnished.endpoint)
    cloudtrail = session.client("cloudtrail", endpoint_url=furnished.endpoint)
    with closing(sts), closing(cloudtrail):
        identity = sts.get_caller_identity()
        cloudtrail.lookup_events()
    assert identity["Account"] == TWO
    assert identity["Arn"] == f"arn:aws:sts::{TWO}:assumed-role/TriageRead/case-1"
    assert furnished.requests.named("cloudtrail.LookupEvents")[-1].account == TWO


def test_a_key_that_names_no_account_means_the_first(furnished: Sandbox) -> None:
    environment = {"aws_access_key_id": "AKIAEXAMPLEUNKNOWN01", "aws_secret_access_key": "x"}
    sts = boto3.client(
        "sts", region_name="us-east-1", endpoint_url=furnished.endpoint, **environment
    )
    with closing(sts):
        assert sts.get_caller_identity()["Account"] == ONE


ANALYZER = f"arn:aws:access-analyzer:us-east-1:{ONE}:analyzer/default"


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("securityhub", "list_finding_aggregators", {}),
        ("accessanalyzer", "list_access_previews", {"analyzerArn": ANALYZER}),
        ("inspector2", "list_cis_scans", {}),
        ("macie2", "describe_buckets", {}),
        ("config", "get_aggregate_resource_config", {}),
    ],
)
def test_what_nobody_implements_is_a_loud_501(
    furnished: Sandbox, service: str, operation: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="neither the sandbox nor moto") as error:
        getattr(furnished.client(service), operation)(**asked)
    assert code(error) == ("NotImplementedInSandbox", 501)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b'{"StartTime": "yesterday"}', "SerializationException"),
        (b'{"MaxResults": 99}', "InvalidMaxResultsException"),
        (b'{"MaxResults": "x"}', "SerializationException"),
        (b'{"NextToken": 7}', "ValidationException"),
        (b'{"LookupAttributes": [{"AttributeKey": "EventName"}]}', "ValidationException"),
    ],
)
def test_a_body_that_breaks_the_model_is_refused(
    furnished: Sandbox, body: bytes, expected: str
) -> None:
    status, answer = lookup(furnished, body)
    assert (status, answer["__type"]) == (400, expected)


def test_an_unknown_operation_is_a_501(furnished: Sandbox) -> None:
    headers = {
        "X-Amz-Target": "CloudTrail_20131101.Fly",
        "Content-Type": "application/x-amz-json-1.1",
    }
    status, _ = post(furnished, service="cloudtrail", headers=headers, body=b"{}")
    assert status == 501
    status, _ = post(furnished, service="teapot", headers={}, body=b"")
    assert status == 501


def test_an_unsigned_request_is_refused(furnished: Sandbox) -> None:
    place = urlsplit(furnished.endpoint).netloc
    with closing(http.client.HTTPConnection(place, timeout=10)) as connection:
        connection.request("GET", "/invoices")
        assert connection.getresponse().status == 403


def test_an_answer_that_breaks_the_service_model_never_looks_like_one(furnished: Sandbox) -> None:
    broken = {"guardduty_findings": [{"Type": "T", "Severity": 1, "Colour": "red"}]}
    furnished.reset({"accounts": {ONE: broken}})
    guardduty = furnished.client("guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    ids = guardduty.list_findings(DetectorId=detector)["FindingIds"]
    with pytest.raises(ClientError, match="Colour is not a member of Finding") as error:
        guardduty.get_findings(DetectorId=detector, FindingIds=ids)
    assert code(error) == ("NotImplementedInSandbox", 501)
