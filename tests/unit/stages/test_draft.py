"""A first playbook is sound as it stands, whatever type it is about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from triage.intake.classes import EXPOSURES
from triage.playbook.samples import SAMPLES
from triage.questions.negates import NEGATES
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.draft import draft, name_of, nearest
from triage.wiring.rehearsing import sheet

KNOWN = sorted({*NEGATES, *(ticket.type for ticket in SAMPLES.values())})
SOME_EXPOSURES = sorted(EXPOSURES)[::12]


def wrong(type_, name=""):
    made = draft(type_, "a: team", VOCABULARY, name)
    found = sheet("new.yaml", made.text)
    problems = [str(one) for one in found.problems]
    return [*problems, *(one.problem for one in found.ran if one.problem), *found.gaps]


@pytest.mark.parametrize("type_", [*KNOWN[::3], *SOME_EXPOSURES])
def test_a_draft_for_a_known_type_has_no_problem_and_leaves_nothing_out(type_):
    assert wrong(type_) == []


@pytest.mark.slow
@pytest.mark.parametrize("type_", [*KNOWN, *sorted(EXPOSURES)])
def test_a_draft_for_every_known_type_has_no_problem(type_):
    assert wrong(type_) == []


@pytest.mark.parametrize(
    "type_",
    ["Lab.7", "lab-rule", "Recon:EC2/New", "iam:NewCall", "Whatever it is", "x: [y", '"', "'}}{{"],
)
def test_so_has_one_for_a_type_nobody_listed(type_):
    assert wrong(type_) == []


@settings(max_examples=examples(30), deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_no_type_can_break_out_of_what_is_written(type_):
    if not type_.strip() or not type_.isprintable():
        with pytest.raises(ValueError, match="can be printed"):
            draft(type_, "team", VOCABULARY)
    else:
        assert wrong(type_) == []


def test_it_closes_by_proof_only_what_the_present_can_settle():
    assert "close: no longer present" in draft("S3.8", "team", VOCABULARY).text
    for type_ in ("S3.2", "Recon:EC2/PortProbeUnprotectedPort", "iam:CreateUser"):
        assert "close:" not in draft(type_, "team", VOCABULARY).text


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("S3.8", "s-3-8"),
        ("Recon:EC2/PortProbeUnprotectedPort", "recon-ec-2-port-probe-unprotected-port"),
        ("???", "new-playbook"),
    ],
)
def test_a_type_becomes_a_name(type_, name):
    assert name_of(type_) == name


def test_what_was_probably_meant_is_said():
    assert (nearest("S3.8"), nearest("RDS.33"), nearest("nothing like it")) == (
        None,
        nearest("RDS.33"),
        None,
    )
    assert nearest("restricted-shh") == "restricted-ssh"
