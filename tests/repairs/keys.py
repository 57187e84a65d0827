"""Keys of KMS."""

from tests.repairs.example import ACCOUNT, REGION, Example
from triage.domain.ticket import Subject

KEY = "11111111-2222-3333-4444-555555555555"
SUBJECT = Subject(id=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY}", name=KEY, kind="AwsKmsKey")


def _rotate_no_more(client):
    client("kms").disable_key_rotation(KeyId=KEY)


EXAMPLES = {
    "kms.cancel_key_deletion": Example(
        inside={"keys": [{"id": KEY, "deletion": True}]},
        subject=SUBJECT,
        meddle=lambda _client: None,
    ),
    "kms.enable_rotation": Example(
        inside={"keys": [{"id": KEY}]}, subject=SUBJECT, meddle=_rotate_no_more
    ),
}
