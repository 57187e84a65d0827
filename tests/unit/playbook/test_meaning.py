"""A licence is bound to what a rule means: to nothing less, and to nothing more."""

from dataclasses import replace

import pytest

from tests.playbooks import SOUND, checked
from triage.domain.decision import Level
from triage.playbook.meaning import meaning
from triage.playbook.syntax import Limits

TEXT = SOUND.replace(
    "tests:",
    """\
  - rule: sandbox
    when: account.tier == "sandbox"
    close: benign
    because: "It is only a sandbox."
  - rule: rest
    escalate: low
    suggest: [{ fix: s3.block_public_access }]
    because: "Somebody should look."
tests:""",
)


def hashes(text):
    playbook = checked(text).playbook
    return {rule.name: meaning(playbook, rule) for rule in playbook.rules}


BEFORE = hashes(TEXT)


def test_every_rule_means_something_else():
    assert len(set(BEFORE.values())) == len(BEFORE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: A playbook", "title: Another"),
        ("owner: somebody", "owner: somebody-else"),
        ("why: Because.", "why: Why not."),
        ("It is only a sandbox.", "Nobody minds."),
        ("  - test: it ends", "  - test: it really ends"),
        ("    suggest: [{ fix: s3.block_public_access }]\n", ""),
        ("playbook: a-playbook", "playbook: a-better-name"),
        ("- rule: sandbox", "- rule: a sandbox"),
    ],
)
def test_words_and_tests_change_no_meaning(old, new):
    assert TEXT.count(old) == 1
    assert set(hashes(TEXT.replace(old, new)).values()) == set(BEFORE.values())


def test_limits_change_no_meaning_for_they_can_only_lower():
    playbook = checked(TEXT).playbook
    lowered = replace(playbook, limits=Limits(at_most=Level.SHADOW))
    assert [meaning(lowered, rule) for rule in lowered.rules] == [*BEFORE.values()]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (
            'type: ["S3.8"]',
            'type: ["S3.8"], region: [eu-west-1]',
            {"blocked now", "sandbox", "rest"},
        ),
        (
            "ask: s3.public_access",
            "ask: s3.public_access, bucket: www",
            {"blocked now", "sandbox", "rest"},
        ),
        ('"sandbox"\n', '"staging"\n', {"sandbox", "rest"}),
        ("close: benign", "close: disregard", {"sandbox", "rest"}),
        ("escalate: low", "escalate: high", {"rest"}),
        ("escalate: low", "resolve: [{ fix: s3.block_public_access }]", {"rest"}),
    ],
)
def test_anything_else_changes_its_own_meaning_and_that_of_the_rules_below(old, new, changed):
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new).replace(
        "close: no longer present\n    because", "close: benign\n    because"
    )
    base = hashes(
        TEXT.replace("close: no longer present\n    because", "close: benign\n    because")
    )
    after = hashes(text)
    assert {name for name, digest in after.items() if digest != base[name]} == changed
