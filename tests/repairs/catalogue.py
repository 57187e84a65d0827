"""The examples of every family, by the name of the fix."""

from collections.abc import Mapping

from tests.repairs import (
    automation,
    blocks,
    ec2,
    functions,
    guardduty,
    iam,
    inspector,
    keys,
    recording,
    s3,
    sharing,
)
from tests.repairs.example import Example

EXAMPLES: Mapping[str, Example] = {
    **automation.EXAMPLES,
    **blocks.EXAMPLES,
    **ec2.EXAMPLES,
    **functions.EXAMPLES,
    **guardduty.EXAMPLES,
    **iam.EXAMPLES,
    **inspector.EXAMPLES,
    **keys.EXAMPLES,
    **recording.EXAMPLES,
    **s3.EXAMPLES,
    **sharing.EXAMPLES,
}
