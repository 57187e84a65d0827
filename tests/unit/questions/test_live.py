"""Live reads: what each question makes of what a service shows."""

from datetime import timedelta
from typing import Any

import pytest

from tests.answers import ask, gone, got
from tests.builders import NOON, a_ticket, an_account
from triage.domain.evidence import Absent, Got, Known, Unknown
from triage.domain.ticket import Source, Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking, CannotAsk

GROUP = Subject(id="sg-0abc", name="sg-0abc", kind="AwsEc2SecurityGroup")
USER = Subject(id="arn:aws:iam::111122223333:user/bob", name="bob", kind="AwsIamUser")
KEY = Subject(id="AKIAEXAMPLEBOB000001", name="key", kind="AwsIamAccessKey")
BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
EVERYONE = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}


def bucket(block: Any, policy: Any, acl: Any) -> Any:
    return ask("s3.public_access", block, policy, acl)


NO_BLOCK = gone("NoSuchPublicAccessBlockConfiguration")
NO_POLICY, NO_GRANTS = gone("NoSuchBucketPolicy"), got(Grants=[])
PUBLIC = got(PolicyStatus={"IsPublic": True})


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ((got(PublicAccessBlockConfiguration=BLOCKED), PUBLIC, NO_GRANTS), (True, False, False)),
        ((NO_BLOCK, PUBLIC, NO_GRANTS), (False, True, False)),
        ((NO_BLOCK, NO_POLICY, got(Grants=[EVERYONE])), (False, False, True)),
        (
            (
                got(PublicAccessBlockConfiguration=BLOCKED | {"BlockPublicAcls": False}),
                NO_POLICY,
                NO_GRANTS,
            ),
            (False, False, False),
        ),
    ],
)
def test_a_bucket_is_blocked_only_with_all_four_settings(reads, expected):
    value = bucket(*reads).value
    names = ("public_access_blocked", "policy_public", "acl_public")
    assert tuple(value[name] for name in names) == expected


def test_a_bucket_is_absent_by_s3_s_own_word_and_unknown_by_any_other():
    assert isinstance(bucket(*[gone("NoSuchBucket")] * 3), Absent)
    assert isinstance(bucket(NO_BLOCK, NO_POLICY, gone("NoSuchBucketPolicy")), Unknown)
    assert isinstance(bucket(NO_BLOCK, got(PolicyStatus={}), NO_GRANTS), Unknown)


def a_group(*permissions: Any) -> Got:
    return got(SecurityGroups=[{"GroupId": "sg-0abc", "IpPermissions": list(permissions)}])


def rule(cidr: str = "0.0.0.0/0", protocol: str = "tcp", ports: Any = (22, 22)) -> dict[str, Any]:
    ranges = (
        {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
    )
    bounds = {"FromPort": ports[0], "ToPort": ports[1]} if ports else {}
    return {"IpProtocol": protocol, **bounds, **ranges}


@pytest.mark.parametrize(
    ("permission", "world", "ssh", "rdp"),
    [
        (rule(), True, True, False),
        (rule("::/0"), True, True, False),
        (rule(ports=(3000, 4000)), True, False, True),
        (rule(protocol="-1", ports=None), True, True, True),
        (rule(protocol="tcp", ports=None), True, True, True),
        (rule(protocol="udp"), True, False, False),
        (rule("10.0.0.0/8"), False, False, False),
    ],
)
def test_ports_are_open_to_everyone_in_either_family(permission, world, ssh, rdp):
    value = ask(
        "ec2.security_group", a_group(permission), got(NetworkInterfaces=[{}]), subject=GROUP
    ).value
    names = ("open_to_world", "port_22_open", "port_3389_open", "attached")
    assert tuple(value[name] for name in names) == (world, ssh, rdp, True)


def test_a_group_is_absent_by_ec2_s_own_word():
    reads = (gone("InvalidGroup.NotFound"), got(NetworkInterfaces=[]))
    assert isinstance(ask("ec2.security_group", *reads, subject=GROUP), Absent)


@pytest.mark.parametrize(
    "group", [got(SecurityGroups=[]), got(SecurityGroups=[{}, {}]), got(SecurityGroups=[{}])]
)
def test_a_group_without_rules_to_look_at_is_unknown(group):
    reads = (group, got(NetworkInterfaces=[]))
    assert isinstance(ask("ec2.security_group", *reads, subject=GROUP), Unknown)


def a_key(days: int, status: str = "Active", used: int | None = None) -> dict[str, Any]:
    last = None if used is None else (NOON - timedelta(days=used)).isoformat()
    created = (NOON - timedelta(days=days)).isoformat()
    return {"Status": status, "CreateDate": created, "LastUsedDate": last}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], (0, False)),
        ([a_key(89)], (1, False)),
        ([a_key(90)], (1, True)),
        ([a_key(91, "Inactive"), a_key(1)], (1, False)),
    ],
)
def test_only_an_active_key_of_ninety_days_or_more_is_overdue(keys, expected):
    value = ask("iam.user_keys", got(Keys=keys), subject=USER).value
    assert (value["active"], value["overdue"]) == expected


