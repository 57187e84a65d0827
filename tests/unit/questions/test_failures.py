"""No question concludes anything from a look-up that did not succeed, whatever the others say."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import NOON, a_threat, a_ticket, an_account, minutes
from triage.domain.evidence import Failed, Failure, Got, Known, Missing, RawRead, Read, Unknown
from triage.domain.ticket import Source, Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking

GROUP = Subject(id="sg-0abc", name="sg-0abc", kind="AwsEc2SecurityGroup")
USER = Subject(id="arn:aws:iam::111122223333:user/bob", name="bob", kind="AwsIamUser")
KEY = Subject(id="AKIAEXAMPLEBOB000001", name="key", kind="AwsIamAccessKey")
FINDING = {"Id": "f1", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub"}


def asking(**changes: Any) -> Asking:
    ticket = a_ticket(occurred=NOON - minutes(120), **changes)
    return Asking(ticket=ticket, account=an_account(), now=NOON)


OBJECT = Subject(id="arn:aws:s3:::reports/a.csv", name="a.csv", kind="AWS::S3::Object")
ROLE = Subject(id="arn:aws:iam::111122223333:role/web", name="web", kind="AWS::IAM::Role")
ALARM = Subject(id="arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Root", name="Root")
ANALYZER = "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/harbour"
STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1"
INSPECTED = "arn:aws:inspector2:eu-west-1:111122223333:finding/f1"


def about(arn: str, kind: str = "") -> Subject:
    return Subject(id=arn, name=arn.rpartition(":")[2], kind=kind, arn=arn)


HERE = "eu-west-1:111122223333"
SNAPSHOT, INSTANCE = (
    about(f"arn:aws:ec2:{HERE}:{one}") for one in ("snapshot/snap-1", "instance/i-1")
)
ASKED = {
    "access_analyzer.finding": asking(
        source=Source.ACCESS_ANALYZER, native_id=f"{ANALYZER}/f1", type="ExternalAccess"
    ),
    "cloudwatch.alarm": asking(subject=ALARM),
    "guardduty.history": asking(source=Source.GUARDDUTY, native_id="f1"),
    "history.verdicts": asking(),
    "iam.last_used": asking(subject=ROLE),
    "iam.role": asking(subject=ROLE),
    "macie.object": asking(subject=OBJECT),
    "network.owner": asking(record={"sourceIPAddress": "198.51.100.9"}),
    "cloudtrail.deleted": asking(subject=GROUP),
    "cloudtrail.trails": asking(),
    "config.recorder": asking(),
    "cloudformation.stack": asking(native_id=STACK),
    "ec2.ebs_defaults": asking(),
    "ec2.metadata_options": asking(subject=INSTANCE),
    "ec2.network_exposure": asking(subject=INSTANCE),
    "guardduty.detector": asking(),
    "iam.mfa": asking(subject=USER),
    "inspector.coverage": asking(subject=INSTANCE, native_id=INSPECTED),
    "kms.key": asking(subject=about(f"arn:aws:kms:{HERE}:key/k1")),
    "lambda.policy": asking(subject=about(f"arn:aws:lambda:{HERE}:function:resize")),
    "rds.instance": asking(subject=about(f"arn:aws:rds:{HERE}:db:orders")),
    "s3.secure_transport": asking(),
    "snapshot.sharing": asking(subject=SNAPSHOT),
    "cloudtrail.last_change": asking(),
    "cloudtrail.principal_activity": asking(principal="arn:aws:iam::111122223333:user/bob"),
    "config.item_at": asking(),
    "ec2.security_group": asking(subject=GROUP),
    "iam.access_key": asking(subject=KEY),
    "iam.user_keys": asking(subject=USER),
    "resource.exists": asking(),
    "s3.public_access": asking(),
    "source.finding": asking(record=FINDING),
}


def failed(kind: Failure) -> Failed:
    return Failed(failure=kind, detail="a.call")


def nothing(read: Read) -> Got:
    return Got(payload={}, as_of=NOON, source=read.kind)


def test_every_question_that_reads_anything_is_in_the_table():
    assert set(ASKED) == set(QUESTIONS) - {"account"}


@pytest.mark.parametrize("kind", Failure)
@pytest.mark.parametrize("name", ASKED)
def test_a_look_up_that_failed_is_unknown_and_says_why(name, kind):
    question, asked = QUESTIONS[name], ASKED[name]
    answer = question.interpret(asked, [failed(kind) for _ in question.plan(asked)])
    assert answer == Unknown(reason=f"the look-up was {kind} (a.call)")


@pytest.mark.parametrize("name", ASKED)
def test_one_look_up_that_failed_among_empty_ones_is_unknown(name):
    question, asked = QUESTIONS[name], ASKED[name]
    reads = question.plan(asked)
    for place in range(len(reads)):
        raw: list[RawRead] = [nothing(read) for read in reads]
        raw[place] = failed(Failure.PARTIAL)
        assert isinstance(question.interpret(asked, raw), Unknown), (name, place)


@pytest.mark.parametrize("name", sorted(set(ASKED) - {"source.finding"}))
def test_an_answer_without_members_is_no_answer(name):
    question, asked = QUESTIONS[name], ASKED[name]
    answer = question.interpret(asked, [nothing(read) for read in question.plan(asked)])
    assert isinstance(answer, Unknown), answer


@pytest.mark.parametrize("name", ASKED)
def test_a_code_nobody_expects_is_no_answer(name):
    question, asked = QUESTIONS[name], ASKED[name]
    gone = Missing(code="SomethingElse", as_of=NOON, source="-")
    answer = question.interpret(asked, [gone for _ in question.plan(asked)])
    assert isinstance(answer, Unknown), answer


def test_the_account_needs_no_look_up():
    question, asked = QUESTIONS["account"], asking()
    unlisted = replace(asked, account=an_account(listed=False))
    assert question.plan(asked) == ()
    answer = question.interpret(unlisted, [])
    assert isinstance(answer, Known)
    assert (answer.value["tier"], answer.value["listed"]) == ("production", False)


def test_a_threat_asks_its_own_source():
    (read,) = QUESTIONS["source.finding"].plan(
        Asking(ticket=a_threat(source=Source.GUARDDUTY), account=an_account(), now=NOON)
    )
    assert read.kind == "guardduty.get_findings"
