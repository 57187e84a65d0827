"""A Config evaluation behind a Security Hub control, and a Config finding told by Security Hub.

Security Hub checks most controls with Config rules that it creates itself. Their events speak of
the same concern as the control finding that follows, so both get its key, provided three things
are certain: the rule is Security Hub's own (its ARN says so, which no customer can make), it serves
one control, and Config's resource id has one ARN. Otherwise the Config identity stays.

docs/decisions/0006 says what a joined event is then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from triage.domain.severity import FLOORS, Label, Severity
from triage.domain.ticket import Format, Source, Subject, Ticket
from triage.intake import arn, classes, identity
from triage.intake.config_controls_table import CRITICAL, HIGH, LOW, MEDIUM
from triage.intake.fields import Fields
from triage.intake.subjects import called

PRODUCT = "aws/config"
OWN_RULES = ":config-rule/aws-service-rule/securityhub.amazonaws.com/"
"""In the ARN of a rule that Security Hub created (Config developer guide, service-linked rules)."""
ACCOUNT = "AWS::::Account"
NORMALIZED = {label: floor for floor, label in FLOORS}
"""What Security Hub writes beside its label: the lowest number of the band (ASFF, Severity)."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control's id and the severity its page states."""

    id: str
    severity: Label


def _rows(text: str, severity: Label) -> dict[str, Control]:
    lines = (line.split() for line in text.strip().splitlines())
    return {rule: Control(control, severity) for control, rule in lines}


CONTROLS: Mapping[str, Control] = (
    _rows(CRITICAL, Label.CRITICAL)
    | _rows(HIGH, Label.HIGH)
    | _rows(MEDIUM, Label.MEDIUM)
    | _rows(LOW, Label.LOW)
)
"""Rule to control."""

RESOURCES: Mapping[str, str] = {
    ACCOUNT: "AWS::::Account:{id}",
    "AWS::CloudFront::Distribution": "arn:{partition}:cloudfront::{account}:distribution/{id}",
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{id}",
    "AWS::EC2::Instance": "arn:{partition}:ec2:{region}:{account}:instance/{id}",
    "AWS::EC2::LaunchTemplate": "arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
    "AWS::EC2::NetworkAcl": "arn:{partition}:ec2:{region}:{account}:network-acl/{id}",
    "AWS::EC2::NetworkInterface": "arn:{partition}:ec2:{region}:{account}:network-interface/{id}",
    "AWS::EC2::SecurityGroup": "arn:{partition}:ec2:{region}:{account}:security-group/{id}",
    "AWS::EC2::Subnet": "arn:{partition}:ec2:{region}:{account}:subnet/{id}",
    "AWS::EC2::TransitGateway": "arn:{partition}:ec2:{region}:{account}:transit-gateway/{id}",
    "AWS::EC2::VPC": "arn:{partition}:ec2:{region}:{account}:vpc/{id}",
    "AWS::EC2::VPNConnection": "arn:{partition}:ec2:{region}:{account}:vpn-connection/{id}",
    "AWS::EC2::Volume": "arn:{partition}:ec2:{region}:{account}:volume/{id}",
    "AWS::ECR::Repository": "arn:{partition}:ecr:{region}:{account}:repository/{id}",
    "AWS::EFS::FileSystem": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
    "AWS::EKS::Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "AWS::Kinesis::Stream": "arn:{partition}:kinesis:{region}:{account}:stream/{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::RDS::DBClusterSnapshot": "arn:{partition}:rds:{region}:{account}:cluster-snapshot:{id}",
    "AWS::RDS::DBSnapshot": "arn:{partition}:rds:{region}:{account}:snapshot:{id}",
    "AWS::Redshift::Cluster": "arn:{partition}:redshift:{region}:{account}:cluster:{id}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
}
"""CloudFormation type to what Security Hub calls the resource (Service Authorization Reference,
"Resource types defined by …"), where Config's id is the ARN's last part. Not here: IAM users and
roles (Config has the unique id, the ARN the name), RDS instances and clusters (the same), queues
(Config has the URL). An id that is an ARN already needs no row.
"""
PARTS = ("partition", "region", "account", "id")


def control_of(rule_arn: str, rule: str) -> Control | None:
    """Give the one control that a rule of Security Hub's own serves; None for every other rule."""
    return CONTROLS.get(classes.managed_rule(rule)) if OWN_RULES in rule_arn else None


def resource_arn(kind: str, id_: str, *, account: str, region: str, partition: str) -> str:
    """Name a resource as Security Hub does; "" when that is not certain."""
    template = RESOURCES.get(kind, "")
    if arn.is_arn(id_):
        return id_
    known = {"partition": partition, "region": region, "account": account, "id": id_}
    needed = [part for part in PARTS if f"{{{part}}}" in template]
    return template.format(**known) if template and all(known[part] for part in needed) else ""


def resource_id(kind: str, resource: str) -> str:
    """Turn a resource's ARN back into Config's id, where the type has a row; "" otherwise."""
    template = RESOURCES.get(kind)
    pattern = _pattern(template) if template else None
    found = pattern.match(resource) if pattern else None
    return found["id"] if found else ""


def _pattern(template: str) -> re.Pattern[str]:
    text = re.escape(template)
    for part in PARTS:
        group = f"(?P<{part}>.+)" if part == "id" else f"(?P<{part}>[^:]*)"
        text = text.replace(re.escape(f"{{{part}}}"), group)
    return re.compile(f"^{text}$")


def joined(ticket: Ticket) -> Ticket:
    """Give a Config change the identity of the control finding it leads to, where that is certain.

    The subject becomes the ARN that the finding names. Its severity is the control's own, so that
    the finding that follows does not seem to lower it.
    """
    control = control_of(ticket.native_id, ticket.type)
    subject = ticket.subject
    named = resource_arn(
        subject.kind,
        subject.id,
        account=ticket.account,
        region=ticket.region or "",
        partition=arn.parts(ticket.native_id)[1],
    )
    if control is None or not (named and ticket.region):
        return ticket
    return replace(
        ticket,
        key=identity.control(ticket.account, ticket.region, control.id, named),
        source=Source.SECURITYHUB,
        format=Format.EVALUATION,
        type=control.id,
        finding_class=classes.of_control(control.id),
        severity=Severity(NORMALIZED[control.severity]),
        subject=called(named, subject.kind),
    )


def retold(ticket: Ticket, finding: Fields, _native_type: str) -> Ticket:
    """A Config rule's finding in ASFF is the Config change itself: the rule's key, type and class.

    Security Hub user guide, "AWS Config (Sends findings)". Where the resource's Config id cannot
    be told from what the finding names, its ASFF identity stays.
    """
    fields = finding.within("ProductFields")
    rule = fields.text("aws/config/ConfigRuleName")
    if not rule:
        return ticket
    kind, id_ = _config_resource(ticket.subject)
    key = identity.config_rule(ticket.account, ticket.region, rule, kind, id_) if id_ else None
    return replace(
        ticket,
        key=key or ticket.key,
        source=Source.CONFIG,
        type=rule,
        finding_class=classes.of_rule(rule),
    )


def _config_resource(subject: Subject) -> tuple[str, str]:
    """Config's own type and id of it; an account is an "Other" in ASFF."""
    kind = ACCOUNT if subject.id.startswith(f"{ACCOUNT}:") else subject.kind
    return kind, resource_id(kind, subject.id)
