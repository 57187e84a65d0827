"""Every fix the engine applies, by the name that playbooks give it. One row a file."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.playbook.fixes import RUN_AUTOMATION
from triage.remediations import (
    cloudtrail_start_logging,
    config_start_recorder,
    ec2_block_address,
    ec2_enable_ebs_encryption,
    ec2_isolate_instance,
    ec2_require_imdsv2,
    ec2_revoke_ingress,
    ec2_snapshot_volumes,
    ec2_unshare_image,
    ec2_unshare_snapshot,
    guardduty_enable_detector,
    iam_deactivate_access_key,
    iam_deny_user,
    iam_revoke_role_sessions,
    inspector_enable,
    kms_cancel_key_deletion,
    kms_enable_rotation,
    lambda_remove_public_permission,
    lambda_stop,
    network_firewall_block_address,
    rds_make_private,
    rds_unshare_cluster_snapshot,
    rds_unshare_snapshot,
    s3_block_account_public_access,
    s3_block_public_access,
    s3_require_tls,
    ssm_run_automation,
    wafv2_block_address,
)
from triage.remediations.remediation import Remediation

CATALOGUE: Mapping[str, Remediation] = MappingProxyType(
    {
        "cloudtrail.start_logging": cloudtrail_start_logging.REMEDIATION,
        "config.start_recorder": config_start_recorder.REMEDIATION,
        "ec2.block_address": ec2_block_address.REMEDIATION,
        "ec2.enable_ebs_encryption": ec2_enable_ebs_encryption.REMEDIATION,
        "ec2.isolate_instance": ec2_isolate_instance.REMEDIATION,
        "ec2.require_imdsv2": ec2_require_imdsv2.REMEDIATION,
        "ec2.revoke_ingress": ec2_revoke_ingress.REMEDIATION,
        "ec2.snapshot_volumes": ec2_snapshot_volumes.REMEDIATION,
        "ec2.unshare_image": ec2_unshare_image.REMEDIATION,
        "ec2.unshare_snapshot": ec2_unshare_snapshot.REMEDIATION,
        "guardduty.enable_detector": guardduty_enable_detector.REMEDIATION,
        "iam.deactivate_access_key": iam_deactivate_access_key.REMEDIATION,
        "iam.deny_user": iam_deny_user.REMEDIATION,
        "iam.revoke_role_sessions": iam_revoke_role_sessions.REMEDIATION,
        "inspector.enable": inspector_enable.REMEDIATION,
        "kms.cancel_key_deletion": kms_cancel_key_deletion.REMEDIATION,
        "kms.enable_rotation": kms_enable_rotation.REMEDIATION,
        "lambda.remove_public_permission": lambda_remove_public_permission.REMEDIATION,
        "lambda.stop": lambda_stop.REMEDIATION,
        "network-firewall.block_address": network_firewall_block_address.REMEDIATION,
        "rds.make_private": rds_make_private.REMEDIATION,
        "rds.unshare_cluster_snapshot": rds_unshare_cluster_snapshot.REMEDIATION,
        "rds.unshare_snapshot": rds_unshare_snapshot.REMEDIATION,
        "s3.block_account_public_access": s3_block_account_public_access.REMEDIATION,
        "s3.block_public_access": s3_block_public_access.REMEDIATION,
        "s3.require_tls": s3_require_tls.REMEDIATION,
        RUN_AUTOMATION: ssm_run_automation.REMEDIATION,
        "wafv2.block_address": wafv2_block_address.REMEDIATION,
    }
)
