"""Why a statement must not count: others could have written it, or it says too little."""

import json
from dataclasses import replace

import pytest

from tests.builders import a_threat, a_ticket, an_account
from tests.playbooks import a_signature
from triage.playbook.samples import SAMPLES
from triage.stages.signing import covering, sift, unsound

NARROW = {"type": ["S3.8"], "account": {"id": ["111122223333"]}}


def signed(pattern):
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    return a_signature(a_ticket(), subject="", pattern=text)


def test_an_exact_subject_or_a_narrow_pattern_is_sound():
    assert unsound(a_signature(a_ticket())) == ()
    assert unsound(signed(NARROW)) == ()


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("{", "its pattern is none: "),
        ("[]", "its pattern is none: "),
        ({"type": [{"prefx": "S3"}]}, "its pattern is none: "),
        (
            {**NARROW, "title": ["x"]},
            "its pattern rests on title: an attacker may have written it",
        ),
        (
            {**NARROW, "subject": {"name": ["x"]}},
            "its pattern rests on subject.name: an attacker may have written it",
        ),
        ({**NARROW, "colour": ["x"]}, "its pattern rests on colour: a ticket has no such field"),
        (
            {**NARROW, "account": {"colour": ["x"]}},
            "its pattern rests on account.colour: a ticket has no such field",
        ),
        (
            {**NARROW, "type": ["S3.8"], "account": {"id": {"deep": ["x"]}}},
            "its pattern rests on account.id.deep: a ticket has no such field",
        ),
        (
            {"type": ["S3.8"], "$or": [{"region": ["eu-west-1"]}, {"title": ["x"]}]},
            "its pattern rests on title: an attacker may have written it",
        ),
        (
            {**NARROW, "event": {"detail": {"x": [1]}}},
            "its pattern rests on event: an attacker may have written it",
        ),
    ],
)
def test_what_a_signature_must_not_rest_on_is_named(pattern, problem):
    (told,) = unsound(signed(pattern))
    assert told.startswith(problem)
    assert len(told) <= len("its pattern is none: ") + 200


def test_a_pattern_that_matches_half_of_all_samples_says_hardly_anything():
    (told,) = unsound(signed({"account": {"id": [{"exists": True}]}}))
    assert told == "its pattern matches 100% of all samples; say what is meant"
    both = unsound(signed({"title": [{"exists": True}]}))
    assert both == (
        "its pattern rests on title: an attacker may have written it",
        "its pattern matches 100% of all samples; say what is meant",
    )


def test_the_sound_ones_are_kept_and_of_each_other_one_is_said_why():
    sound = replace(signed(NARROW), id="s2")
    bad = replace(signed({**NARROW, "colour": ["x"]}), id="s3")
    why = "its pattern rests on colour: a ticket has no such field; it counts for nothing"
    assert sift([bad, sound]) == ((sound,), [f"signature s3: {why}"])


def test_a_signature_speaks_for_its_subject_in_its_account_and_of_its_types():
    mine, account = a_ticket(), an_account()
    others = [
        a_ticket(account="222233334444"),
        a_ticket(type="S3.2"),
        a_ticket(subject=replace(mine.subject, id="arn:aws:s3:::other")),
    ]
    asked = [(one, account) for one in (*others, mine)]
    assert list(covering(a_signature(mine), asked)) == [mine]


def test_a_signature_on_a_principal_speaks_for_what_that_did():
    scanner = "arn:aws:iam::111122223333:role/scanner"
    threat = a_threat(principal=scanner)
    assert list(covering(a_signature(threat, subject=scanner), [(threat, an_account())])) == [
        threat
    ]


def test_a_pattern_speaks_for_what_it_matches_whoever_it_is_about():
    other = a_ticket(subject=replace(a_ticket().subject, id="arn:aws:s3:::other"))
    asked = [(a_ticket(region="us-east-1"), an_account()), (other, an_account())]
    assert list(covering(signed({"region": ["eu-west-1"]}), asked)) == [other]


def test_a_pattern_that_names_only_the_account_of_the_samples_is_too_wide():
    accounts = sorted({one.account for one in SAMPLES.values()})
    (told,) = unsound(signed({"account": {"id": accounts}}))
    assert told.startswith("its pattern matches 100% of all samples")
