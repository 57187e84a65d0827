"""What an IAM policy allows, as far as session policies of ours go.

Written after "Policy evaluation logic" and "IAM JSON policy elements" of the IAM user guide: denied
unless allowed, an explicit denial wins, names of actions without regard to case, `*` and `?` as
wildcards. Conditions, NotAction and NotResource are refused rather than guessed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Mapping
from typing import Any

KNOWN = {"Effect", "Action", "Resource", "Sid"}


def allows(policy: Mapping[str, Any], action: str, resource: str) -> bool:
    """Tell whether a session with this policy may do it, whatever its role may do."""
    effects = {one["Effect"] for one in policy["Statement"] if _speaks(one, action, resource)}
    return "Allow" in effects and "Deny" not in effects


def _speaks(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    assert set(statement) <= KNOWN, f"this evaluator does not know {set(statement) - KNOWN}"
    named = any(_like(one, action, re.IGNORECASE) for one in _listed(statement["Action"]))
    return named and any(_like(one, resource) for one in _listed(statement["Resource"]))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _like(pattern: str, text: str, flags: int = 0) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text, flags | re.DOTALL) is not None
