"""Whose message was it meant to be? Asked only of what cannot be read.

Whoever owns what a finding tells of chooses some of its text, and may find one that no reader
takes. So what claims to come from a detector is told to people though it cannot be read.
"""

import re

from triage.intake.kinds import EVENTS

SERVICES = {
    "guardduty": "GuardDuty",
    "securityhub": "Security Hub",
    "inspector": "Inspector",
    "inspector2": "Inspector",
    "macie": "Macie",
    "macie2": "Macie",
    "access-analyzer": "Access Analyzer",
    "network-firewall": "Network Firewall",
    "security-ir": "Security Incident Response",
    "config": "Config",
    "health": "Health",
    "cloudwatch": "CloudWatch",
    "cloudformation": "CloudFormation",
}
CLOUDTRAIL = "CloudTrail"
BY_NAME = rb"serviceName[\\\"\s:]{1,20}"
"""How a bare GuardDuty finding names its service."""
NAMED = re.compile(
    rb"(?:aws\.|aws/|arn:aws[a-z-]{0,20}:|"
    + BY_NAME
    + rb")("
    + "|".join(SERVICES).encode()
    + rb")(?![a-z0-9-])"
)
VIA_TRAIL = "|".join(re.escape(name) for name in EVENTS if "CloudTrail" in name).encode()
RECORDED = re.compile(VIA_TRAIL + rb"|eventSource[\\\"\s:]{1,20}[a-z0-9.-]{1,60}\.amazonaws\.com")
"""An event, or a bare record; escaped once or more where it stands inside a text."""


PACKED = re.compile(rb"awslogs|aws:kinesis")
"""Bytes packed into text, which show nothing of what is in them unless they unpack."""


def claims(body: bytes) -> str | None:
    """Name the service whose message `body` claims to be, or None; it need not be JSON at all."""
    if RECORDED.search(body):
        return CLOUDTRAIL
    if named := NAMED.search(body):
        return SERVICES[named[1].decode()]
    return "packed logs" if PACKED.search(body) else None
