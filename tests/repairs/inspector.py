"""Scans of Inspector."""

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

INSTANCE, ANOTHER = "i-0123456789abcdef0", "i-0123456789abcdef1"

EXAMPLES = {
    "inspector.enable": Example(
        inside={
            "instances": [{"id": INSTANCE}, {"id": ANOTHER}],
            "inspector_scans": [{"ec2": "DISABLED"}],
            "inspector_coverage": [{"resourceId": INSTANCE}, {"resourceId": ANOTHER}],
        },
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=lambda _client: None,
    ),
}
