"""How bad a single API call is by itself. CloudTrail states no severity; this table does."""

from triage.domain.severity import Label, Severity
from triage.intake.fields import Fields

TAMPERING = """
    cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail
    cloudtrail:PutEventSelectors cloudtrail:PutInsightSelectors
    cloudtrail:DeleteEventDataStore cloudtrail:UpdateEventDataStore
    cloudtrail:StopEventDataStoreIngestion
    config:StopConfigurationRecorder config:DeleteConfigurationRecorder
    config:PutConfigurationRecorder config:DeleteDeliveryChannel config:DeleteConfigRule
    config:DeleteConformancePack config:DeleteOrganizationConfigRule
    guardduty:DeleteDetector guardduty:UpdateDetector guardduty:UpdateMemberDetectors
    guardduty:UpdateOrganizationConfiguration guardduty:ArchiveFindings
    guardduty:CreateFilter guardduty:UpdateFilter guardduty:CreateIPSet guardduty:UpdateIPSet
    guardduty:DeleteThreatIntelSet guardduty:DeletePublishingDestination
    guardduty:DisassociateFromAdministratorAccount guardduty:DisassociateFromMasterAccount
    guardduty:DisassociateMembers guardduty:DeleteMembers guardduty:StopMonitoringMembers
    securityhub:DisableSecurityHub securityhub:DisableSecurityHubV2
    securityhub:BatchDisableStandards securityhub:CreateAutomationRule
    securityhub:BatchUpdateAutomationRules securityhub:DeleteMembers
    securityhub:DisassociateMembers securityhub:DisassociateFromAdministratorAccount
    inspector2:Disable inspector2:CreateFilter inspector2:UpdateFilter
    macie2:DisableMacie macie2:UpdateMacieSession macie2:CreateFindingsFilter
    macie2:UpdateFindingsFilter
    access-analyzer:DeleteAnalyzer access-analyzer:CreateArchiveRule
    access-analyzer:UpdateArchiveRule
    ec2:DeleteFlowLogs route53resolver:DeleteResolverQueryLogConfig
    logs:DeleteLogGroup logs:DeleteLogStream logs:DeleteSubscriptionFilter
    logs:DeleteMetricFilter
    events:DisableRule events:DeleteRule events:RemoveTargets
    monitoring:DeleteAlarms monitoring:DisableAlarmActions monitoring:SetAlarmState
    organizations:LeaveOrganization
    s3:PutBucketLogging wafv2:DeleteLoggingConfiguration
    """
"""As `service:EventName`, the service as CloudTrail's eventSource has it: CloudWatch is monitoring.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-monitoring.html
"""
OTHER_HIGH_CALLS = "s3:DeleteBucketLogging"
MEDIUM_CALLS = """
    iam:CreateUser iam:CreateAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile
    iam:AttachUserPolicy iam:AttachRolePolicy iam:AttachGroupPolicy
    iam:PutUserPolicy iam:PutRolePolicy iam:PutGroupPolicy iam:CreatePolicyVersion
    iam:SetDefaultPolicyVersion iam:UpdateAssumeRolePolicy iam:AddUserToGroup
    iam:DeactivateMFADevice iam:DeleteVirtualMFADevice iam:CreateSAMLProvider
    iam:CreateOpenIDConnectProvider iam:UpdateSAMLProvider
    ec2:AuthorizeSecurityGroupIngress ec2:ModifySnapshotAttribute ec2:ModifyImageAttribute
    ec2:GetPasswordData ec2:CreateKeyPair ec2:ImportKeyPair ec2-instance-connect:SendSSHPublicKey
    kms:DisableKey kms:PutKeyPolicy kms:ScheduleKeyDeletion
    lambda:AddPermission lambda:AddPermission20150331v2
    rds:ModifyDBSnapshotAttribute rds:ModifyDBClusterSnapshotAttribute
    s3:PutBucketPolicy s3:PutBucketAcl s3:DeleteBucketPolicy s3:PutObjectAcl
    s3:DeleteBucketPublicAccessBlock s3:DeleteAccountPublicAccessBlock
    s3:DeletePublicAccessBlock s3:PutBucketReplication
    ssm:StartSession ssm:SendCommand sts:GetFederationToken
    """
"""Gaining or keeping access, or giving it away."""
CALLS = dict.fromkeys(f"{TAMPERING} {OTHER_HIGH_CALLS}".split(), Label.HIGH) | dict.fromkeys(
    MEDIUM_CALLS.split(), Label.MEDIUM
)
READING = ("BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Search", "View")


def severity_of(event: Fields) -> Severity:
    """The table's row; reads are informational, the rest low; by root at least high.

    Nothing is known of a record that names no call (an Insights event, a torn one): medium.
    """
    name = event.text("eventName")
    service = event.text("eventSource").partition(".")[0]
    listed = CALLS.get(f"{service}:{name}") if name else Label.MEDIUM
    own = Severity.of(listed or (Label.INFORMATIONAL if _reads(event, name) else Label.LOW))
    return max(own, Severity.of(Label.HIGH)) if _by_root(event) else own


def _reads(event: Fields, name: str) -> bool:
    return event.flag("readOnly") or (event.raw("readOnly") is None and name.startswith(READING))


def _by_root(event: Fields) -> bool:
    """Root's own hand: a call that a service makes in its name is not (invokedBy)."""
    who = event.within("userIdentity")
    return who.text("type") == "Root" and not who.text("invokedBy")
