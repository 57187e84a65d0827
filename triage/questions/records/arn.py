"""ARNs, taken apart.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from dataclasses import dataclass

PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """`region` and `account` are "" where a service leaves them out; `resource` is all the rest."""

    service: str
    region: str
    account: str
    resource: str


def arn_of(text: str) -> Arn | None:
    """Read an ARN; None for any other text."""
    parts = text.split(":", PARTS - 1)
    if len(parts) < PARTS or parts[0] != "arn":
        return None
    return Arn(service=parts[2], region=parts[3], account=parts[4], resource=parts[5])
