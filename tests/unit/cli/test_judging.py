"""Reviews, licences and the judge, as an operator types them."""

import re
import subprocess
import sys
from xml.dom.minidom import parseString

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
    assert page.count("<svg") == 0
    assert page.count("nothing to draw") == 2
    assert "No licence is in use" in page
    numbers = filled.triage("judge", "report", "-o", "json").json
    assert (numbers["closes"], numbers["licences"], numbers["decisions"]) == ([], [], 1)
    assert [week["decisions"] for week in numbers["drift"]] == [1]


def test_without_labels_nothing_is_trained(filled):
    said = filled.triage("judge", "train", "--name", "ours")
    assert said.code == 1
    assert "no label that counts" in said.err


HOSTILE = "</text><script>x</script>'\"\x1b[31m"


def a_report():
    """Everything there can be in a report, with names that somebody chose badly."""
    closes = {
        "rule": HOSTILE,
        "tier": "production",
        "ground": "licence",
        "real among closed, estimated": 0.5,
        "real among closed, at most": 0.75,
        "promised": 0.01,
        "frozen": False,
    }
    weeks = [("2026-11-02", 0.0), ("2026-11-09", None), ("2026-11-16", 0.31)]
    return {
        "since": "a",
        "at": "b",
        "decisions": 1,
        "coverage": {"proof": 0.25, "signature": None},
        "closes": [closes],
        "licences": [{"rule": HOSTILE, "labelled harmless": "0 of 299"}],
        "reliability": [
            {"from": 0.0, "labels": 2, "real": 1, "share": 0.5},
            {"from": 0.5, "labels": 0, "real": 0, "share": None},
        ],
        "drift": [{"week": week, "index": index} for week, index in weeks],
        "reviewers": {"attacks judged by two": "3 of 20", "at most": None, "says": HOSTILE},
        "canaries": {"says": f"1 of 5 {HOSTILE}"},
    }


def test_what_an_attacker_wrote_is_text_in_the_report():
    page = html(a_report())
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 5
    assert not {char for char in page if not char.isprintable()}
    assert "50.00%" in page
    assert "0 of 299" in page


def test_a_name_that_is_too_long_is_cut_and_its_tier_and_ground_are_still_told():
    report = a_report()
    report["closes"][0]["rule"] = "<" * 5000
    page = html(report)
    assert "\N{HORIZONTAL ELLIPSIS} (production, licence): 50.00%, at most 75.00%</text>" in page
    assert page.count("&lt;") < 500


def test_a_plot_keeps_its_size_and_nothing_is_fetched():
    page = html(a_report())
    assert page.count("<div class='plot' tabindex='0'><svg viewBox='0 0 720 ") == 3
    assert not re.search(r"https?:|src=|href=|url\(|@import", page)


def test_every_plot_of_the_report_is_well_formed_and_within_its_frame():
    page = html(a_report())
    texts = re.findall(r"<svg.*?</svg>", page)
    plots = [parseString(text).documentElement for text in texts]  # noqa: S318 - our own
    assert [one.getAttribute("aria-label") for one in plots] == [
        "Real among closed, by rule",
        "Share real, by score",
        "Stability index of scores, by week",
    ]
    for plot in plots:
        width, height = map(float, plot.getAttribute("viewBox").split()[2:])
        for part in plot.getElementsByTagName("*"):
            for name, most in (("x", width), ("x2", width), ("y", height), ("y2", height)):
                assert 0 <= float(part.getAttribute(name) or 0) <= most
    (line,) = plots[2].getElementsByTagName("polyline")
    assert line.getAttribute("points") == "40.0,160.0 720.0,60.8"


def test_a_worker_never_imports_what_only_training_needs():
    code = (
        "import sys, triage.cli.running, triage.wiring.bootstrap; "
        "import triage.wiring.licensing, triage.wiring.watching; "
        "print([one for one in ('sklearn', 'numpy', 'scipy') if one in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout == "[]\n"
