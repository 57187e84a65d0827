"""An IAM policy written from actions: each held to the resources it can be held to."""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.domain.json import canonical
from triage.playbook.permissions.resources import resources_of

VERSION = "2012-10-17"
CHARACTERS_MAX = 6144
"""Of a managed policy, white space not counted: IAM user guide, "IAM and AWS STS quotas"."""


def policy(actions: Iterable[str], partition: str = "aws") -> Mapping[str, Any]:
    """Allow exactly these, in as few statements as there are sets of resources."""
    held: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(set(actions)):
        held.setdefault(resources_of(action, partition), []).append(action)
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": _sid(place, resources),
                "Effect": "Allow",
                "Action": found,
                "Resource": list(resources),
            }
            for place, (resources, found) in enumerate(sorted(held.items()))
        ],
    }


def _sid(place: int, resources: tuple[str, ...]) -> str:
    service = resources[0].split(":")[2] if resources[0] != "*" else "everything"
    return f"{''.join(char for char in service.title() if char.isalnum())}{place}"


def too_long(document: Mapping[str, Any]) -> bool:
    """Tell whether it has to be divided over several managed policies."""
    return len(canonical(document)) > CHARACTERS_MAX
