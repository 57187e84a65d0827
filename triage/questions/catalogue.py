"""Every question there is: a new one is one file and one row."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.questions import (
    account,
    cloudtrail_last_change,
    cloudtrail_principal_activity,
    config_item_at,
    ec2_security_group,
    iam_access_key,
    iam_user_keys,
    resource_exists,
    s3_public_access,
    source_finding,
)
from triage.questions.question import Question

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        module.QUESTION.name: module.QUESTION
        for module in (
            account,
            cloudtrail_last_change,
            cloudtrail_principal_activity,
            config_item_at,
            ec2_security_group,
            iam_access_key,
            iam_user_keys,
            resource_exists,
            s3_public_access,
            source_finding,
        )
    }
)
