"""What a session that closes a finding may do: one call, in one place, and never suppress."""

from datetime import datetime

import pytest

from tests.closer import ANALYZER, V2, native, told_by_analyzer
from tests.findings import ACCOUNT, REGION, finding, imported
from tests.repairs.evaluator import allows
from triage.adapters.aws.cloud import session_policy
from triage.closing.catalogue import DESKS
from triage.closing.shape import Left, Word, Writing, word_from
from triage.domain.verdict import Verdict
from triage.ports.cloud import Unknown
from triage.stages.reread import reread

NOW = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
HUB = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default"
WORD = Word(id="w", case="c", verdict=Verdict.BENIGN, ground="signature", rule="p: r")
SECOND = {**V2, "cloud": {"account": {"uid": ACCOUNT}, "region": REGION}}
SECOND["metadata"] = {
    **V2["metadata"],
    "product": {"uid": f"arn:aws:securityhub:{REGION}::productv2/aws/securityhub"},
}
TOLD = {
    "securityhub": (imported(finding()), {"Findings": [finding()]}, HUB),
    "securityhub_v2": (
        native("Findings Imported V2", {"findings": [SECOND]}, "aws.securityhub", ["a" * 64]),
        {"Findings": [SECOND | {"status_id": 1}]},
        HUB,
    ),
    "access_analyzer": (told_by_analyzer(), {"status": "ACTIVE"}, ANALYZER),
}


def prepared(name, word=WORD, **changes):
    body, found, _ = TOLD[name]
    ticket = reread(body, NOW)
    if "Findings" in found:
        found = {"Findings": [one | changes for one in found["Findings"]]}
    return DESKS[name].prepare(None, ticket, found | changes, word)


@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_session_may_make_its_call_in_its_place_and_nothing_else(name):
    made = prepared(name)
    assert isinstance(made, Writing)
    policy, own = session_policy(made.scope), TOLD[name][2]
    (step,) = made.steps
    (action,) = step.permission.actions
    assert (made.account, made.region) == (ACCOUNT, REGION)
    assert allows(policy, action, own)
    assert not allows(policy, action, own.replace(ACCOUNT, "444455556666"))
    assert not allows(policy, "securityhub:DisableSecurityHub", own)
    assert "SUPPRESS" not in str(step.call.parameters).upper()


@pytest.mark.parametrize(
    ("name", "changes", "closed"),
    [
        ("securityhub", {"Workflow": {"Status": "SUPPRESSED"}}, False),
        ("securityhub", {"Workflow": {"Status": "RESOLVED"}}, True),
        ("securityhub_v2", {"status_id": 3}, False),
        ("securityhub_v2", {"status_id": 4}, True),
        ("access_analyzer", {"status": "ARCHIVED"}, True),
        ("access_analyzer", {"status": "RESOLVED"}, False),
    ],
)
def test_what_somebody_settled_there_is_left(name, changes, closed):
    made = prepared(name, **changes)
    assert isinstance(made, Left)
    assert made.closed is closed


def test_words_of_others_are_kept():
    theirs = {"Note": {"Text": "call bob", "UpdatedBy": "bob"}}
    full = {"UserDefinedFields": {f"field{number}": "x" for number in range(50)}}
    made = prepared("securityhub", **theirs, **full)
    assert sorted(made.steps[0].call.parameters) == ["FindingIdentifiers", "Workflow"]
    second = prepared("securityhub_v2", comment="bob has it")
    assert "Comment" not in second.steps[0].call.parameters


def test_a_word_is_ours_alone_bounded_and_read_back_equal():
    said = Word(id="w", case="c", verdict=Verdict.TRUE_POSITIVE, ground="", by="b" * 600)
    assert said.text.startswith("Triage case c: closed as true positive, said by b")
    assert len(said.text) == 512
    assert word_from(said.as_record()) == said


@pytest.mark.parametrize(
    "answer",
    [
        {"UnprocessedFindings": [{"ErrorCode": "FindingNotFound"}], "ProcessedFindings": []},
        {"UnprocessedFindings": [{}], "ProcessedFindings": []},
        {"UnprocessedFindings": [], "ProcessedFindings": []},
        {"ProcessedFindings": [{}]},
        {"UnprocessedFindings": []},
    ],
)
def test_what_was_not_processed_is_a_failure(answer):
    step = prepared("securityhub").steps[0]
    with pytest.raises(Unknown):
        DESKS["securityhub"].check(step.call, answer)
