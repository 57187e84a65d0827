"""Tags as services list them."""

from collections.abc import Mapping
from typing import Any

from triage.questions.records.shape import records, text


def listed(tags: Any) -> Mapping[str, str]:
    """Names and values of `[{"Key": ..., "Value": ...}]`."""
    return {text(one, "Key"): text(one, "Value") for one in records({"tags": tags}, "tags")}
