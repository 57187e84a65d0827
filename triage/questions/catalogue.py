"""Every question there is: a new one is one file and one row."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.questions import (
    access_analyzer_finding,
    account,
    cloudtrail_last_change,
    cloudtrail_principal_activity,
    cloudwatch_alarm,
    config_item_at,
    ec2_security_group,
    guardduty_history,
    history_verdicts,
    iam_access_key,
    iam_last_used,
    iam_role,
    iam_user_keys,
    macie_object,
    network_owner,
    resource_exists,
    s3_public_access,
    source_finding,
)
from triage.questions.question import Question

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        module.QUESTION.name: module.QUESTION
        for module in (
            access_analyzer_finding,
            account,
            cloudtrail_last_change,
            cloudtrail_principal_activity,
            cloudwatch_alarm,
            config_item_at,
            ec2_security_group,
            guardduty_history,
            history_verdicts,
            iam_access_key,
            iam_last_used,
            iam_role,
            iam_user_keys,
            macie_object,
            network_owner,
            resource_exists,
            s3_public_access,
            source_finding,
        )
    }
)
