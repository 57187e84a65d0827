"""Bounds of the AWS adapter, each with its unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second in the long run, and how many may come at once."""

    per_second: float
    burst: int = 1


RATES: Mapping[str, Rate] = MappingProxyType(
    {
        # 2 a second per account and Region; we stay below, in every single second.
        # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
        "cloudtrail.lookup_events": Rate(1.5),
        # GetFindings: 3 a second, burst 6.
        # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html
        "securityhub.get_findings": Rate(2.5, burst=5),
        # GetFindingsV2 and Inspector's lists publish no figure: as slow as their like.
        "securityhub.get_findings_v2": Rate(2.5, burst=5),
        "inspector2.list_findings": Rate(2.5, burst=5),
        "inspector2.list_coverage": Rate(2.5, burst=5),
        # Config publishes no figure; few readers ever needed more.
        "config.get_resource_config_history": Rate(4.0, burst=4),
        "config.get_compliance_details_by_resource": Rate(4.0, burst=4),
        # Lists, for reconcilers and the inventory. Few of these publish a figure and most share
        # one with the console: slow, so that nobody else there is throttled because of us.
        "config.describe_compliance_by_config_rule": Rate(1.0),
        "config.get_compliance_details_by_config_rule": Rate(2.0),
        "config.describe_config_rules": Rate(1.0),
        "guardduty.list_detectors": Rate(2.0, burst=2),
        "guardduty.list_findings": Rate(2.0, burst=2),
        "guardduty.get_findings": Rate(4.0, burst=4),
        "macie2.list_findings": Rate(2.0, burst=2),
        "macie2.get_findings": Rate(4.0, burst=4),
        "accessanalyzer.list_analyzers": Rate(1.0),
        "accessanalyzer.list_findings_v2": Rate(2.0, burst=2),
        "accessanalyzer.get_finding_v2": Rate(5.0, burst=5),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsLimits:
    """How long, how much and how often AWS is asked."""

    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    attempts: int = 2
    connections: int = 16
    threads: int = 16
    cache_seconds: float = 300.0
    cache_entries: int = 10_000
    pages: int = 20
    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)