@pytest.mark.parametrize("changes", [{"CreateDate": "once"}, {"Status": "?"}, {"Status": None}])
def test_a_key_that_does_not_say_its_age_or_state_is_unknown(changes):
    found = ask("iam.user_keys", got(Keys=[a_key(1) | changes]), subject=USER)
    assert isinstance(found, Unknown)


def test_a_user_and_a_key_are_absent_by_iam_s_own_word():
    for name, subject in (("iam.user_keys", USER), ("iam.access_key", KEY)):
        assert isinstance(ask(name, gone("NoSuchEntity"), subject=subject), Absent)


@pytest.mark.parametrize(("status", "active"), [("Active", True), ("Inactive", False)])
def test_a_key_is_active_when_iam_says_so(status, active):
    found = ask("iam.access_key", got(Status=status, UserName="bob"), subject=KEY)
    assert isinstance(found, Known)
    assert (found.value["active"], found.value["user"]) == (active, "bob")


RECORDING = got(ConfigurationRecordersStatus=[{"recording": True, "lastStatus": "SUCCESS"}])
NOT_DISCOVERED = gone("ResourceNotDiscoveredException")


@pytest.mark.parametrize("history", [NOT_DISCOVERED, got(configurationItems=[])])
def test_config_proves_absence_only_with_its_recorder_on(history):
    recorders: list[tuple[Any, type]] = [
        (RECORDING, Absent),
        (got(ConfigurationRecordersStatus=[]), Unknown),
        (got(ConfigurationRecordersStatus=[{"recording": False}]), Unknown),
        (
            got(ConfigurationRecordersStatus=[{"recording": True, "lastStatus": "FAILURE"}]),
            Unknown,
        ),
    ]
    told = [type(ask("config.item_at", history, recorder)) for recorder, _ in recorders]
    assert told == [expected for _, expected in recorders]


def test_config_shows_what_was_recorded():
    item = {
        "configurationItemStatus": "OK",
        "configuration": '{"name": "reports"}',
        "configurationItemCaptureTime": "2026-11-20T10:00:00Z",
        "tags": {"team": "shop"},
    }
    assert ask("config.item_at", got(configurationItems=[item]), RECORDING).value == {
        "status": "OK",
        "configuration": {"name": "reports"},
        "captured": "2026-11-20T10:00:00Z",
        "tags": {"team": "shop"},
    }


def test_something_exists_or_is_gone_or_nobody_knows():
    answers = [
        ask("resource.exists", read)
        for read in (got(LocationConstraint=None), gone("NoSuchBucket"), gone("NoSuchKey"))
    ]
    assert [getattr(one, "value", {}).get("exists") for one in answers] == [True, False, None]
    empty = ask("resource.exists", got(SecurityGroups=[]), subject=GROUP)
    assert isinstance(empty, Unknown)


def test_an_event_cloudtrail_cannot_show_yet_is_not_called_a_forgery():
    event = {"source": Source.CLOUDTRAIL, "native_id": "e-1"}
    ages = [timedelta(minutes=5), timedelta(hours=1), timedelta(days=91)]
    told = [ask("source.finding", got(Events=[]), occurred=NOON - age, **event) for age in ages]
    assert [type(one) for one in told] == [Unknown, Known, Unknown]
    assert told[1].value["confirmed"] is False


def test_a_person_s_report_has_no_source_to_ask():
    with pytest.raises(CannotAsk):
        QUESTIONS["source.finding"].plan(
            Asking(
                ticket=a_ticket(source=Source.REPORT, format="native"),
                account=an_account(),
                now=NOON,
            )
        )
