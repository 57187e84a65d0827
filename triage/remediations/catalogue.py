"""Every fix the engine applies, by the name that playbooks give it. One row a file."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.remediations import (
    ec2_revoke_ingress,
    guardduty_enable_detector,
    iam_deactivate_access_key,
    iam_deny_user,
    s3_block_public_access,
    s3_require_tls,
)
from triage.remediations.remediation import Remediation

CATALOGUE: Mapping[str, Remediation] = MappingProxyType(
    {
        "ec2.revoke_ingress": ec2_revoke_ingress.REMEDIATION,
        "guardduty.enable_detector": guardduty_enable_detector.REMEDIATION,
        "iam.deactivate_access_key": iam_deactivate_access_key.REMEDIATION,
        "iam.deny_user": iam_deny_user.REMEDIATION,
        "s3.block_public_access": s3_block_public_access.REMEDIATION,
        "s3.require_tls": s3_require_tls.REMEDIATION,
    }
)
