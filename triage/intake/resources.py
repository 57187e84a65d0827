"""ASFF resource types in CloudFormation's words."""

SPELLED_APART = {
    "AwsAccount": "AWS::::Account",
    "AwsCertificateManagerCertificate": "AWS::CertificateManager::Certificate",
    "AwsDynamoDbTable": "AWS::DynamoDB::Table",
    "AwsEc2Eip": "AWS::EC2::EIP",
    "AwsEc2NetworkAcl": "AWS::EC2::NetworkAcl",
    "AwsEc2Vpc": "AWS::EC2::VPC",
    "AwsEcrContainerImage": "AWS::ECR::Image",
    "AwsElbLoadBalancer": "AWS::ElasticLoadBalancing::LoadBalancer",
    "AwsElbv2LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AwsOpenSearchServiceDomain": "AWS::OpenSearchService::Domain",
    "AwsRdsDbCluster": "AWS::RDS::DBCluster",
    "AwsRdsDbClusterSnapshot": "AWS::RDS::DBClusterSnapshot",
    "AwsRdsDbInstance": "AWS::RDS::DBInstance",
    "AwsRdsDbSnapshot": "AWS::RDS::DBSnapshot",
    "AwsRdsEventSubscription": "AWS::RDS::EventSubscription",
    "AwsSecretsManagerSecret": "AWS::SecretsManager::Secret",
    "AwsAutoScalingAutoScalingGroup": "AWS::AutoScaling::AutoScalingGroup",
    "AwsCloudFormationStack": "AWS::CloudFormation::Stack",
    "AwsCloudFrontDistribution": "AWS::CloudFront::Distribution",
    "AwsCloudTrailTrail": "AWS::CloudTrail::Trail",
    "AwsCloudWatchAlarm": "AWS::CloudWatch::Alarm",
    "AwsCodeBuildProject": "AWS::CodeBuild::Project",
    "AwsApiGatewayStage": "AWS::ApiGateway::Stage",
    "AwsApiGatewayRestApi": "AWS::ApiGateway::RestApi",
}
SERVICES = {
    "AwsEc2": "AWS::EC2",
    "AwsEcs": "AWS::ECS",
    "AwsEks": "AWS::EKS",
    "AwsIam": "AWS::IAM",
    "AwsKms": "AWS::KMS",
    "AwsLambda": "AWS::Lambda",
    "AwsRedshift": "AWS::Redshift",
    "AwsS3": "AWS::S3",
    "AwsSns": "AWS::SNS",
    "AwsSqs": "AWS::SQS",
    "AwsSsm": "AWS::SSM",
}


def cloudformation_type(asff_type: str) -> str:
    """`AwsS3Bucket` is AWS::S3::Bucket; "" when the two vocabularies do not clearly meet."""
    if "::" in asff_type:
        return asff_type
    if asff_type in SPELLED_APART:
        return SPELLED_APART[asff_type]
    service = next((s for s in SERVICES if asff_type.startswith(s)), None)
    thing = asff_type.removeprefix(service) if service else ""
    return f"{SERVICES[service]}::{thing}" if service and thing[:1].isupper() else ""
