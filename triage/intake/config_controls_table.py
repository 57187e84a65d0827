"""Which Config rule Security Hub evaluates a control with. A table, and nothing else.

Source: Security Hub user guide, control reference: every control's page names its AWS Config rule
and, where the rule it creates is called otherwise, that name; service-linked rules carry it
between "securityhub-" and a hash. Left out, because one name would mean several concerns:

- rules that serve several controls, told apart by their parameters: `vpc-sg-port-restriction-check`
  (EC2.53, EC2.54), `iam-user-unused-credentials-check` (IAM.8, IAM.22) and every `tagged-*` rule
  with its like;
- controls that are checked without a Config rule.

Also left out are rules on resources whose ARN nobody can make from Config's id (RDS instances and
clusters, IAM users): their events could not be joined anyway.
"""

CRITICAL = """
    EC2.1 ebs-snapshot-public-restorable-check
    EC2.19 vpc-sg-restricted-common-ports
    EMR.2 emr-block-public-access
    IAM.4 iam-root-access-key-check
    IAM.6 root-account-hardware-mfa-enabled
    IAM.9 root-account-mfa-enabled
    KMS.3 kms-cmk-not-scheduled-for-deletion-2
    KMS.5 kms-key-policy-no-public-access
    Lambda.1 lambda-function-public-access-prohibited
    CodeBuild.1 codebuild-project-source-repo-url-check
    CodeBuild.2 codebuild-project-envvar-awscred-check
    DMS.1 dms-replication-not-public
    Neptune.3 neptune-cluster-snapshot-public-prohibited
    RDS.1 rds-snapshots-public-prohibited
    Redshift.1 redshift-cluster-public-access-check
    S3.2 s3-bucket-public-read-prohibited
    S3.3 s3-bucket-public-write-prohibited
    S3.19 s3-access-point-public-access-blocks
    SNS.4 sns-topic-no-public-access
    SQS.3 sqs-queue-no-public-access
    SSM.4 ssm-document-not-public
    SSM.7 ssm-automation-block-public-sharing
    """
HIGH = """
    Account.2 account-part-of-organizations
    AutoScaling.3 autoscaling-launchconfig-requires-imdsv2
    CloudFront.1 cloudfront-default-root-object-configured
    CloudTrail.1 multi-region-cloud-trail-enabled
    CloudTrail.3 cloudtrail-enabled
    EC2.2 vpc-default-security-group-closed
    EC2.8 ec2-imdsv2-check
    EC2.9 ec2-instance-no-public-ip
    EC2.13 restricted-ssh
    EC2.14 restricted-rdp
    EC2.18 vpc-sg-open-only-to-authorized-ports
    EC2.23 ec2-transit-gateway-auto-vpc-attach-disabled
    EC2.25 ec2-launch-template-public-ip-disabled
    EC2.182 ebs-snapshot-block-public-access
    ECR.1 ecr-private-image-scanning-enabled
    ECS.2 ecs-service-assign-public-ip-disabled
    ECS.3 ecs-task-definition-pid-mode-check
    ECS.4 ecs-containers-nonprivileged
    ECS.5 ecs-containers-readonly-access
    ECS.8 ecs-no-environment-secrets
    ECS.16 ecs-taskset-assign-public-ip-disabled
    EKS.1 eks-endpoint-no-public-access
    EKS.2 eks-cluster-supported-version
    GuardDuty.1 guardduty-enabled-centralized
    GuardDuty.5 guardduty-eks-protection-audit-enabled
    GuardDuty.6 guardduty-lambda-protection-enabled
    GuardDuty.7 guardduty-eks-protection-runtime-enabled
    GuardDuty.8 guardduty-malware-protection-enabled
    GuardDuty.9 guardduty-rds-protection-enabled
    GuardDuty.10 guardduty-s3-protection-enabled
    GuardDuty.11 guardduty-runtime-monitoring-enabled
    IAM.28 iam-external-access-analyzer-enabled
    Inspector.1 inspector-ec2-scan-enabled
    Inspector.2 inspector-ecr-scan-enabled
    Inspector.3 inspector-lambda-code-scan-enabled
    Inspector.4 inspector-lambda-standard-scan-enabled
    Macie.2 macie-auto-sensitive-data-discovery-check
    Redshift.15 redshift-unrestricted-port-access
    S3.6 s3-bucket-blacklisted-actions-prohibited
    S3.8 s3-bucket-level-public-access-prohibited
    SageMaker.1 sagemaker-notebook-no-direct-internet-access
    SageMaker.2 sagemaker-notebook-instance-inside-vpc
    SageMaker.3 sagemaker-notebook-instance-root-access-check
    SSM.2 ec2-managedinstance-patch-compliance
    """
