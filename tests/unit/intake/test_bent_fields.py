"""No field bent out of shape crashes a reader, closes a finding or makes less of a threat."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.readings import FIXTURES, read_at_noon
from triage.domain.ticket import FindingClass, SourceStatus, Ticket

ODD = (None, [], {}, "", "…", -1, 1e300, True, "x" * 5_000, [[{"a": None}]], {"uid": {"uid": []}})
RECORDS = (
    ("securityhub-v2", "guardduty-access-key.json"),
    ("securityhub-v2", "control-failed.json"),
    ("securityhub-v2", "macie-sensitive-data.json"),
    ("securityhub-v2", "partner.json"),
    ("inspector", "eventbridge-image.json"),
    ("inspector", "asff.json"),
    ("ocsf", "prowler-3.json"),
    ("ocsf", "detection-on-a-device.json"),
)


def paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document below its top."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        yield (key,)
        if isinstance(child, dict | list):
            yield from ((key, *rest) for rest in paths(child))


def bent(document: Any, path: tuple[str | int, ...], odd: Any) -> bytes:
    copied = deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return json.dumps(copied).encode()


@pytest.mark.parametrize(("folder", "name"), RECORDS)
def test_a_bent_field_means_less_information_and_never_less_risk(folder: str, name: str) -> None:
    document = json.loads((FIXTURES / folder / name).read_text())
    (whole,) = read_at_noon(json.dumps(document).encode()).parts
    assert isinstance(whole, Ticket)
    for path in paths(document):
        for odd in ODD:
            parts = read_at_noon(bent(document, path, odd)).parts
            assert parts, (path, odd)
            for ticket in parts:
                if isinstance(ticket, Ticket):
                    threat = ticket.finding_class is FindingClass.THREAT
                    assert ticket.status is SourceStatus.OPEN, (path, odd)
                    assert not ticket.sample, (path, odd)
                    assert threat or whole.finding_class is not FindingClass.THREAT, (path, odd)
