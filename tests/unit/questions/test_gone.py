"""Gone is what the service itself says is gone, or what somebody deleted after the finding."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account, minutes
from triage.domain.evidence import Absent, Got, Known, Missing, Unknown
from triage.domain.ticket import Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.negates import EVERY, NEGATES, Negation, negations
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.arn import arn_of
from triage.questions.resource_kinds import KINDS, kind_of

ACCOUNT, REGION = "111122223333", "eu-west-1"
HERE = f"{REGION}:{ACCOUNT}"
EXISTS, DELETED = QUESTIONS["resource.exists"], QUESTIONS["cloudtrail.deleted"]
VERSION = NOON - minutes(120)


def asking(id_: str, kind: str = "", **changes: Any) -> Asking:
    subject = Subject(id=id_, name=id_, kind=kind or TOLD_AS.get(id_, ""), arn=id_)
    ticket = a_ticket(**{"subject": subject, "version": VERSION, "occurred": VERSION} | changes)
    return Asking(ticket=ticket, account=an_account(), now=NOON)


def got(**payload: Any) -> Got:
    return Got(payload=payload, as_of=NOON, source="a.call")


def gone(code: str) -> Missing:
    return Missing(code=code, as_of=NOON, source="a.call")


SUBJECTS = {
    "arn:aws:s3:::reports": ("s3.get_bucket_location", "reports"),
    "arn:aws:s3:::reports/a/key": ("s3.get_bucket_location", "reports"),
    f"arn:aws:iam::{ACCOUNT}:user/team/bob": ("iam.get_user", "bob"),
    f"arn:aws:iam::{ACCOUNT}:role/team/admin": ("iam.get_role", "admin"),
    f"arn:aws:iam::{ACCOUNT}:policy/wide": (
        "iam.get_policy",
        f"arn:aws:iam::{ACCOUNT}:policy/wide",
    ),
    "AKIAEXAMPLEBOB000001": ("iam.access_key", "AKIAEXAMPLEBOB000001"),
    f"arn:aws:ec2:{HERE}:instance/i-1": ("ec2.describe_instances", "i-1"),
    "sg-1": ("ec2.describe_security_groups", "sg-1"),
    "vol-1": ("ec2.describe_volumes", "vol-1"),
    f"arn:aws:ec2:{HERE}:network-interface/eni-1": ("ec2.describe_network_interface", "eni-1"),
    f"arn:aws:ec2:{HERE}:elastic-ip/eipalloc-1": ("ec2.describe_addresses", "eipalloc-1"),
    f"arn:aws:lambda:{HERE}:function:resize:$LATEST": (
        "lambda.get_function_configuration",
        "resize",
    ),
    f"arn:aws:rds:{HERE}:db:orders": ("rds.describe_db_instances", "orders"),
    f"arn:aws:rds:{HERE}:cluster:orders": ("rds.describe_db_clusters", "orders"),
    f"arn:aws:rds:{HERE}:snapshot:rds:orders-1": ("rds.describe_db_snapshots", "rds:orders-1"),
    f"arn:aws:rds:{HERE}:cluster-snapshot:o-1": ("rds.describe_db_cluster_snapshots", "o-1"),
    f"arn:aws:kms:{HERE}:key/k1": ("kms.describe_key", "k1"),
    f"arn:aws:sqs:{HERE}:jobs": ("sqs.get_queue_url", "jobs"),
    f"arn:aws:sns:{HERE}:news": ("sns.get_topic_attributes", f"arn:aws:sns:{HERE}:news"),
    f"arn:aws:dynamodb:{HERE}:table/carts/index/by-day": ("dynamodb.describe_table", "carts"),
    f"arn:aws:ecr:{HERE}:repository/team/web": ("ecr.describe_repositories", "team/web"),
    f"arn:aws:ecr:{HERE}:repository/team/web/sha256:ab": (
        "ecr.describe_images",
        "team/web/sha256:ab",
    ),
    f"arn:aws:eks:{HERE}:cluster/main": ("eks.describe_cluster", "main"),
    f"arn:aws:logs:{HERE}:log-group:/aws/lambda/resize:*": (
        "logs.list_tags_for_resource",
        "/aws/lambda/resize",
    ),
    f"arn:aws:redshift:{HERE}:cluster:reports": ("redshift.describe_clusters", "reports"),
    f"arn:aws:es:{HERE}:domain/search": ("opensearch.describe_domain", "search"),
}


TOLD_AS = {
    "AKIAEXAMPLEBOB000001": "AwsIamAccessKey",
    "sg-1": "AWS::EC2::SecurityGroup",
    "vol-1": "AwsEc2Volume",
    "i-1": "Instance",
}


@pytest.mark.parametrize(
    ("id_", "kind", "read"),
    [
        ("i-0123456789abcdef0", "AWS::S3::Bucket", "s3.get_bucket_location"),
        ("vol-0123456789abcdef0", "AWS::IAM::User", "iam.get_user"),
    ],
)
def test_a_name_that_looks_like_an_id_is_not_taken_for_one(id_, kind, read):
    assert [one.kind for one in EXISTS.plan(asking(id_, kind))] == [read]


@pytest.mark.parametrize(
    ("id_", "kind"),
    [
        ("sg-0123456789abcdef0", "AWS::EC2::Instance"),
        ("i-0123456789abcdef0", "AWS::RDS::DBInstance"),
        ("sg-0123456789abcdef0", ""),
    ],
)
def test_an_id_and_a_kind_that_disagree_are_not_looked_up(id_, kind):
    with pytest.raises(CannotAsk):
        EXISTS.plan(asking(id_, kind))


@pytest.mark.parametrize("id_", SUBJECTS)
def test_a_resource_is_looked_up_by_its_own_name(id_):
    (read,) = EXISTS.plan(asking(id_))
    assert (read.kind, *(value for _, value in read.arguments)) == SUBJECTS[id_]
    assert (read.account, read.region) == (
        ACCOUNT,
        "us-east-1" if read.kind.startswith("iam.") else REGION,
    )


@pytest.mark.parametrize(
    "id_",
    [
        f"arn:aws:ec2:{REGION}:444455556666:volume/vol-1",
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        f"arn:aws:s3:{HERE}:accesspoint/reports",
        f"arn:aws:sns:{HERE}:news:0a1b2c3d",
        f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/classic",
        f"arn:aws:kms:{HERE}:alias/orders",
        f"AWS::::Account:{ACCOUNT}",
        "ASIAEXAMPLEBOB000001",
        "db-ABCDEFGHIJKLMNOPQRSTUVWXY2",
        "AIDAEXAMPLEEXAMPLE001",
        "orders",
    ],
)
def test_what_might_mean_something_else_is_not_looked_up(id_):
    with pytest.raises(CannotAsk):
        EXISTS.plan(asking(id_, kind="AWS::RDS::DBInstance"))


@pytest.mark.parametrize("member", ["Resources", "resources"])
def test_one_of_several_resources_says_nothing_about_the_finding(member):
    with pytest.raises(CannotAsk):
        EXISTS.plan(asking("vol-1", record={member: [{"Id": "vol-1"}, {"Id": "vol-2"}]}))


@pytest.mark.parametrize("kind", [one for one in KINDS if one.gone], ids=lambda one: one.read)
def test_each_kind_is_gone_by_its_own_code_and_by_no_other(kind):
    id_ = next(one for one in [*SUBJECTS, *REST] if _kind(one) is kind)
    asked = asking(id_)
    answers = [EXISTS.interpret(asked, [gone(code)]) for code in sorted(kind.gone)]
    assert [one.value["exists"] for one in answers] == [False] * len(kind.gone)
    assert isinstance(EXISTS.interpret(asked, [gone("AccessDenied")]), Unknown)


REST = (
    f"arn:aws:ec2:{HERE}:snapshot/snap-1",
    f"arn:aws:ec2:{HERE}:image/ami-1",
    f"arn:aws:ec2:{HERE}:vpc/vpc-1",
    f"arn:aws:ec2:{HERE}:subnet/subnet-1",
    f"arn:aws:ec2:{HERE}:network-acl/acl-1",
    f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/web/1",
    f"arn:aws:cloudtrail:{HERE}:trail/main",
    f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-1",
    f"arn:aws:secretsmanager:{HERE}:secret:password-a1b2c3",
)


def _kind(id_: str) -> Any:
    arn = arn_of(id_)
    if arn is not None:
        return kind_of(arn)
    return next(one for one in KINDS if one.begins and id_.startswith(one.begins))


def an_instance(state: str, id_: str = "i-1") -> Got:
    return got(Reservations=[{"Instances": [{"InstanceId": id_, "State": {"Name": state}}]}])


STACK = f"arn:aws:cloudformation:{HERE}:stack/shop/1"
CLUSTER = f"arn:aws:ecs:{HERE}:cluster/main"


@pytest.mark.parametrize(
    ("id_", "shown", "exists"),
    [
        ("i-1", an_instance("terminated"), False),
        ("i-1", an_instance("shutting-down"), True),
        ("i-1", an_instance("stopped"), True),
        ("i-1", an_instance("terminated", "i-2"), True),
        (STACK, got(Stacks=[{"StackId": STACK, "StackStatus": "DELETE_COMPLETE"}]), False),
        (STACK, got(Stacks=[{"StackId": STACK, "StackStatus": "DELETE_FAILED"}]), True),
        (CLUSTER, got(clusters=[], failures=[{"arn": CLUSTER, "reason": "MISSING"}]), False),
        (CLUSTER, got(clusters=[{"clusterArn": CLUSTER, "status": "INACTIVE"}]), False),
        (CLUSTER, got(clusters=[{"clusterArn": CLUSTER, "status": "ACTIVE"}]), True),
        (
            f"arn:aws:kms:{HERE}:key/k1",
            got(KeyMetadata={"KeyState": "PendingDeletion"}),
            True,
        ),
    ],
)
def test_what_is_still_shown_after_its_end_is_gone_by_the_service_s_word(id_, shown, exists):
    assert EXISTS.interpret(asking(id_), [shown]).value["exists"] is exists


@pytest.mark.parametrize(
    ("id_", "shown"),
    [
        (CLUSTER, got(clusters=[], failures=[{"arn": CLUSTER, "reason": "OTHER"}])),
        (CLUSTER, got(clusters=[], failures=[])),
        (STACK, gone("ValidationError")),
        ("vol-1", got(Volumes=[])),
        ("vol-1", got()),
    ],
)
def test_what_is_merely_not_shown_is_unknown(id_, shown):
    assert isinstance(EXISTS.interpret(asking(id_), [shown]), Unknown)


# --- the event that deleted it --------------------------------------------------------------------


def an_event(**fields: Any) -> dict[str, Any]:
    return {
        "eventName": "TerminateInstances",
        "eventSource": "ec2.amazonaws.com",
        "eventTime": (VERSION + minutes(5)).isoformat(),
        "eventID": "e-1",
        "recipientAccountId": ACCOUNT,
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1"}]}},
        "userIdentity": {"type": "IAMUser", "userName": "alice"},
        **fields,
    }


TRAILS = got(Trails=[{"IsLogging": True, "StartLoggingTime": "2026-01-01T00:00:00Z"}])


def deletion(*events: Any, id_: str = "i-1", trails: Any = TRAILS) -> Any:
    return DELETED.interpret(asking(id_), [got(Events=list(events)), trails])


def test_an_instance_that_somebody_terminated_after_the_finding_is_deleted_for_good():
    answer = deletion(an_event())
    assert isinstance(answer, Known)
    assert {name: answer.value[name] for name in ("deleted", "for_good", "call")} == {
        "deleted": True,
        "for_good": True,
        "call": "TerminateInstances",
    }
    assert answer.value["principal"]["name"] == "alice"


@pytest.mark.parametrize(
    "event",
    [
        an_event(eventName="StopInstances"),
        an_event(eventSource="example.amazonaws.com"),
        an_event(eventTime=(VERSION - minutes(1)).isoformat()),
        an_event(eventTime=VERSION.isoformat()),
        an_event(eventTime="once"),
        an_event(errorCode="Client.DryRunOperation"),
        an_event(recipientAccountId="444455556666"),
        an_event(requestParameters={"instancesSet": {"items": [{"instanceId": "i-12"}]}}),
        an_event(requestParameters=None),
    ],
)
def test_nothing_else_deleted_it(event):
    assert deletion(event) == Absent(source="a.call", as_of=NOON)


def test_a_name_may_be_used_again_and_a_snapshot_brought_back():
    bucket = an_event(
        eventName="DeleteBucket",
        eventSource="s3.amazonaws.com",
        requestParameters={"bucketName": "reports"},
    )
    snapshot = an_event(eventName="DeleteSnapshot", requestParameters={"snapshotId": "snap-1"})
    answers = [
        deletion(bucket, id_="arn:aws:s3:::reports"),
        deletion(snapshot, id_=f"arn:aws:ec2:{HERE}:snapshot/snap-1"),
    ]
    assert [one.value["for_good"] for one in answers] == [False, False]


def test_nobody_deleted_it_only_while_a_trail_was_on():
    assert isinstance(deletion(trails=got(Trails=[])), Unknown)


def test_a_finding_younger_than_cloudtrail_s_lag_has_no_deletion_yet():
    asked = asking("i-1", version=NOON - timedelta(minutes=10))
    assert isinstance(DELETED.interpret(asked, [got(Events=[]), TRAILS]), Unknown)


def test_a_request_of_any_depth_is_looked_through_up_to_a_bound():
    deep: Any = "i-1"
    for _ in range(2_000):
        deep = [deep]
    assert isinstance(deletion(an_event(requestParameters=deep)), Absent)


@pytest.mark.parametrize("id_", [f"arn:aws:kms:{HERE}:key/k1", STACK])
def test_what_no_single_call_deletes_is_not_asked_about(id_):
    with pytest.raises(CannotAsk):
        DELETED.plan(asking(id_))


# --- what that proves -----------------------------------------------------------------------------


def test_every_type_is_negated_by_what_it_is_about_being_gone():
    assert negations("anything at all") == EVERY
    assert all(negations(type_)[-len(EVERY) :] == EVERY for type_ in NEGATES)
    assert Negation(question="resource.exists", field="exists", value=False) in EVERY
