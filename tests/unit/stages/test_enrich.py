"""Which questions a ticket raises, and when an answer is too old to be one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON, a_ticket, an_account
from tests.playbooks import LATER, a_playbook, a_rule
from triage.domain.evidence import NOT_ASKED, Failed, Failure, Got, Known, Unknown
from triage.domain.verdict import Verdict
from triage.playbook.syntax import Ask, CloseAs, EscalateTo
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.enrich import SOURCE, answer, inquire

BUCKET = Ask(question="s3.public_access")
CLOSING = a_playbook(
    a_rule("bucket.public_access_blocked", CloseAs(verdict=Verdict.BENIGN)),
    evidence={"bucket": BUCKET},
)


def inquiries(ticket=None, *playbooks):
    return inquire(
        ticket or a_ticket(),
        an_account(),
        playbooks or (CLOSING,),
        VOCABULARY.questions,
        LATER,
    )


SAID = {
    "PublicAccessBlockConfiguration": {},
    "PolicyStatus": {"IsPublic": False},
    "Grants": [],
}
"""What the three reads of a bucket bring, all in one."""


def bucket(as_of, ticket=None):
    (found,) = [one for one in inquiries(ticket) if one.name == BUCKET.name]
    reads = {read: Got(payload=SAID, as_of=as_of, source="s3") for read in found.reads}
    return answer([found], reads, LATER).answers[found.name]


def test_the_source_is_asked_only_where_something_might_close():
    escalating = a_playbook(a_rule(None, EscalateTo(priority="low")), evidence={"bucket": BUCKET})
    assert SOURCE.name in {one.name for one in inquiries()}
    assert SOURCE.name not in {one.name for one in inquiries(None, escalating)}


def test_two_playbooks_that_ask_the_same_ask_once():
    twice = [one.name for one in inquiries(None, CLOSING, replace(CLOSING, name="b"))]
    assert len(twice) == len(set(twice))


def test_a_question_that_cannot_be_put_is_unknown():
    nowhere = a_ticket(region=None)
    (found,) = [one for one in inquiries(nowhere) if one.name == BUCKET.name]
    assert answer([found], {}, LATER).answers == {
        found.name: Unknown(reason="the ticket names no Region")
    }


def test_a_question_that_nobody_put_is_not_asked():
    assert answer(inquiries(), {}, LATER).answers[BUCKET.name] == NOT_ASKED


def test_a_failed_read_is_unknown():
    (found,) = [one for one in inquiries() if one.name == BUCKET.name]
    failed = dict.fromkeys(found.reads, Failed(failure=Failure.THROTTLED, detail=""))
    assert answer([found], failed, LATER).answers[found.name] == Unknown(
        reason="the look-up was throttled"
    )


@pytest.mark.parametrize(
    ("as_of", "version", "reason"),
    [
        (LATER, NOON, ""),
        (LATER - timedelta(seconds=300), NOON, ""),
        (LATER - timedelta(seconds=301), NOON, "the answer is 301 s old, more than 300 s"),
        (LATER - timedelta(seconds=60), LATER, "the answer is older than the finding"),
        (LATER - timedelta(seconds=60), LATER + timedelta(days=9), ""),
    ],
)
def test_an_answer_is_fresh_and_newer_than_the_finding_or_unknown(as_of, version, reason):
    found = bucket(as_of, a_ticket(version=version))
    assert found == Unknown(reason=reason) if reason else isinstance(found, Known)
