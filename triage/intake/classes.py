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

OPEN_CHECKS = frozenset(
    [
        "awslambda_function_not_publicly_accessible",
        "awslambda_function_url_public",
        "cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
        "dms_instance_no_public_access",
        "documentdb_cluster_public_snapshot",
        "ec2_ami_public",
        "ec2_ebs_public_snapshot",
        "ec2_instance_internet_facing_with_instance_profile",
        "ec2_instance_public_ip",
        "ec2_networkacl_allow_ingress_any_port",
        "ec2_networkacl_allow_ingress_tcp_port_22",
        "ec2_networkacl_allow_ingress_tcp_port_3389",
        "ecr_repositories_not_publicly_accessible",
        "efs_not_publicly_accessible",
        "eks_cluster_not_publicly_accessible",
        "eks_endpoints_not_publicly_accessible",
        "emr_cluster_publicly_accesible",
        "glacier_vaults_policy_public_access",
        "kafka_cluster_is_public",
        "neptune_cluster_public_snapshot",
        "opensearch_service_domains_not_publicly_accessible",
        "rds_instance_no_public_access",
        "rds_snapshots_public_access",
        "redshift_cluster_public_access",
        "s3_bucket_policy_public_write_access",
        "s3_bucket_public_access",
        "s3_bucket_public_list_acl",
        "s3_bucket_public_write_acl",
        "sns_topics_not_publicly_accessible",
        "sqs_queues_not_publicly_accessible",
        "ssm_documents_set_as_public",
    ]
)
"""Prowler checks (https://hub.prowler.com) whose failure says something is public or open now."""
OPEN_CHECK_PREFIX = "ec2_securitygroup_allow_ingress_from_internet_"
THREAT_CHECK_PREFIX = "cloudtrail_threat_detection_"
PROWLER_PREFIX = "prowler-"

PRODUCTS = {
    "aws/access-analyzer": FindingClass.EXPOSURE,
    "aws/config": FindingClass.POSTURE,
    "aws/inspector": FindingClass.POSTURE,
    "aws/macie": FindingClass.EXPOSURE,
}
"""What an ASFF product that writes no Compliance block speaks of."""

MACIE_POSTURE = frozenset(
    {
        "Policy:IAMUser/S3BlockPublicAccessDisabled",
        "Policy:IAMUser/S3BucketEncryptionDisabled",
    }
)
"""A protection is off, and nothing is open yet. Macie user guide, "Types of findings"."""
MACIE_EXPOSURES = ("Policy:IAMUser/S3Bucket", "SensitiveData:")
"""Beginnings: a bucket public, shared or replicated elsewhere; sensitive data where it lies."""
INSPECTOR = {
    "PACKAGE_VULNERABILITY": FindingClass.POSTURE,
    "CODE_VULNERABILITY": FindingClass.POSTURE,
    "NETWORK_REACHABILITY": FindingClass.EXPOSURE,
}
"""Inspector API reference, FindingType."""

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
    if type_.startswith(PROWLER_PREFIX):
        return of_prowler(type_)
    if has_compliance:
        return FindingClass.POSTURE
    return PRODUCTS.get(product, FindingClass.THREAT)


def of_macie(type_: str) -> FindingClass:
    """Two policy types are posture, every other documented one exposure."""
    if type_ in MACIE_POSTURE:
        return FindingClass.POSTURE
    return FindingClass.EXPOSURE if type_.startswith(MACIE_EXPOSURES) else FindingClass.THREAT


def of_control(control: str) -> FindingClass:
    """Sort a Security Hub control: posture unless listed as open."""
    return FindingClass.EXPOSURE if control in OPEN_CONTROLS else FindingClass.POSTURE


def of_inspector(type_: str) -> FindingClass:
    """Vulnerable is posture, reachable is exposure; a type nobody listed is a threat."""
    return INSPECTOR.get(type_, FindingClass.THREAT)


def of_prowler(check: str) -> FindingClass:
    """Prowler checks are posture unless listed as open; a few of them read CloudTrail instead."""
    name = check.removeprefix(PROWLER_PREFIX)
    if name.startswith(THREAT_CHECK_PREFIX):
        return FindingClass.THREAT
    listed = name in OPEN_CHECKS or name.startswith(OPEN_CHECK_PREFIX)
    return FindingClass.EXPOSURE if listed else FindingClass.POSTURE


def of_ocsf(class_uid: int, type_: str, *, about_now: bool) -> FindingClass:
    """By class, where it speaks of the present; `about_now` decides for the old mixed class."""
    posture = class_uid in OCSF_POSTURE or (class_uid == OCSF_MIXED and about_now)
    if not posture:
        return FindingClass.THREAT
    return FindingClass.EXPOSURE if type_ in EXPOSURES else FindingClass.POSTURE


OCSF_POSTURE = frozenset({2002, 2003, 2007})
"""Vulnerability, Compliance, Application Security Posture (https://schema.ocsf.io)."""
OCSF_MIXED = 2001
"""Security Finding, which OCSF split into the others in 1.1."""
