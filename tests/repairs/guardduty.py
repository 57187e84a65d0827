"""Detectors."""

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

EXAMPLES = {
    "guardduty.enable_detector": Example(
        inside={"detectors": [{"status": "DISABLED"}]},
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=lambda _client: None,
    ),
}
