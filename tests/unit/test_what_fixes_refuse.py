"""What the catalogue leaves to people, each with its sentence."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.plan import Refused, State, Target
from triage.remediations import iam_revoke_role_sessions as sessions
from triage.remediations.catalogue import CATALOGUE

TARGET = Target(account="111122223333", region="eu-west-1", id="it", arn="arn:aws:x:::it")
PUBLIC = {"Sid": "s1", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}
ALONE = {"group": None, "arn": None}
STANDING = {"gone": False, "groups": {"eni-1": ["sg-1"]}, "scaling": ALONE, "standby": None}


def planned(name, **facts):
    """What a fix makes of a resource in this state."""
    return CATALOGUE[name].plan(TARGET, State(facts=facts, as_of=NOON))


def statement(**more):
    return planned("lambda.remove_public_permission", public=[{**PUBLIC, **more}], others=[])


@pytest.mark.parametrize(
    ("refused", "because"),
    [
        (
            planned("cloudtrail.start_logging", logging=False, home="us-east-1"),
            "it is at home in us-east-1 and can be started only there",
        ),
        (
            planned("config.start_recorder", recorder=None, recording=None),
            "there is no recorder in eu-west-1 to start again",
        ),
        (
            planned("kms.enable_rotation", rotates=False, days=None, state="Enabled", can=False),
            "it is of a kind that KMS does not rotate",
        ),
        (
            planned("kms.enable_rotation", rotates=False, days=None, state="Disabled", can=True),
            "it is Disabled, and only an enabled key is rotated",
        ),
        (
            planned("ec2.require_imdsv2", tokens="optional", applied=True, gone=True),
            "it is terminated",
        ),
        (
            planned("ec2.require_imdsv2", tokens="optional", applied=False, gone=False),
            "the metadata options of it are just being changed",
        ),
        (
            planned("ec2.isolate_instance", **{**STANDING, "gone": True}),
            "it is terminated",
        ),
        (
            planned(
                "ec2.isolate_instance",
                **STANDING,
                isolating={"triage-isolation-open": "sg-2", "triage-isolation-closed": None},
                targets=[],
            ),
            "the network of it lacks the security group triage-isolation-closed, as it has to be",
        ),
        (
            statement(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
            "nothing could write again what it says in s1",
        ),
        (
            statement(Action=["lambda:InvokeFunction", "lambda:GetFunction"]),
            "nothing could write again what it says in s1",
        ),
        (
            planned(
                "iam.revoke_role_sessions",
                arn="-",
                path="/aws-service-role/config.amazonaws.com/",
                revocation=None,
            ),
            "it is a service-linked role, which only its service may change",
        ),
        (
            planned(
                "iam.revoke_role_sessions",
                arn="-",
                path="/aws-reserved/sso.amazonaws.com/eu-west-1/",
                revocation=None,
            ),
            "it is a role of IAM Identity Center; revoke its sessions there",
        ),
    ],
)
def test_what_must_not_be_done_is_a_sentence(refused, because):
    assert refused == Refused(because=because)


def test_the_condition_of_a_url_that_anyone_may_call_can_be_written_again():
    made = statement(Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
    before = State(
        facts={
            "public": [
                {**PUBLIC, "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}
            ]
        },
        as_of=NOON,
    )
    back = CATALOGUE["lambda.remove_public_permission"].undo(TARGET, before, before)
    assert len(made.steps) == 1
    assert dict(back.steps[0].call.parameters) == {
        "FunctionName": TARGET.arn,
        "StatementId": "s1",
        "Action": "lambda:InvokeFunction",
        "Principal": "*",
        "FunctionUrlAuthType": "NONE",
    }


@pytest.mark.parametrize(
    ("there", "steps"),
    [
        (sessions.denial(NOON - timedelta(minutes=4)), 0),
        (sessions.denial(NOON - timedelta(minutes=6)), 1),
        (sessions.denial(NOON + timedelta(minutes=1)), 1),
        ({**sessions.denial(NOON), "Id": "another's"}, 1),
        ({"Statement": []}, 1),
        (None, 1),
    ],
)
def test_only_a_revocation_of_the_last_minutes_is_not_made_again(there, steps):
    made = planned("iam.revoke_role_sessions", arn="-", path="/", revocation=there)
    assert len(made.steps) == steps


def test_an_instance_is_released_in_the_reverse_order():
    before = State(
        facts={
            **STANDING,
            "standby": False,
            "scaling": {"group": "web", "arn": "arn:web"},
            "targets": [{"group": "arn:tg", "id": "i-1", "port": 80}],
        },
        as_of=NOON,
    )
    now = State(facts={**before.facts, "groups": {"eni-1": ["sg-9"]}}, as_of=NOON)
    back = CATALOGUE["ec2.isolate_instance"].undo(TARGET, before, now)
    assert [one.call.operation for one in back.steps] == [
        "modify_network_interface_attribute",
        "register_targets",
        "exit_standby",
    ]
