"""Identities, objects and alarms: what each question makes of what a service shows."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_threat, a_ticket, an_account
from triage.domain.evidence import Absent, Failed, Failure, Got, Known, Missing, Unknown
from triage.domain.ticket import Source, Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking, CannotAsk

OWN, OTHER = "111122223333", "444455556666"
IAM = f"arn:aws:iam::{OWN}"
ROLE = Subject(id=f"{IAM}:role/batch/web", name="web", kind="AWS::IAM::Role")
USER = Subject(id=f"{IAM}:user/bob", name="bob", kind="AWS::IAM::User")
OBJECT = Subject(id="arn:aws:s3:::reports/2026/a.csv", name="a.csv", kind="AWS::S3::Object")
ALARM = Subject(id=f"arn:aws:cloudwatch:eu-west-1:{OWN}:alarm:Root:use", name="Root:use")
ANALYZER = f"arn:aws:access-analyzer:eu-west-1:{OWN}:analyzer/harbour"


def got(**payload: Any) -> Got:
    return Got(payload=payload, as_of=NOON, source="a.call")


def gone(code: str) -> Missing:
    return Missing(code=code, as_of=NOON, source="a.call")


def ago(days: float) -> str:
    return (NOON - timedelta(days=days)).isoformat()


def asking(parameters: Any = None, **changes: Any) -> Asking:
    ticket = a_ticket(**{"occurred": NOON - timedelta(days=2), **changes})
    return Asking(ticket=ticket, account=an_account(), now=NOON, parameters=parameters or {})


def ask(name: str, *reads: Any, **changes: Any) -> Any:
    return QUESTIONS[name].interpret(asking(**changes), list(reads))


def reads_of(name: str, **changes: Any) -> list[tuple[str, str, dict[str, Any]]]:
    planned = QUESTIONS[name].plan(asking(**changes))
    return [(one.kind, one.region, dict(one.arguments)) for one in planned]


# --- iam.role -------------------------------------------------------------------------------------


def trust(principal: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


def a_role(principal: Any = None, **changes: Any) -> Got:
    role = {
        "RoleName": "web",
        "Arn": ROLE.id,
        "Path": "/batch/",
        "CreateDate": ago(400),
        "AssumeRolePolicyDocument": trust(principal or {"AWS": OWN}),
        "RoleLastUsed": {"LastUsedDate": ago(3)},
        **changes,
    }
    return got(Role={name: value for name, value in role.items() if value is not None})


def role(*reads: Any) -> Any:
    return ask("iam.role", *reads, subject=ROLE)


def test_a_role_of_its_own_account_says_so():
    assert role(a_role()).value == {
        "exists": True,
        "everyone": False,
        "other_accounts": False,
        "accounts": [],
        "organisation_only": False,
        "federated": False,
        "services": [],
        "outside": False,
        "age_days": 400,
        "service_linked": False,
        "has_boundary": False,
        "last_used": ago(3),
        "unused_days": 3,
        "explanation": "400 days old, trusts its own account only.",
    }


@pytest.mark.parametrize(
    ("principal", "fields"),
    [
        ("*", {"everyone": True, "outside": True}),
        ({"AWS": OTHER}, {"other_accounts": True, "accounts": [OTHER], "outside": True}),
        ({"Federated": "accounts.google.com"}, {"federated": True, "outside": True}),
        ({"Service": "ec2.amazonaws.com"}, {"services": ["ec2.amazonaws.com"], "outside": False}),
    ],
)
def test_a_role_says_whom_it_trusts(principal, fields):
    value = role(a_role(principal)).value
    assert {name: value[name] for name in fields} == fields


def test_a_role_that_was_never_used_is_unused_for_longer_than_any_bound():
    value = role(a_role(RoleLastUsed={})).value
    assert (value["last_used"], value["unused_days"]) == (None, 36_500)


def test_where_iam_leaves_the_use_out_nothing_is_said_of_it():
    assert not {"last_used", "unused_days"} & set(role(a_role(RoleLastUsed=None)).value)


@pytest.mark.parametrize("lacking", ["AssumeRolePolicyDocument", "CreateDate"])
def test_a_role_of_which_half_is_said_is_unknown(lacking):
    assert isinstance(role(a_role(**{lacking: None})), Unknown)


def test_a_role_is_absent_by_iam_s_own_word_only():
    assert isinstance(role(gone("NoSuchEntity")), Absent)
    assert isinstance(role(gone("SomethingElse")), Unknown)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"subject": ROLE}, "web"),
        ({"principal": f"arn:aws:sts::{OWN}:assumed-role/web/alice"}, "web"),
        ({"parameters": {"role": "another"}}, "another"),
    ],
)
def test_the_role_is_the_subject_or_who_acted(changes, name):
    assert reads_of("iam.role", **changes) == [("iam.get_role", "us-east-1", {"role": name})]


@pytest.mark.parametrize(
    "changes", [{}, {"principal": f"arn:aws:iam::{OTHER}:role/web"}, {"subject": USER}]
)
def test_a_role_of_another_account_is_not_asked_about(changes):
    with pytest.raises(CannotAsk):
        reads_of("iam.role", **changes)


# --- iam.last_used --------------------------------------------------------------------------------


def a_user(keys: Any = (), password: Any = False, used: str | None = None) -> Got:  # noqa: FBT002 - a field
    user = {"Arn": USER.id} | ({"PasswordLastUsed": used} if used else {})
    return got(User=user, HasPassword=password, Keys=list(keys))


def a_key(status: str = "Active", used: str | None = None) -> dict[str, Any]:
    return {"AccessKeyId": "AKIAEXAMPLE", "Status": status, "LastUsedDate": used}


def last_used(*reads: Any, subject: Subject = USER) -> Any:
    return ask("iam.last_used", *reads, subject=subject)


def test_a_user_is_as_unused_as_the_latest_of_password_and_keys():
    value = last_used(a_user([a_key(used=ago(90)), a_key("Inactive", ago(9))], True, ago(30))).value  # noqa: FBT003 - a field
    assert value == {
        "last_used": ago(9),
        "unused_days": 9,
        "has_password": True,
        "active_keys": 1,
        "any_key_active": True,
        "used_since": False,
        "explanation": "last used 9 days ago, a password, 1 active keys.",
    }


def test_use_after_the_finding_is_told():
    assert last_used(a_user([a_key(used=ago(1))])).value["used_since"] is True
    assert last_used(a_role(RoleLastUsed={"LastUsedDate": ago(1)}), subject=ROLE).value == {
        "last_used": ago(1),
        "unused_days": 1,
        "used_since": True,
        "explanation": "last used 1 days ago.",
    }


def test_nothing_left_is_nothing_active_and_never_used():
    value = last_used(a_user()).value
    names = ("has_password", "any_key_active", "last_used", "unused_days", "used_since")
    assert [value[name] for name in names] == [False, False, None, 36_500, False]


@pytest.mark.parametrize(
    "read",
    [
        a_user(password=None),
        a_user([{"AccessKeyId": "A"}]),
        a_user([a_key(used="yesterday")]),
        got(User={}, HasPassword=False, Keys=[]),
        got(User={"Arn": USER.id}, HasPassword=False),
    ],
)
def test_a_user_of_whom_half_is_said_is_unknown(read):
    assert isinstance(last_used(read), Unknown)


def test_a_role_whose_use_iam_leaves_out_is_unknown():
    assert isinstance(last_used(a_role(RoleLastUsed=None), subject=ROLE), Unknown)


@pytest.mark.parametrize("subject", [USER, ROLE])
def test_what_iam_does_not_know_is_absent(subject):
    assert isinstance(last_used(gone("NoSuchEntity"), subject=subject), Absent)
    assert isinstance(last_used(gone("NoSuchBucket"), subject=subject), Unknown)


def test_only_roles_and_users_of_the_account_are_asked_about():
    assert reads_of("iam.last_used", subject=USER) == [
        ("iam.user_access", "us-east-1", {"user": "bob"})
    ]
    elsewhere = Subject(id=f"arn:aws:iam::{OTHER}:user/bob", name="bob")
    for subject in (elsewhere, OBJECT):
        with pytest.raises(CannotAsk):
            reads_of("iam.last_used", subject=subject)


# --- macie.object ---------------------------------------------------------------------------------

ON = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
EVERYONE = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}
OWNER = {"Grantee": {"Type": "CanonicalUser", "ID": "0f1e"}}
LISTED = got(KeyCount=1, Contents=[{"Key": "2026/a.csv", "Size": 12, "LastModified": ago(1)}])
NOTHING_LISTED = got(KeyCount=0, Contents=None)
NO_BLOCK = gone("NoSuchPublicAccessBlockConfiguration")
NO_POLICY = gone("NoSuchBucketPolicy")
NO_RULE = gone("ServerSideEncryptionConfigurationNotFoundError")
BY_KMS = got(
    ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
    }
)


def an_object(
    listed: Any = LISTED,
    acl: Any = None,
    block: Any = NO_BLOCK,
    policy: Any = NO_POLICY,
    encryption: Any = NO_RULE,
) -> Any:
    grants = acl or got(Grants=[OWNER])
    return ask("macie.object", listed, grants, block, policy, encryption, subject=OBJECT)


def test_an_object_says_size_age_encryption_and_who_reads_it():
    assert an_object(encryption=BY_KMS).value == {
        "exists": True,
        "public": False,
        "public_access_blocked": False,
        "encryption": "aws:kms",
        "size": 12,
        "last_modified": ago(1),
        "changed_since": True,
        "explanation": "not everyone can read it, 0 of 4 public access block settings on.",
    }


PUBLIC_POLICY = got(PolicyStatus={"IsPublic": True})


@pytest.mark.parametrize(
    ("given", "public"),
    [
        ({"acl": got(Grants=[OWNER, EVERYONE])}, True),
        ({"policy": PUBLIC_POLICY}, True),
        ({"policy": PUBLIC_POLICY, "block": got(PublicAccessBlockConfiguration=ON)}, False),
        (
            {
                "acl": got(Grants=[EVERYONE]),
                "block": got(PublicAccessBlockConfiguration=ON | {"IgnorePublicAcls": False}),
            },
            True,
        ),
    ],
)
def test_an_object_is_public_by_acl_or_policy_unless_the_block_says_no(given, public):
    assert an_object(**given).value["public"] is public


def test_an_object_is_gone_when_list_and_acl_agree():
    assert isinstance(an_object(NOTHING_LISTED, gone("NoSuchKey")), Absent)
    assert isinstance(an_object(*[gone("NoSuchBucket")] * 5), Absent)


@pytest.mark.parametrize(
    "given",
    [
        {"listed": NOTHING_LISTED},
        {"acl": gone("NoSuchKey")},
        {"listed": got(Contents=None), "acl": gone("NoSuchKey")},
        {"listed": got(KeyCount=1, Contents=[{"Key": "2026/a.csv.bak"}])},
        {"block": gone("NoSuchBucketPolicy")},
        {"policy": got(PolicyStatus={})},
        {"encryption": got()},
        {"acl": got()},
        {"acl": got(Grants=[])},
    ],
)
def test_an_object_on_which_s3_disagrees_with_itself_is_unknown(given):
    assert isinstance(an_object(**given), Unknown)


def test_a_ticket_about_a_whole_bucket_names_no_object():
    with pytest.raises(CannotAsk):
        reads_of("macie.object")


# --- cloudwatch.alarm -----------------------------------------------------------------------------


def an_alarm(**changes: Any) -> Got:
    alarm = {
        "AlarmName": "Root:use",
        "StateValue": "OK",
        "ActionsEnabled": True,
        "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
        "StateUpdatedTimestamp": ago(1),
        **changes,
    }
    return got(MetricAlarms=[alarm], CompositeAlarms=[])


def alarm(*reads: Any) -> Any:
    return ask("cloudwatch.alarm", *reads, subject=ALARM)


def test_an_alarm_says_its_state_and_whether_anybody_hears_it():
    assert reads_of("cloudwatch.alarm", subject=ALARM) == [
        ("cloudwatch.describe_alarms", "eu-west-1", {"alarm": "Root:use"})
    ]
    assert alarm(an_alarm()).value == {
        "state": "OK",
        "actions_enabled": True,
        "heard": True,
        "updated": ago(1),
        "explanation": "OK, and it tells somebody.",
    }


@pytest.mark.parametrize("changes", [{"ActionsEnabled": False}, {"AlarmActions": []}])
def test_an_alarm_without_working_actions_tells_nobody(changes):
    assert alarm(an_alarm(**changes)).value["heard"] is False


def test_an_alarm_is_gone_when_both_lists_are_there_and_empty():
    assert isinstance(alarm(got(MetricAlarms=[], CompositeAlarms=[])), Absent)
    assert isinstance(alarm(got(MetricAlarms=[])), Unknown)


@pytest.mark.parametrize(
    "changes",
    [{"AlarmName": "another"}, {"StateValue": "FINE"}, {"ActionsEnabled": "yes"}],
)
def test_an_alarm_that_is_half_told_or_another_is_unknown(changes):
    assert isinstance(alarm(an_alarm(**changes)), Unknown)


def test_a_ticket_without_an_alarm_asks_for_none():
    with pytest.raises(CannotAsk):
        reads_of("cloudwatch.alarm")


# --- guardduty.history ----------------------------------------------------------------------------


def a_finding(name: str, created: float, instance: str = "i-0abc") -> dict[str, Any]:
    return {
        "Id": name,
        "CreatedAt": ago(created),
        "Resource": {"InstanceDetails": {"InstanceId": instance}},
        "Service": {"Count": 7, "EventFirstSeen": ago(created), "EventLastSeen": ago(0)},
    }


def history(*findings: Any) -> Any:
    asked = Asking(ticket=a_threat(native_id="d/finding/own"), account=an_account(), now=NOON)
    return QUESTIONS["guardduty.history"].interpret(asked, [got(Findings=list(findings))])


def test_a_history_tells_how_long_and_what_came_before():
    found = history(
        a_finding("own", 5),
        a_finding("before", 30),
        a_finding("elsewhere", 40, instance="i-0def"),
        a_finding("later", 1),
    )
    assert found.value == {
        "first_seen": ago(5),
        "last_seen": ago(0),
        "days": 5,
        "count": 7,
        "earlier_here": 1,
        "earlier": 2,
        "explanation": "seen 7 times over 5 days, 1 earlier findings of the kind here.",
    }


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [a_finding("another", 5)],
        [a_finding("own", 5) | {"Service": {"Count": 7}}],
        [a_finding("own", 5) | {"CreatedAt": None}],
        [a_finding("own", 5) | {"Service": {"Count": True, "EventFirstSeen": ago(1)}}],
    ],
)
def test_a_history_without_the_finding_itself_is_unknown(findings):
    assert isinstance(history(*findings), Unknown)


def test_only_guardduty_has_such_a_history():
    with pytest.raises(CannotAsk):
        reads_of("guardduty.history")
    ((kind, _, arguments),) = reads_of(
        "guardduty.history", source=Source.GUARDDUTY, native_id="f", type="Trojan:EC2/DropPoint"
    )
    since = (NOON - timedelta(days=90)).isoformat()
    assert (kind, arguments) == (
        "guardduty.history",
        {"type": "Trojan:EC2/DropPoint", "since": since},
    )


# --- history.verdicts -----------------------------------------------------------------------------


def a_verdict(verdict: str, by: str = "alice", days: float = 1, **about: Any) -> dict[str, Any]:
    return {"verdict": verdict, "by": by, "at": ago(days), "subject": "", "principal": "", **about}


def verdicts(*said: Any, **changes: Any) -> Any:
    return ask("history.verdicts", got(Verdicts=list(said)), **changes)


def test_verdicts_are_counted_by_type_resource_and_principal():
    here, alice = {"subject": "arn:aws:s3:::reports"}, {"principal": f"{IAM}:user/alice"}
    found = verdicts(
        a_verdict("true positive", "bob", 3, **here),
        a_verdict("benign", days=5, **alice),
        a_verdict("insufficient data", days=9),
        a_verdict("false positive", days=-1),
        principal=f"{IAM}:user/alice",
    )
    one = {"count": 1, "people": 1}
    assert found.value == {
        "count": 3,
        "real": 1,
        "harmless": 1,
        "people": 2,
        "last": ago(3),
        "here": one | {"real": 1, "harmless": 0, "last": ago(3)},
        "principal": one | {"real": 0, "harmless": 1, "last": ago(5)},
        "explanation": "3 earlier verdicts by 2 people, 1 real; on this resource 1, 1 real.",
    }


def test_no_principal_is_nobody_s_history():
    assert verdicts(a_verdict("benign")).value["principal"]["count"] == 0


# --- network.owner --------------------------------------------------------------------------------


def owner(**payload: Any) -> Any:
    fields = {"Address": "198.51.100.9", "Private": False, "Listed": True, "Own": None, "Aws": []}
    found = got(**{**fields, "SnapshotMade": ago(3), **payload})
    return ask("network.owner", found, record={"sourceIPAddress": "198.51.100.9"})


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, "elsewhere"),
        ({"Own": {"Name": "hq", "Kind": "office"}}, "ours"),
        ({"Private": True}, "private"),
        ({"Aws": [{"Service": "EC2"}]}, "aws"),
    ],
)
def test_an_address_has_one_owner(payload, expected):
    assert owner(**payload).value["owner"] == expected


@pytest.mark.parametrize(
    ("payload", "lacking"),
    [
        ({"SnapshotMade": None, "Aws": None}, {"owner", "aws", "services"}),
        ({"SnapshotMade": ago(31)}, {"owner", "aws", "services"}),
        ({"Listed": False}, {"owner", "ours", "network", "kind"}),
    ],
)
def test_what_nobody_can_tell_of_an_address_is_left_out(payload, lacking):
    answered = set(QUESTIONS["network.owner"].answer) - set(owner(**payload).value)
    assert answered == lacking


FAR = {"remoteIpDetails": {"ipAddressV4": "198.51.100.9"}}


@pytest.mark.parametrize(
    "record",
    [
        {"sourceIPAddress": "198.51.100.9"},
        {"service": {"action": {"networkConnectionAction": FAR}}},
        {
            "Service": {
                "Action": {"AwsApiCallAction": {"RemoteIpDetails": {"IpAddressV4": "198.51.100.9"}}}
            }
        },
        {"service": {"action": {"portProbeAction": {"portProbeDetails": [FAR, FAR]}}}},
        {
            "ProductFields": {
                "aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/ipAddressV4": "198.51.100.9"  # noqa: E501 - one key
            }
        },
        {"event": {"src_ip": "198.51.100.9", "dest_ip": "arn:aws:s3:::reports"}},
    ],
)
def test_the_far_side_is_found_wherever_a_vendor_keeps_it(record):
    ((_, _, arguments),) = reads_of("network.owner", record=record)
    assert arguments == {"address": "198.51.100.9"}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"sourceIPAddress": "cloudformation.amazonaws.com"},
        {"resource": {"instanceDetails": {"networkInterfaces": [{"ipAddressV4": "10.0.0.1"}]}}},
        {"event": {"src_ip": "198.51.100.9", "dest_ip": "198.51.100.10"}},
    ],
)
def test_no_address_and_several_are_asked_about_by_nobody(record):
    with pytest.raises(CannotAsk):
        reads_of("network.owner", record=record)


# --- access_analyzer.finding ----------------------------------------------------------------------

ACL = got(Grants=[OWNER])


def statement(account: str) -> str:
    return f'{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}}}}}}'


def external(status: str, *policies: Any, resource: str = "arn:aws:s3:::reports") -> Any:
    kind = "AWS::S3::Bucket"
    finding = got(
        id="f1",
        status=status,
        resource=resource,
        resourceOwnerAccount=OWN,
        findingType="ExternalAccess",
        analyzedAt=ago(0),
    )
    asked = asking(
        source=Source.ACCESS_ANALYZER,
        type=f"ExternalAccess:{kind}",
        native_id=f"{ANALYZER}/f1",
        subject=Subject(id=resource, name=resource, kind=kind),
    )
    question = QUESTIONS["access_analyzer.finding"]
    assert len(question.plan(asked)) == len(policies) + 1
    return question.interpret(asked, [finding, *policies])


NOBODY = got(Policy=None)
KEY = got(Policy=statement(OWN))
RESOURCES = [
    ("arn:aws:s3:::reports", (NO_POLICY, ACL), False),
    ("arn:aws:s3:::reports", (got(Policy=statement(OWN)), ACL), False),
    ("arn:aws:s3:::reports", (got(Policy=statement(OTHER)), ACL), True),
    ("arn:aws:s3:::reports", (NO_POLICY, got(Grants=[OWNER, EVERYONE])), True),
    (ROLE.id, (a_role(),), False),
    (ROLE.id, (a_role({"AWS": OTHER}),), True),
    (f"arn:aws:kms:eu-west-1:{OWN}:key/1", (KEY, got(Grants=[])), False),
    (
        f"arn:aws:kms:eu-west-1:{OWN}:key/1",
        (KEY, got(Grants=[{"GranteePrincipal": f"arn:aws:iam::{OTHER}:root"}])),
        True,
    ),
    (
        f"arn:aws:kms:eu-west-1:{OWN}:key/1",
        (
            KEY,
            got(Grants=[{"GranteePrincipal": "rds.amazonaws.com"}, {"GranteePrincipal": USER.id}]),
        ),
        False,
    ),
    (
        f"arn:aws:lambda:eu-west-1:{OWN}:function:f",
        (gone("ResourceNotFoundException"),),
        False,
    ),
    (f"arn:aws:lambda:eu-west-1:{OWN}:function:f", (got(Policy=statement(OTHER)),), True),
    (f"arn:aws:sqs:eu-west-1:{OWN}:orders", (NOBODY,), False),
    (f"arn:aws:sqs:eu-west-1:{OWN}:orders", (got(Policy=statement("*")),), True),
    (
        f"arn:aws:sns:eu-west-1:{OWN}:news",
        (got(Attributes={"Policy": statement(OTHER)}),),
        True,
    ),
    (
        f"arn:aws:secretsmanager:eu-west-1:{OWN}:secret:s-1",
        (got(ARN="-", ResourcePolicy=None),),
        False,
    ),
]


@pytest.mark.parametrize(("resource", "policies", "outside"), RESOURCES)
def test_a_resource_s_own_policy_says_whether_anybody_outside_gets_in(resource, policies, outside):
    value = external("RESOLVED", *policies, resource=resource).value
    assert (value["outside"], value["over"]) == (outside, not outside)


@pytest.mark.parametrize("status", ["ACTIVE", "ARCHIVED"])
def test_what_the_analyzer_does_not_call_resolved_is_not_over(status):
    assert external(status, NO_POLICY, ACL).value["over"] is False


@pytest.mark.parametrize(
    ("resource", "policies"),
    [
        ("arn:aws:s3:::reports", (got(Policy="{"), ACL)),
        ("arn:aws:s3:::reports", (NO_POLICY, got(Grants=[]))),
        (f"arn:aws:kms:eu-west-1:{OWN}:key/1", (KEY, got())),
        (f"arn:aws:sqs:eu-west-1:{OWN}:orders", (got(),)),
        (f"arn:aws:lambda:eu-west-1:{OWN}:layer:f:1", ()),
        (f"arn:aws:elasticfilesystem:eu-west-1:{OWN}:file-system/fs-1", ()),
        (f"arn:aws:sqs:eu-west-1:{OTHER}:orders", ()),
        ("not-an-arn", ()),
    ],
)
def test_resolved_alone_is_never_over(resource, policies):
    value = external("RESOLVED", *policies, resource=resource).value
    assert not {"outside", "over"} & set(value)


def test_a_resource_that_is_gone_lets_nobody_in():
    value = external("RESOLVED", gone("NoSuchBucket"), gone("NoSuchBucket")).value
    assert (value["resource_gone"], value["outside"], value["over"]) == (True, False, True)


def test_a_policy_nobody_may_read_leaves_all_unknown():
    denied = Failed(failure=Failure.DENIED, detail="s3.get_bucket_policy")
    assert isinstance(external("RESOLVED", denied, ACL), Unknown)


def test_another_finding_under_the_same_id_is_unknown():
    asked = asking(source=Source.ACCESS_ANALYZER, native_id=f"{ANALYZER}/f1", type="ExternalAccess")
    other = got(id="f1", status="RESOLVED", resource="arn:aws:s3:::another", analyzedAt=ago(0))
    question = QUESTIONS["access_analyzer.finding"]
    assert isinstance(question.interpret(asked, [other, NO_POLICY, ACL]), Unknown)


def test_only_an_analyzer_s_finding_is_asked_about():
    with pytest.raises(CannotAsk):
        reads_of("access_analyzer.finding")


def test_every_answer_has_only_the_fields_that_are_documented():
    answers = {
        "iam.role": role(a_role()),
        "iam.last_used": last_used(a_user()),
        "macie.object": an_object(),
        "cloudwatch.alarm": alarm(an_alarm()),
        "guardduty.history": history(a_finding("own", 5)),
        "history.verdicts": verdicts(),
        "network.owner": owner(),
        "access_analyzer.finding": external("RESOLVED", NO_POLICY, ACL),
    }
    for name, answer in answers.items():
        assert isinstance(answer, Known)
        assert set(answer.value) <= set(QUESTIONS[name].answer), name
