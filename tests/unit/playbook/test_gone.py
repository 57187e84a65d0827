"""A playbook may close whatever is gone, of any type, and nothing else of any type."""

import pytest
from ruamel.yaml import YAML

from tests.playbooks import SHIPPED, checked
from triage.domain.verdict import Verdict
from triage.playbook.problem import Severity
from triage.playbook.syntax import CloseAs, Playbook

ANY = """\
playbook: gone
title: Gone
owner: somebody
why: Because.
match: { class: [posture] }
evidence:
  thing: { ask: QUESTION }
rules:
  - rule: it is gone
    when: WHEN
    close: no longer present
    because: "It is gone."
tests:
  - test: it ends
    ticket: { like: securityhub-ec2.3 }
    evidence: { thing: unknown }
    expect: { escalate: any }
"""


def problems(question: str, when: str) -> list[str]:
    found = checked(ANY.replace("QUESTION", question).replace("WHEN", when))
    return [one.rule for one in found.problems if one.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("resource.exists", "not thing.exists"),
        ("resource.exists", 'thing.exists == false and account.tier == "sandbox"'),
        ("cloudtrail.deleted", "thing.for_good"),
    ],
)
def test_what_negates_every_type_closes_every_type(question, when):
    assert problems(question, when) == []


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("resource.exists", "thing.exists"),
        ("resource.exists", "thing is absent"),
        ("resource.exists", "not thing.exists or account.listed"),
        ("cloudtrail.deleted", "thing.deleted"),
        ("s3.public_access", "thing.public_access_blocked"),
    ],
)
def test_nothing_else_does(question, when):
    assert problems(question, when) == ["no-proof"]


def _shipped(name: str) -> str:
    return next(text for text in SHIPPED.values() if f"playbook: {name}\n" in text)


def test_the_general_playbook_stays_out_of_every_other_s_business():
    general = YAML(typ="safe", pure=True).load(_shipped("resource-is-gone"))
    left_out = set(general["match"]["type"][0]["anything-but"])
    own = set()
    for text in SHIPPED.values():
        playbook = checked(text).playbook
        types = [one for one in playbook.match.get("type", []) if isinstance(one, str)]
        own |= set(types) if _proves(playbook) else set()
    assert left_out == own


def _proves(playbook: Playbook) -> bool:
    """Whether it closes anything as no longer present."""
    closes = [one.outcome for one in playbook.rules if isinstance(one.outcome, CloseAs)]
    return any(one.verdict is Verdict.NO_LONGER_PRESENT for one in closes)
