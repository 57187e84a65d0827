"""Reviews, licences and the judge, as an operator types them."""

import subprocess
import sys

import pytest

from tests.findings import finding, imported
from triage.cli.judge_report import html


@pytest.fixture
def filled(desk):
    desk.write("findings.jsonl", imported(finding()))
    desk.triage("run", "--once", "findings.jsonl", "--output", "jsonl")
    return desk


def test_with_nothing_closed_nothing_waits_and_every_rule_is_in_shadow(desk):
    assert desk.triage("review", "list").answer == (0, "", "nothing waits for a review\n")
    assert desk.triage("review", "next").answer == (0, "", "nothing waits for a review\n")
    assert desk.triage("licence", "list").err.endswith("every rule that needs one is in shadow\n")


def test_a_rule_without_evidence_says_how_much_it_lacks(filled):
    rule = ("login-without-mfa: x", "--tier", "production")
    said = filled.triage("licence", "show", *rule)
    assert said.code == 1
    assert "no rule is called" in said.err


def test_a_report_of_nothing_is_a_whole_page(filled):
    assert filled.triage("judge", "report").answer == (0, "written to judge.html\n", "")
    page = (filled.folder / "judge.html").read_text()
    assert "nothing closed by itself" in page
    assert page.count("<svg") == 1
    numbers = filled.triage("judge", "report", "-o", "json").json
    assert (numbers["closes"], numbers["licences"], numbers["decisions"]) == ([], [], 1)


def test_without_labels_nothing_is_trained(filled):
    said = filled.triage("judge", "train", "--name", "ours")
    assert said.code == 1
    assert "no label that counts" in said.err


def test_what_an_attacker_wrote_is_text_in_the_report():
    row = {
        "rule": "<script>x</script>",
        "tier": "production",
        "real among closed, estimated": 0.5,
        "real among closed, at most": 0.75,
    }
    page = html(
        {
            "since": "a",
            "at": "b",
            "decisions": 1,
            "closes": [row],
            "licences": [],
            "reliability": [{"from": 0.0, "labels": 2, "real": 1, "share": 0.5}],
        }
    )
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 2
    assert "50.00%" in page


def test_a_worker_never_imports_what_only_training_needs():
    code = (
        "import sys, triage.cli.running, triage.bootstrap, triage.licensing, triage.watching; "
        "print([one for one in ('sklearn', 'numpy', 'scipy') if one in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout == "[]\n"
