"""What the questions about infrastructure make of what a service shows and leaves out."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account, minutes
from triage.domain.evidence import Absent, Got, Known, Missing, Unknown
from triage.domain.ticket import Source, SourceStatus, Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking

ACCOUNT, REGION = "111122223333", "eu-west-1"
HERE = f"{REGION}:{ACCOUNT}"
INSTANCE, FINDING = "i-0aa1bb2cc3dd4ee01", f"arn:aws:inspector2:{HERE}:finding/f1"


def about(arn: str) -> Subject:
    return Subject(id=arn, name=arn.rpartition(":")[2], arn=arn)


KEY = about(f"arn:aws:kms:{HERE}:key/k1")
FUNCTION = about(f"arn:aws:lambda:{HERE}:function:resize")
DATABASE = about(f"arn:aws:rds:{HERE}:db:orders")
SNAPSHOT = about(f"arn:aws:ec2:{HERE}:snapshot/snap-1")
DB_SNAPSHOT = about(f"arn:aws:rds:{HERE}:snapshot:orders-1")
IMAGE = about(f"arn:aws:ec2:{HERE}:image/ami-1")
MACHINE = about(f"arn:aws:ec2:{HERE}:instance/{INSTANCE}")
USER = about(f"arn:aws:iam::{ACCOUNT}:user/bob")


def got(**payload: Any) -> Got:
    return Got(payload=payload, as_of=NOON, source="a.call")


def gone(code: str) -> Missing:
    return Missing(code=code, as_of=NOON, source="a.call")


def ask(name: str, *reads: Any, **changes: Any) -> Any:
    asking = Asking(ticket=a_ticket(**changes), account=an_account(), now=NOON)
    return QUESTIONS[name].interpret(asking, list(reads))


def told(answer: Any, *names: str) -> tuple[Any, ...]:
    assert isinstance(answer, Known), answer
    return tuple(answer.value[name] for name in names)


def policy(*statements: Any) -> str:
    return json.dumps({"Statement": list(statements)})


def allow(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", **more}


# --- Inspector ------------------------------------------------------------------------------------


def finding(**fields: Any) -> Got:
    one = {
        "findingArn": FINDING,
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "HIGH",
        "status": "CLOSED",
        "lastObservedAt": "2026-11-20T09:00:00Z",
        "resources": [{"id": INSTANCE}],
    }
    return got(findings=[one | fields])


def scan(**fields: Any) -> dict[str, Any]:
    return {
        "resourceId": INSTANCE,
        "scanType": "PACKAGE",
        "scanStatus": {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"},
        "lastScannedAt": "2026-11-20T11:30:00Z",
        **fields,
    }


def inspected(found: Any = None, *scans: Any, **changes: Any) -> Any:
    ticket = {
        "source": Source.INSPECTOR,
        "native_id": FINDING,
        "type": "PACKAGE_VULNERABILITY",
        "subject": MACHINE,
        "version": NOON - minutes(60),
        "occurred": NOON - minutes(180),
    }
    coverage = got(coveredResources=list(scans or [scan()]))
    return ask("inspector.coverage", found or finding(), coverage, **(ticket | changes))


def test_a_finding_closed_after_a_new_scan_of_a_covered_resource_is_gone():
    answer = inspected()
    assert told(answer, "covered", "scanned_since", "gone") == (True, True, True)


INACTIVE = scan(scanStatus={"statusCode": "INACTIVE", "reason": "NO_INVENTORY"})


@pytest.mark.parametrize(
    ("found", "scanned"),
    [
        (finding(status="ACTIVE"), scan()),
        (finding(status="SUPPRESSED"), scan()),
        (finding(), INACTIVE),
        (finding(), scan(lastScannedAt=None)),
        (finding(), scan(lastScannedAt="2026-11-20T10:59:59Z")),
        (finding(lastObservedAt="2026-11-20T11:45:00Z"), scan()),
    ],
    ids=["open", "suppressed", "not covered", "never scanned", "scanned before", "seen after"],
)
def test_nothing_less_is_gone(found, scanned):
    assert told(inspected(found, scanned), "gone") == (False,)


def test_a_ticket_that_tells_of_the_closing_itself_needs_a_scan_after_the_last_sight_only():
    closed = {"status": SourceStatus.RESOLVED, "version": NOON - minutes(10)}
    assert told(inspected(**closed), "gone") == (True,)


@pytest.mark.parametrize(
    "answer",
    [
        inspected(finding(lastObservedAt=None)),
        inspected(finding(type="SOMETHING_NEW")),
        inspected(finding(status="REOPENED")),
        inspected(finding(resources=[{"id": "i-0ffffffffffffffff"}])),
        inspected(None, scan(scanType="NETWORK")),
        inspected(None, scan(), scan()),
        inspected(None, scan(resourceId="i-0ffffffffffffffff")),
        inspected(None, scan(scanStatus={})),
        inspected(None, scan(scanStatus={"statusCode": "PERHAPS"})),
    ],
)
def test_coverage_that_is_not_said_is_unknown(answer):
    assert isinstance(answer, Unknown), answer


# --- KMS ------------------------------------------------------------------------------------------

OWN_POLICY = got(Policy=policy(allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})))
ROTATES, STILL = got(KeyRotationEnabled=True), got(KeyRotationEnabled=False)


def a_key(state: str = "Enabled", rotation: Any = ROTATES, told_by: Any = OWN_POLICY) -> Any:
    return ask("kms.key", got(KeyMetadata={"KeyState": state}), rotation, told_by, subject=KEY)


@pytest.mark.parametrize(
    ("state", "leaving", "kept"),
    [
        ("Enabled", False, True),
        ("Disabled", False, True),
        ("PendingDeletion", True, False),
        ("PendingReplicaDeletion", True, False),
        ("Unavailable", False, False),
    ],
)
def test_a_key_is_kept_only_in_a_state_that_says_so(state, leaving, kept):
    assert told(a_key(state), "deletion_scheduled", "kept") == (leaving, kept)


def test_a_key_that_is_to_be_deleted_is_not_gone():
    assert isinstance(a_key("PendingDeletion"), Known)
    everything = [gone("NotFoundException")] * 3
    assert isinstance(ask("kms.key", *everything, subject=KEY), Absent)


def test_a_key_of_a_kind_that_cannot_rotate_does_not():
    assert told(a_key(rotation=gone("UnsupportedOperationException")), "rotates") == (False,)


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        (allow("*"), True),
        (allow({"AWS": "*"}), True),
        (allow({"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "*"]}), True),
        (allow("*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}), False),
        (allow("*", Condition={"StringEquals": {"kms:CallerAccount": "*"}}), True),
        (allow("*", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}), True),
        (allow("*", Condition={"StringNotEquals": {"kms:CallerAccount": ACCOUNT}}), True),
        (allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}}), True),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "*"}, True),
        ({"Effect": "Deny", "Principal": "*", "Action": "*"}, False),
        (allow({"AWS": ACCOUNT}), False),
    ],
)
def test_a_policy_is_public_unless_something_exact_narrows_it(statement, public):
    assert told(a_key(told_by=got(Policy=policy(statement))), "policy_public") == (public,)


@pytest.mark.parametrize(
    "answer",
    [
        a_key("SomethingNew"),
        a_key(""),
        a_key(rotation=got()),
        a_key(rotation=gone("NotFoundException")),
        a_key(told_by=got(Policy="{")),
        a_key(told_by=got(Policy=json.dumps({"Statement": ["?"]}))),
        a_key(told_by=gone("NotFoundException")),
    ],
)
def test_a_key_that_is_not_told_whole_is_unknown(answer):
    assert isinstance(answer, Unknown), answer


# --- Lambda ---------------------------------------------------------------------------------------

THERE = got(FunctionArn=FUNCTION.id)
NO_POLICY, NO_URL = gone("ResourceNotFoundException"), got(FunctionUrlConfigs=[])
FREE = got(ReservedConcurrentExecutions=None)


def a_function(
    let_in: Any = NO_POLICY, urls: Any = NO_URL, concurrency: Any = FREE, there: Any = THERE
) -> Any:
    return ask("lambda.policy", there, let_in, urls, concurrency, subject=FUNCTION)


S3 = {"Service": "s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("statement", "public", "accounts"),
    [
        (allow("*"), True, []),
        (allow(S3), True, []),
        (allow(S3, Condition={"StringEquals": {"AWS:SourceAccount": ACCOUNT}}), False, []),
        (allow(S3, Condition={"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::reports"}}), True, []),
        (
            allow(S3, Condition={"ArnLike": {"AWS:SourceArn": f"arn:aws:sns:{HERE}:topic"}}),
            False,
            [],
        ),
        (allow({"AWS": "arn:aws:iam::444455556666:root"}), False, ["444455556666"]),
        (allow({"AWS": ACCOUNT}), False, []),
    ],
)
def test_whoever_may_call_a_function_is_told(statement, public, accounts):
    answer = a_function(got(Policy=policy(statement)))
    assert told(answer, "public", "accounts", "cross_account") == (public, accounts, bool(accounts))


def test_a_function_without_a_policy_lets_no_one_in():
    answer = a_function()
    names = ("public", "url_without_auth", "reserved_concurrency", "switched_off")
    assert told(answer, *names) == (False, False, None, False)


def test_an_address_without_authentication_and_a_function_that_is_off_are_told():
    answer = a_function(
        urls=got(FunctionUrlConfigs=[{"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}]),
        concurrency=got(ReservedConcurrentExecutions=0),
    )
    assert told(answer, "url_without_auth", "switched_off") == (True, True)


def test_a_function_is_absent_only_when_the_function_itself_is_not_found():
    nothing = gone("ResourceNotFoundException")
    assert isinstance(a_function(nothing, nothing, nothing, nothing), Absent)
    assert isinstance(a_function(nothing, nothing, nothing), Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        a_function(there=got()),
        a_function(let_in=got(Policy="")),
        a_function(urls=got()),
        a_function(urls=got(FunctionUrlConfigs=[{}])),
        a_function(urls=got(FunctionUrlConfigs=[{"AuthType": "OTHER"}])),
        a_function(concurrency=got()),
    ],
)
def test_a_function_that_is_not_told_whole_is_unknown(answer):
    assert isinstance(answer, Unknown), answer


# --- RDS ------------------------------------------------------------------------------------------


def a_database(**fields: Any) -> Got:
    one = {
        "DBInstanceIdentifier": "orders",
        "PubliclyAccessible": False,
        "StorageEncrypted": True,
        "DBInstanceStatus": "available",
    }
    return got(DBInstances=[one | fields])


def test_a_database_is_what_rds_says():
    answer = ask("rds.instance", a_database(DBInstanceStatus="deleting"), subject=DATABASE)
    assert told(answer, "public", "encrypted", "deleting") == (False, True, True)
    assert isinstance(ask("rds.instance", gone("DBInstanceNotFound"), subject=DATABASE), Absent)


@pytest.mark.parametrize(
    "shown",
    [
        a_database(DBInstanceIdentifier="another"),
        a_database(PubliclyAccessible=None),
        a_database(StorageEncrypted="true"),
        a_database(DBInstanceStatus=""),
        got(DBInstances=[]),
        got(DBInstances=[{}, {}]),
    ],
)
def test_a_database_that_is_not_told_whole_is_unknown(shown):
    assert isinstance(ask("rds.instance", shown, subject=DATABASE), Unknown)


# --- sharing --------------------------------------------------------------------------------------


def shared(*permissions: Any) -> Got:
    return got(SnapshotId="snap-1", CreateVolumePermissions=list(permissions))


def mode(word: str = "unblocked") -> Got:
    return got(State=word)


@pytest.mark.parametrize(
    ("permissions", "region", "expected"),
    [
        ([], "unblocked", (False, False, [])),
        ([{"Group": "all"}], "unblocked", (True, True, [])),
        ([{"Group": "all"}], "block-new-sharing", (True, True, [])),
        ([{"Group": "all"}], "block-all-sharing", (True, False, [])),
        (
            [{"UserId": "444455556666"}, {"UserId": ACCOUNT}],
            "unblocked",
            (False, False, ["444455556666"]),
        ),
    ],
)
def test_a_snapshot_is_public_while_the_region_does_not_take_it_back(permissions, region, expected):
    answer = ask("snapshot.sharing", shared(*permissions), mode(region), subject=SNAPSHOT)
    assert told(answer, "shared_with_all", "public", "accounts") == expected


def test_an_image_and_a_database_snapshot_are_shared_in_their_own_words():
    image = got(ImageId="ami-1", LaunchPermissions=[{"Group": "all"}])
    block = got(ImageBlockPublicAccessState="block-new-sharing")
    assert told(ask("snapshot.sharing", image, block, subject=IMAGE), "public") == (True,)
    attributes = [{"AttributeName": "restore", "AttributeValues": ["all"]}]
    result = {"DBSnapshotIdentifier": "orders-1", "DBSnapshotAttributes": attributes}
    answer = ask("snapshot.sharing", got(DBSnapshotAttributesResult=result), subject=DB_SNAPSHOT)
    assert told(answer, "public", "region_mode") == (True, "")


@pytest.mark.parametrize(
    ("reads", "subject"),
    [
        ((shared(), mode("")), SNAPSHOT),
        ((shared(), mode("something-new")), SNAPSHOT),
        ((got(SnapshotId="snap-2", CreateVolumePermissions=[]), mode()), SNAPSHOT),
        ((got(SnapshotId="snap-1"), mode()), SNAPSHOT),
        ((shared("?"), mode()), SNAPSHOT),
        ((got(DBSnapshotAttributesResult={"DBSnapshotIdentifier": "orders-1"}),), DB_SNAPSHOT),
        ((got(DBSnapshotAttributesResult={"DBSnapshotIdentifier": "x"}),), DB_SNAPSHOT),
    ],
)
def test_sharing_that_is_not_told_whole_is_unknown(reads, subject):
    assert isinstance(ask("snapshot.sharing", *reads, subject=subject), Unknown)


def test_a_snapshot_is_absent_by_ec2_s_own_word():
    assert isinstance(
        ask("snapshot.sharing", gone("InvalidSnapshot.NotFound"), mode(), subject=SNAPSHOT), Absent
    )


# --- metadata, defaults, factors, transport -------------------------------------------------------


def options(**fields: Any) -> Got:
    told_ = {"HttpTokens": "required", "State": "applied", "HttpEndpoint": "enabled"} | fields
    return got(Reservations=[{"Instances": [{"InstanceId": INSTANCE, "MetadataOptions": told_}]}])


@pytest.mark.parametrize(
    ("fields", "required"),
    [({}, True), ({"HttpTokens": "optional"}, False), ({"State": "pending"}, False)],
)
def test_tokens_are_required_once_that_is_applied(fields, required):
    answer = ask("ec2.metadata_options", options(**fields), subject=MACHINE)
    assert told(answer, "token_required") == (required,)


@pytest.mark.parametrize(
    "shown",
    [options(HttpTokens=None), options(State=""), options(HttpEndpoint="?"), got(Reservations=[])],
)
def test_metadata_options_that_are_not_said_are_unknown(shown):
    assert isinstance(ask("ec2.metadata_options", shown, subject=MACHINE), Unknown)


def test_encryption_by_default_is_on_or_off_as_ec2_says():
    for said in (True, False):
        answer = ask("ec2.ebs_defaults", got(EbsEncryptionByDefault=said))
        assert told(answer, "encrypted") == (said,)
    assert isinstance(ask("ec2.ebs_defaults", got(EbsEncryptionByDefault="yes")), Unknown)


DEVICE, PASSWORD = {"UserName": "bob"}, got(LoginProfile={"UserName": "bob"})
NO_PASSWORD = gone("NoSuchEntity")


@pytest.mark.parametrize(
    ("devices", "password", "expected"),
    [
        ([], PASSWORD, (False, True, True)),
        ([], NO_PASSWORD, (False, False, False)),
        ([DEVICE], PASSWORD, (True, True, False)),
        ([DEVICE], NO_PASSWORD, (True, False, False)),
    ],
)
def test_a_password_without_a_device_stands_alone(devices, password, expected):
    answer = ask("iam.mfa", got(MFADevices=devices), password, subject=USER)
    assert told(answer, "mfa", "password", "password_alone") == expected


def test_who_has_which_factor_is_unknown_unless_iam_says_all_of_it():
    shown = [
        (got(MFADevices=[{"UserName": "alice"}]), PASSWORD),
        (got(MFADevices=["?"]), PASSWORD),
        (got(MFADevices=[DEVICE]), got(LoginProfile={})),
        (got(MFADevices=[DEVICE]), gone("SomethingElse")),
    ]
    assert all(isinstance(ask("iam.mfa", *one, subject=USER), Unknown) for one in shown)
    assert isinstance(ask("iam.mfa", NO_PASSWORD, NO_PASSWORD, subject=USER), Absent)


def refusal(**fields: Any) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}, "Action": ["s3:*"], "Resource": "*"}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}, True),
        ({"Effect": "Allow"}, False),
        ({"Principal": {"AWS": ACCOUNT}}, False),
        ({"Action": "s3:GetObject"}, False),
        ({"Resource": "arn:aws:s3:::reports/*"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": None}, False),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
            False,
        ),
        (
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                }
            },
            False,
        ),
    ],
)
def test_plain_http_is_refused_by_the_whole_statement_only(fields, refused):
    answer = ask("s3.secure_transport", got(Policy=policy(refusal(**fields))))
    assert told(answer, "plain_refused") == (refused,)


def test_a_bucket_without_a_policy_refuses_nothing():
    assert told(ask("s3.secure_transport", gone("NoSuchBucketPolicy")), "plain_refused") == (False,)
    assert isinstance(ask("s3.secure_transport", gone("NoSuchBucket")), Absent)
    assert isinstance(ask("s3.secure_transport", got(Policy="{")), Unknown)


# --- detection ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "enabled"),
    [([], False), (["DISABLED"], False), (["ENABLED"], True), (["DISABLED", "ENABLED"], True)],
)
def test_guardduty_is_on_with_an_enabled_detector(statuses, enabled):
    shown = got(Detectors=[{"Status": one} for one in statuses])
    assert told(ask("guardduty.detector", shown), "enabled") == (enabled,)


@pytest.mark.parametrize("shown", [got(Detectors=[{}]), got(Detectors=["?"]), got(Detectors="?")])
def test_a_detector_that_does_not_say_its_state_is_unknown(shown):
    assert isinstance(ask("guardduty.detector", shown), Unknown)


ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": True}


def recording(*, status: Any = None, **fields: Any) -> Any:
    recorder = {"name": "default", "roleARN": ROLE, "recordingGroup": EVERYTHING} | fields
    doing = {"name": "default", "recording": True, "lastStatus": "SUCCESS"} | (status or {})
    return ask(
        "config.recorder",
        got(ConfigurationRecorders=[recorder]),
        got(ConfigurationRecordersStatus=[doing]),
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (recording(), (True, True)),
        (recording(status={"recording": False}), (False, False)),
        (recording(status={"lastStatus": "FAILURE"}), (True, False)),
        (recording(status={"name": "another"}), (True, False)),
        (recording(roleARN=f"arn:aws:iam::{ACCOUNT}:role/mine"), (True, False)),
        (
            recording(recordingGroup=EVERYTHING | {"includeGlobalResourceTypes": False}),
            (True, False),
        ),
        (recording(recordingGroup={}), (True, False)),
        (recording(servicePrincipal="guardduty.amazonaws.com"), (True, False)),
    ],
)
def test_config_is_complete_only_with_everything_delivered_by_its_own_role(answer, expected):
    assert told(answer, "recording", "complete") == expected


def test_config_that_does_not_say_whether_it_records_is_unknown():
    assert isinstance(recording(status={"recording": None}), Unknown)
    assert isinstance(ask("config.recorder", got(ConfigurationRecorders=[]), got()), Unknown)


TRAIL = about(f"arn:aws:cloudtrail:{HERE}:trail/main")


def a_trail(**fields: Any) -> dict[str, Any]:
    return {
        "TrailARN": TRAIL.id,
        "IsLogging": True,
        "AllManagementEvents": True,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        **fields,
    }


@pytest.mark.parametrize(
    ("trails", "expected"),
    [
        ([], (False, False)),
        ([a_trail()], (True, True)),
        ([a_trail(IsLogging=False)], (False, False)),
        ([a_trail(IsMultiRegionTrail=False)], (True, False)),
        ([a_trail(AllManagementEvents=False)], (True, False)),
        ([a_trail(LatestDeliveryError="AccessDenied")], (True, False)),
        ([a_trail(IsLogging=False), a_trail()], (True, True)),
    ],
)
def test_one_whole_trail_is_enough_and_nothing_less(trails, expected):
    assert told(ask("cloudtrail.trails", got(Trails=trails)), "logging", "everywhere") == expected


def test_what_the_ticket_s_own_trail_does_is_told_only_of_that():
    own = ask("cloudtrail.trails", got(Trails=[a_trail(KmsKeyId="k1")]), subject=TRAIL)
    assert told(own, "own_logging", "own_validated", "own_encrypted") == (True, True, True)
    other = ask("cloudtrail.trails", got(Trails=[a_trail(TrailARN="another")]), subject=TRAIL)
    assert "own_validated" not in other.value


@pytest.mark.parametrize("shown", [[a_trail(IsLogging=None)], ["?"], "?"])
def test_a_trail_that_is_not_told_whole_makes_it_unknown(shown):
    assert isinstance(ask("cloudtrail.trails", got(Trails=shown)), Unknown)


STACK = f"arn:aws:cloudformation:{HERE}:stack/shop/1"
BEFORE, AFTER = (NOON + timedelta(minutes=one) for one in (-5, 5))


def a_stack(**fields: Any) -> Any:
    drift = {"StackDriftStatus": "IN_SYNC", "LastCheckTimestamp": AFTER.isoformat()}
    one = {
        "StackId": STACK,
        "StackStatus": "UPDATE_COMPLETE",
        "LastUpdatedTime": AFTER.isoformat(),
        "DriftInformation": drift,
    }
    return ask("cloudformation.stack", got(Stacks=[one | fields]), native_id=STACK)


def drift_(status: str, checked: Any = AFTER) -> dict[str, Any]:
    return {"StackDriftStatus": status, "LastCheckTimestamp": checked and checked.isoformat()}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (a_stack(), (True, True, False)),
        (a_stack(DriftInformation=drift_("IN_SYNC", BEFORE)), (False, True, False)),
        (a_stack(DriftInformation=drift_("IN_SYNC", None)), (False, True, False)),
        (a_stack(DriftInformation=drift_("DRIFTED")), (False, True, False)),
        (a_stack(LastUpdatedTime=BEFORE.isoformat()), (True, False, False)),
        (a_stack(LastUpdatedTime=None), (True, False, False)),
        (a_stack(StackStatus="UPDATE_ROLLBACK_COMPLETE"), (True, False, False)),
        (a_stack(StackStatus="DELETE_COMPLETE", DriftInformation=None), (False, False, True)),
    ],
)
def test_a_stack_is_well_only_by_what_came_after_the_finding(answer, expected):
    assert told(answer, "in_sync_since", "well_since", "deleted") == expected


@pytest.mark.parametrize(
    "fields",
    [{"StackId": "another"}, {"StackStatus": ""}, {"DriftInformation": {}}],
)
def test_a_stack_that_is_not_told_whole_is_unknown(fields):
    assert isinstance(a_stack(**fields), Unknown)
