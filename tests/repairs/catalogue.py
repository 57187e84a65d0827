"""The examples of every family, by the name of the fix."""

from collections.abc import Mapping

from tests.repairs import ec2, guardduty, iam, s3
from tests.repairs.example import Example

EXAMPLES: Mapping[str, Example] = {
    **ec2.EXAMPLES,
    **guardduty.EXAMPLES,
    **iam.EXAMPLES,
    **s3.EXAMPLES,
}
