"""The demo as a stranger runs it: what it shows, what it leaves, how it ends."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.desk import Desk
from triage.cli import demo_report
from triage.cli.demo_report import WHY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, set[str]]:
    """What the demo prints and what it leaves behind."""
    folder = tmp_path_factory.mktemp("demo")
    outside = os.environ  # noqa: TID251 - a child starts from ours
    measured = {name: outside[name] for name in outside if name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-m", "triage", "demo", "--exit"],
        cwd=folder,
        env=measured
        | {"PATH": outside["PATH"], "HOME": str(folder), "PYTHONPATH": str(demo_report_root())},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, {path.name for path in folder.iterdir()}


def demo_report_root() -> str:
    return demo_report.__file__.rpartition("/triage/")[0]


def test_it_closes_on_grounds_and_asks_for_different_reasons(shown):
    text, _ = shown
    counts = re.search(r"(\d+) messages: (\d+) closed \((\d+) by proof, (\d+) by sig", text)
    assert counts is not None
    messages, closed, proofs, signatures = map(int, counts.groups())
    assert messages == 30
    assert proofs >= 5
    assert signatures >= 1
    repaired = re.search(r"(\d+) by repair\)", text)
    assert repaired is not None
    assert closed == proofs + signatures + int(repaired.group(1))
    assert sum(f"\n  {why}: " in text for why, _ in WHY) >= 5


def test_it_has_an_unknown_a_duplicate_and_something_unreadable(shown):
    text, _ = shown
    assert "could not find out who changed it: the look-up was throttled" in text
    assert "1 duplicate" in text
    assert "NOT READ, KEPT BYTE FOR BYTE: 2" in text
    assert "the audit finds no problems" in text


def test_it_repairs_proves_and_takes_back(shown):
    text, _ = shown
    assert "REPAIRED, PROVEN AND CLOSED WITHOUT A PERSON: s3.block_public_access is proven" in text
    assert "REPAIRED, ONCE alice AGREED TO IT: ec2.revoke_ingress is proven" in text
    assert "taken back and proven to be: delete the public access block" in text


def test_it_closes_findings_where_they_came_from(shown):
    text, _ = shown
    counts = re.search(r"AT THEIR SOURCE: (\d+) of (\d+) findings are closed there", text)
    assert counts is not None
    assert int(counts.group(1)) >= 5
    assert re.search(r"RESOLVED +S3\.8 .*closed at its source", text)


def test_its_lines_fit_and_hide_nothing(shown):
    text, _ = shown
    assert max(map(len, text.splitlines())) <= 120
    assert "Traceback" not in text


def test_it_leaves_nothing_but_its_data(shown):
    assert shown[1] == {".triage"}


def test_ctrl_c_ends_it_and_everything_it_started(desk: Desk):
    child = desk.start("demo")
    assert child.stdout is not None
    assert b"local AWS" in child.stdout.readline()
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err