MEDIUM = """
    Account.1 security-account-information-provided
    ACM.1 acm-certificate-expiration-check
    APIGateway.1 api-gw-execution-logging-enabled
    APIGateway.2 api-gw-ssl-enabled
    APIGateway.4 api-gw-associated-with-waf
    APIGateway.5 api-gw-cache-encrypted
    AutoScaling.2 autoscaling-multiple-az
    AutoScaling.6 autoscaling-multiple-instance-types
    AutoScaling.9 autoscaling-launch-template
    CloudFront.3 cloudfront-viewer-policy-https
    CloudFront.5 cloudfront-accesslogs-enabled
    CloudFront.6 cloudfront-associated-with-waf
    CloudFront.7 cloudfront-custom-ssl-certificate
    CloudFront.9 cloudfront-traffic-to-origin-encrypted
    CloudFront.10 cloudfront-no-deprecated-ssl-protocols
    CloudTrail.2 cloud-trail-encryption-enabled
    CodeBuild.4 codebuild-project-logging-enabled
    DynamoDB.1 dynamodb-autoscaling-enabled
    DynamoDB.2 dynamodb-pitr-enabled
    DynamoDB.6 dynamodb-table-deletion-protection-enabled
    EC2.3 encrypted-volumes
    EC2.4 ec2-stopped-instance
    EC2.6 vpc-flow-logs-enabled
    EC2.7 ec2-ebs-encryption-by-default
    EC2.10 service-vpc-endpoint-enabled
    EC2.15 subnet-auto-assign-public-ip-disabled
    EC2.20 vpc-vpn-2-tunnels-up
    EC2.21 nacl-no-unrestricted-ssh-rdp
    EC2.171 ec2-vpn-connection-logging-enabled
    EC2.172 ec2-vpc-bpa-internet-gateway-blocked
    EC2.180 ec2-enis-source-destination-check-enabled
    EC2.181 ec2-launch-templates-ebs-volume-encrypted
    ECR.2 ecr-private-tag-immutability-enabled
    ECR.3 ecr-private-lifecycle-policy-configured
    ECS.10 ecs-fargate-latest-platform-version
    ECS.12 ecs-container-insights-enabled
    EFS.1 efs-encrypted-check
    EFS.2 efs-in-backup-plan
    EFS.3 efs-access-point-enforce-root-directory
    EFS.4 efs-access-point-enforce-user-identity
    EFS.7 efs-automatic-backups-enabled
    EFS.8 efs-filesystem-ct-encrypted
    EKS.3 eks-cluster-secrets-encrypted
    EKS.8 eks-cluster-log-enabled
    ELB.1 alb-http-to-https-redirection-check
    ELB.4 alb-http-drop-invalid-header-enabled
    ELB.5 elb-logging-enabled
    ELB.6 elb-deletion-protection-enabled
    ELB.12 alb-desync-mode-check
    ELB.13 elbv2-multiple-az
    GuardDuty.12 guardduty-ecs-protection-runtime-enabled
    GuardDuty.13 guardduty-ec2-protection-runtime-enabled
    IAM.7 iam-password-policy-recommended-defaults
    IAM.10 iam-password-policy-recommended-defaults-no-symbols-required
    IAM.11 iam-password-policy-uppercase-letter-check
    IAM.12 iam-password-policy-lowercase-letter-check
    IAM.13 iam-password-policy-symbol-check
    IAM.14 iam-password-policy-number-check
    IAM.15 iam-password-policy-minimum-length-check
    Kinesis.1 kinesis-stream-encrypted
    Kinesis.3 kinesis-stream-backup-retention-check
    KMS.4 cmk-backing-key-rotation-enabled
    Lambda.2 lambda-function-settings-check
    Lambda.5 lambda-vpc-multi-az-check
    Macie.1 macie-status-check
    NetworkFirewall.2 netfw-logging-enabled
    NetworkFirewall.3 netfw-policy-rule-group-associated
    NetworkFirewall.4 netfw-policy-default-action-full-packets
    NetworkFirewall.5 netfw-policy-default-action-fragment-packets
    NetworkFirewall.6 netfw-stateless-rule-group-not-empty
    NetworkFirewall.9 netfw-deletion-protection-enabled
    NetworkFirewall.10 netfw-subnet-change-protection-enabled
    RDS.4 rds-snapshot-encrypted
    Redshift.2 redshift-require-tls-ssl
    Redshift.3 redshift-backup-enabled
    Redshift.4 redshift-cluster-audit-logging-enabled
    Redshift.6 redshift-cluster-maintenancesettings-check
    Redshift.7 redshift-enhanced-vpc-routing-enabled
    Redshift.8 redshift-default-admin-check
    Redshift.10 redshift-cluster-kms-enabled
    S3.1 s3-account-level-public-access-blocks
    S3.1 s3-account-level-public-access-blocks-periodic
    S3.4 s3-bucket-server-side-encryption-enabled
    S3.5 s3-bucket-ssl-requests-only
    S3.9 s3-bucket-logging-enabled
    S3.10 s3-version-lifecycle-policy-check
    S3.11 s3-event-notifications-enabled
    S3.12 s3-bucket-acl-prohibited
    S3.15 s3-bucket-default-lock-enabled
    S3.17 s3-default-encryption-kms
    SecretsManager.1 secretsmanager-rotation-enabled-check
    SecretsManager.2 secretsmanager-scheduled-rotation-success-check
    SecretsManager.3 secretsmanager-secret-unused
    SecretsManager.4 secretsmanager-secret-periodic-rotation
    SNS.1 sns-encrypted-kms
    SSM.1 ec2-instance-managed-by-ssm
    SSM.6 ssm-automation-logging-enabled
    StepFunctions.1 step-functions-state-machine-logging-enabled
    """
LOW = """
    APIGateway.3 api-gw-xray-enabled
    AutoScaling.1 autoscaling-group-elb-healthcheck-required
    CloudFormation.1 cloudformation-stack-notification-check
    CloudFront.4 cloudfront-origin-failover-enabled
    CloudTrail.4 cloud-trail-log-file-validation-enabled
    CloudTrail.5 cloud-trail-cloud-watch-logs-enabled
    CodeBuild.3 codebuild-project-s3-logs-encrypted
    EC2.12 eip-attached
    EC2.16 vpc-network-acl-unused-check
    EC2.17 ec2-instance-multiple-eni-check
    EC2.51 ec2-client-vpn-connection-log-enabled
    EC2.170 ec2-launch-template-imdsv2-check
    IAM.16 iam-password-policy-prevent-reuse-check
    IAM.17 iam-password-policy-ensure-expires
    IAM.18 iam-support-policy-in-use
    S3.7 s3-bucket-cross-region-replication-enabled
    S3.7 s3-bucket-replication-enabled
    S3.13 s3-lifecycle-policy-check
    S3.14 s3-bucket-versioning-enabled
    S3.20 s3-bucket-mfa-delete-enabled
    SSM.3 ec2-managedinstance-association-compliance-status-check
    """
