"""Which kind of statement a finding type makes. A table; unlisted types are threats.

Sources: Security Hub user guide, control reference (controls whose failure says that something
is public, shared or open right now); Config developer guide, list of managed rules.
"""

import re

from triage.domain.ticket import FindingClass

OPEN_CONTROLS = frozenset(
    [
        "AutoScaling.5",
        "CloudTrail.6",
        "DMS.1",
        "DocumentDB.3",
        "EC2.1",
        "EC2.13",
        "EC2.14",
        "EC2.18",
        "EC2.19",
        "EC2.21",
        "EC2.53",
        "EC2.54",
        "EC2.9",
        "ECS.2",
        "ECS.16",
        "EKS.1",
        "EMR.1",
        "ES.2",
        "KMS.5",
        "Lambda.1",
        "MSK.4",
        "MSK.6",
        "Neptune.3",
        "Opensearch.2",
        "RDS.1",
        "RDS.2",
        "RDS.46",
        "Redshift.1",
        "Redshift.15",
        "RedshiftServerless.3",
        "S3.2",
        "S3.3",
        "S3.6",
        "SNS.4",
        "SQS.3",
        "SSM.4",
        "PCI.DMS.1",
        "PCI.EC2.1",
        "PCI.EC2.5",
        "PCI.ES.1",
        "PCI.Lambda.1",
        "PCI.RDS.1",
        "PCI.RDS.2",
        "PCI.Redshift.1",
        "PCI.S3.1",
        "PCI.S3.2",
    ]
)
"""Security Hub controls, consolidated and PCI DSS 3.2.1 ids."""
OPEN_GENERATORS = frozenset(
    [
        "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.3",
        "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.1",
        "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.2",
        "cis-aws-foundations-benchmark/v/1.4.0/3.3",
        "cis-aws-foundations-benchmark/v/1.4.0/5.1",
        "cis-aws-foundations-benchmark/v/3.0.0/2.3.3",
        "cis-aws-foundations-benchmark/v/3.0.0/5.1",
        "cis-aws-foundations-benchmark/v/3.0.0/5.2",
        "cis-aws-foundations-benchmark/v/3.0.0/5.3",
    ]
)
"""CIS editions whose numbers stand alone: log bucket or database public, SSH, RDP or admin ports
open. Security Hub user guide, "CIS AWS Foundations Benchmark"."""
OPEN_RULES = frozenset(
    [
        "autoscaling-launch-config-public-ip-disabled",
        "cloudtrail-s3-bucket-public-access-prohibited",
        "dms-replication-not-public",
        "docdb-cluster-snapshot-public-prohibited",
        "ebs-snapshot-public-restorable-check",
        "ec2-instance-no-public-ip",
        "eks-endpoint-no-public-access",
        "elasticsearch-in-vpc-only",
        "emr-master-no-public-ip",
        "incoming-ssh-disabled",
        "kms-key-policy-no-public-access",
        "lambda-function-public-access-prohibited",
        "msk-unrestricted-access-check",
        "nacl-no-unrestricted-ssh-rdp",
        "neptune-cluster-snapshot-public-prohibited",
        "opensearch-in-vpc-only",
        "no-unrestricted-route-to-igw",
        "rds-instance-public-access-check",
        "rds-instance-subnet-igw-check",
        "rds-snapshots-public-prohibited",
        "redshift-cluster-public-access-check",
        "redshift-unrestricted-port-access",
        "restricted-common-ports",
        "restricted-rdp",
        "restricted-ssh",
        "s3-bucket-blacklisted-actions-prohibited",
        "s3-bucket-public-read-prohibited",
        "s3-bucket-public-write-prohibited",
        "sns-topic-no-public-access",
        "sqs-queue-no-public-access",
        "ssm-document-not-public",
        "vpc-sg-open-only-to-authorized-ports",
        "vpc-sg-port-restriction-check",
    ]
)
"""AWS Config managed rules, as they are named in the guide."""
EXPOSURES = OPEN_CONTROLS | OPEN_GENERATORS | OPEN_RULES

PRODUCTS = {
    "aws/access-analyzer": FindingClass.EXPOSURE,
    "aws/config": FindingClass.POSTURE,
    "aws/inspector": FindingClass.POSTURE,
    "aws/macie": FindingClass.EXPOSURE,
}
"""What an ASFF product that writes no Compliance block speaks of."""

DRESSED = (
    re.compile(r"^securityhub-(?P<rule>.+)-[0-9a-z]{6,8}$"),
    re.compile(r"^(?P<rule>.+)-conformance-pack-[0-9a-z]+$"),
    re.compile(r"^awscontroltower-aws-gr-(?P<rule>.+)$"),
)
"""What Security Hub, conformance packs and Control Tower put around a managed rule's name."""


def managed_rule(name: str) -> str:
    """Give the managed rule behind a rule's name, also when named by its identifier."""
    plain = name.lower().replace("_", "-")
    found = (dress.match(plain) for dress in DRESSED)
    return next((match["rule"] for match in found if match), plain)


def of_rule(name: str) -> FindingClass:
    """Config rules are posture unless listed as open."""
    return FindingClass.EXPOSURE if managed_rule(name) in EXPOSURES else FindingClass.POSTURE


def of_asff(type_: str, product: str, *, has_compliance: bool, generator: str = "") -> FindingClass:
    """GuardDuty's findings never come here: they are threats in every format."""
    if type_ in EXPOSURES or generator in OPEN_GENERATORS:
        return FindingClass.EXPOSURE
    if has_compliance:
        return FindingClass.POSTURE
    return PRODUCTS.get(product, FindingClass.THREAT)
