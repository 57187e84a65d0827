"""Every question there is: a new one is one file and one row."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.questions import (
    account,
    cloudformation_stack,
    cloudtrail_deleted,
    cloudtrail_last_change,
    cloudtrail_principal_activity,
    cloudtrail_trails,
    config_item_at,
    config_recorder,
    ec2_ebs_defaults,
    ec2_metadata_options,
    ec2_network_exposure,
    ec2_security_group,
    guardduty_detector,
    iam_access_key,
    iam_mfa,
    iam_user_keys,
    inspector_coverage,
    kms_key,
    lambda_policy,
    rds_instance,
    resource_exists,
    s3_public_access,
    s3_secure_transport,
    snapshot_sharing,
    source_finding,
)
from triage.questions.question import Question

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        module.QUESTION.name: module.QUESTION
        for module in (
            account,
            cloudformation_stack,
            cloudtrail_deleted,
            cloudtrail_last_change,
            cloudtrail_principal_activity,
            cloudtrail_trails,
            config_item_at,
            config_recorder,
            ec2_ebs_defaults,
            ec2_metadata_options,
            ec2_network_exposure,
            ec2_security_group,
            guardduty_detector,
            iam_access_key,
            iam_mfa,
            iam_user_keys,
            inspector_coverage,
            kms_key,
            lambda_policy,
            rds_instance,
            resource_exists,
            s3_public_access,
            s3_secure_transport,
            snapshot_sharing,
            source_finding,
        )
    }
)
