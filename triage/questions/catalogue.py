"""Every question there is: a new one is one file and one row."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.questions import (
    access_analyzer_finding,
    account,
    cloudformation_stack,
    cloudtrail_deleted,
    cloudtrail_last_change,
    cloudtrail_principal_activity,
    cloudtrail_trails,
    cloudwatch_alarm,
    config_item_at,
    config_recorder,
    ec2_ebs_defaults,
    ec2_metadata_options,
    ec2_network_exposure,
    ec2_security_group,
    guardduty_detector,
    guardduty_history,
    history_verdicts,
    iam_access_key,
    iam_last_used,
    iam_mfa,
    iam_role,
    iam_user_keys,
    inspector_coverage,
    kms_key,
    lambda_policy,
    macie_object,
    network_owner,
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
            access_analyzer_finding,
            account,
            cloudformation_stack,
            cloudtrail_deleted,
            cloudtrail_last_change,
            cloudtrail_principal_activity,
            cloudtrail_trails,
            cloudwatch_alarm,
            config_item_at,
            config_recorder,
            ec2_ebs_defaults,
            ec2_metadata_options,
            ec2_network_exposure,
            ec2_security_group,
            guardduty_detector,
            guardduty_history,
            history_verdicts,
            iam_access_key,
            iam_last_used,
            iam_mfa,
            iam_role,
            iam_user_keys,
            inspector_coverage,
            kms_key,
            lambda_policy,
            macie_object,
            network_owner,
            rds_instance,
            resource_exists,
            s3_public_access,
            s3_secure_transport,
            snapshot_sharing,
            source_finding,
        )
    }
)
