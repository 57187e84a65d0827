"""What a close rests on follows from its condition."""

import pytest

from tests.playbooks import a_playbook, a_rule
from triage.domain.decision import Ground
from triage.domain.verdict import Verdict
from triage.playbook.ground import ground_of, kinds_asked
from triage.playbook.syntax import Ask, CloseAs
from triage.questions.negates import ABSENT, NEGATES
from triage.remediations.vocabulary import VOCABULARY

GONE = CloseAs(verdict=Verdict.NO_LONGER_PRESENT)
BENIGN = CloseAs(verdict=Verdict.BENIGN)


def ground(when, outcome=GONE, type_="S3.8", **evidence):
    rule = a_rule(when, outcome)
    asked = {"bucket": Ask(question="s3.public_access"), **evidence}
    return ground_of(a_playbook(rule, evidence=asked), rule, type_, VOCABULARY)


@pytest.mark.parametrize(
    "when",
    [
        "bucket.public_access_blocked",
        'bucket["public_access_blocked"]',
        "bucket.public_access_blocked == true",
        "bucket is absent",
        "account.tier == 'sandbox' and bucket.public_access_blocked",
        "(bucket.public_access_blocked and account.listed) and ticket.count > 1",
    ],
)
def test_a_conjunct_that_negates_the_findings_own_condition_is_a_proof(when):
    assert ground(when) is Ground.PROOF


@pytest.mark.parametrize(
    "when",
    [
        None,
        "not bucket.public_access_blocked",
        "bucket.public_access_blocked == false",
        "bucket.public_access_blocked == 1",
        'bucket.public_access_blocked == "true"',
        "bucket.public_access_blocked != false",
        "not bucket.policy_public and not bucket.acl_public",
        "bucket.public_access_blocked or account.listed",
        "not (not bucket.public_access_blocked or account.listed)",
        "not not bucket.public_access_blocked",
        "bucket is not absent",
        "other.public_access_blocked",
        "ticket.status == 'resolved'",
        'signed("public-website", subject)',
    ],
)
def test_nothing_less_is_a_proof(when):
    assert ground(when) is Ground.LICENCE


def test_a_playbook_that_asks_about_another_subject_proves_nothing():
    asked = Ask(question="s3.public_access", parameters={"bucket": "www"})
    assert ground("bucket.public_access_blocked", bucket=asked) is Ground.LICENCE


def test_a_proof_is_about_one_finding_type():
    assert ground("bucket.public_access_blocked", type_="S3.2") is Ground.LICENCE
    assert ground("bucket.public_access_blocked", type_="s3.8") is Ground.LICENCE


def test_a_proof_carries_no_other_verdict():
    assert ground("bucket.public_access_blocked", BENIGN) is Ground.LICENCE


def test_a_signature_carries_a_verdict_about_the_past_and_no_claim_about_the_present():
    assert ground('signed("public-website", subject)', BENIGN) is Ground.SIGNATURE
    assert ground('signed("public-website", subject)', GONE) is Ground.LICENCE


@pytest.mark.parametrize("type_", NEGATES)
def test_every_row_of_the_table_names_a_field_its_question_answers(type_):
    for row in NEGATES[type_]:
        question = VOCABULARY.questions[row.question]
        assert row.field == ABSENT or question.answer[row.field].type == "boolean"
        assert row.field == ABSENT or not question.answer[row.field].tainted


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        ('signed("scanner", subject)', {"scanner"}),
        ('bucket.public or not signed("a", subject) and signed("b", ticket.principal)', {"a", "b"}),
        ("signed(bucket.kind, subject)", set()),
        ("bucket.public", set()),
    ],
)
def test_a_condition_says_which_kinds_of_signature_it_asks_for(when, kinds):
    assert kinds_asked(when) == kinds
