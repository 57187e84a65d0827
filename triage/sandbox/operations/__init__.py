"""Operations of our own, one file per service, each with its table; here the tables are joined."""

from collections.abc import Callable, Mapping, Sequence

from triage.sandbox.call import Call, Operation
from triage.sandbox.operations import (
    accessanalyzer,
    closing,
    cloudformation,
    cloudtrail,
    config,
    ec2_interfaces,
    ec2_sharing,
    guardduty,
    iam,
    inspector2,
    lambda_urls,
    macie2,
    network_firewall,
    organizations,
    s3,
    security_ir,
    securityhub,
    securityhub_v2,
    silencers,
    sqs,
    ssm,
)
from triage.sandbox.world import World

OPERATIONS: Mapping[str, Operation] = {
    **accessanalyzer.OPERATIONS,
    **closing.OPERATIONS,
    **cloudformation.OPERATIONS,
    **cloudtrail.OPERATIONS,
    **config.OPERATIONS,
    **ec2_interfaces.OPERATIONS,
    **ec2_sharing.OPERATIONS,
    **guardduty.OPERATIONS,
    **inspector2.OPERATIONS,
    **lambda_urls.OPERATIONS,
    **macie2.OPERATIONS,
    **network_firewall.OPERATIONS,
    **security_ir.OPERATIONS,
    **securityhub.OPERATIONS,
    **securityhub_v2.OPERATIONS,
    **silencers.OPERATIONS,
    **sqs.OPERATIONS,
    **ssm.OPERATIONS,
}
"""`service.Operation` to the function that answers it. What is not here goes to moto."""

GUARDS: Sequence[Callable[[World, Call], None]] = (
    s3.owned_by_the_caller,
    iam.key_of_the_caller,
    organizations.asked_by_its_management,
)
"""Asked before every answer, moto's included; each may raise Refused."""
