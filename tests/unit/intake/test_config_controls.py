"""Claims about which Config evaluations are a Security Hub control's own."""

import pytest

from triage.domain.severity import Label
from triage.intake.config_controls import (
    CONTROLS,
    RESOURCES,
    Control,
    control_of,
    resource_arn,
    resource_id,
)
from triage.intake.config_controls_table import CRITICAL, HIGH, LOW, MEDIUM

OWN = (
    "arn:aws:config:eu-west-1:111122223333:"
    "config-rule/aws-service-rule/securityhub.amazonaws.com/config-rule-abcdef"
)
PACK = OWN.replace("securityhub.amazonaws.com", "config-conforms.amazonaws.com")
CUSTOMER = "arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef"
RULE = "securityhub-s3-bucket-level-public-access-prohibited-7bed22bb"
PLACE = {"account": "111122223333", "region": "eu-west-1", "partition": "aws"}


def test_a_rule_of_security_hubs_own_is_its_control():
    assert control_of(OWN, RULE) == Control("S3.8", Label.HIGH)


@pytest.mark.parametrize(
    ("rule_arn", "rule"),
    [
        (CUSTOMER, RULE),
        (PACK, RULE),
        ("", RULE),
        (OWN, "securityhub-vpc-sg-port-restriction-check-0a1b2c3d"),
        (OWN, "securityhub-iam-user-unused-credentials-check-0028a77f"),
        (OWN, "securityhub-tagged-iam-user-0a1b2c3d"),
        (OWN, "securityhub-s3-bucket-level-public-access-prohibited-too-7bed22bb"),
    ],
)
def test_every_other_rule_stays_a_config_rule(rule_arn, rule):
    assert control_of(rule_arn, rule) is None


def test_no_rule_is_listed_for_two_controls():
    rules = [line.split()[1] for text in (CRITICAL, HIGH, MEDIUM, LOW) for line in rows(text)]
    assert len(rules) == len(set(rules)) == len(CONTROLS)


def rows(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize(
    ("kind", "id_", "wanted"),
    [
        ("AWS::S3::Bucket", "reports", "arn:aws:s3:::reports"),
        ("AWS::::Account", "111122223333", "AWS::::Account:111122223333"),
        (
            "AWS::EC2::SecurityGroup",
            "sg-0a",
            "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a",
        ),
        (
            "AWS::CloudFront::Distribution",
            "E1",
            "arn:aws:cloudfront::111122223333:distribution/E1",
        ),
        ("AWS::RDS::DBSnapshot", "rds:a-1", "arn:aws:rds:eu-west-1:111122223333:snapshot:rds:a-1"),
    ],
)
def test_a_resource_is_named_as_security_hub_names_it_and_back(kind, id_, wanted):
    assert resource_arn(kind, id_, **PLACE) == wanted
    assert resource_id(kind, wanted) == id_


@pytest.mark.parametrize("kind", RESOURCES)
def test_naming_and_back_is_the_same_resource_for_every_type(kind):
    assert resource_id(kind, resource_arn(kind, "thing-1", **PLACE)) == "thing-1"


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("AWS::IAM::User", "AIDAEXAMPLE"),
        ("AWS::IAM::Role", "AROAEXAMPLE"),
        ("AWS::RDS::DBInstance", "db-EXAMPLE"),
        ("AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"),
        ("", "reports"),
        ("AWS::S3::Bucket", ""),
    ],
)
def test_a_resource_without_one_certain_arn_has_none(kind, id_):
    assert resource_arn(kind, id_, **PLACE) == ""


@pytest.mark.parametrize("lacking", PLACE)
def test_an_arn_is_never_made_of_half_a_place(lacking):
    place = PLACE | {lacking: ""}
    assert resource_arn("AWS::EC2::VPC", "vpc-1", **place) == ""


def test_an_id_that_is_an_arn_is_the_arn():
    topic = "arn:aws:sns:eu-west-1:111122223333:orders"
    assert resource_arn("AWS::SNS::Topic", topic, **PLACE) == topic


def test_an_arn_of_another_type_or_an_unknown_type_gives_no_id():
    assert resource_id("AWS::S3::Bucket", "arn:aws:sns:eu-west-1:111122223333:orders") == ""
    assert resource_id("AWS::IAM::User", "arn:aws:iam::111122223333:user/jens") == ""
