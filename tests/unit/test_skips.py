"""In CI nothing is skipped for want of a service."""

import os
import subprocess
import sys

import pytest

from tests.desk import ROOT

TESTS = """
import pytest

@pytest.mark.skip(reason="no mail server here")
def test_service(): pass

@pytest.mark.skip(reason="needs ../shared")
def test_beside(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert False

def test_plain(): pass
"""


@pytest.mark.parametrize(
    ("ci", "told"),
    [("true", "1 passed, 1 skipped, 1 xfailed, 1 error"), ("", "1 passed, 2 skipped, 1 xfailed")],
)
def test_a_test_skipped_for_a_missing_service_fails_in_ci(tmp_path, ci, told):
    hooks = "pytest_runtest_makereport, pytest_make_collect_report"
    (tmp_path / "conftest.py").write_text(f"from tests.conftest import {hooks}\n")
    (tmp_path / "test_it.py").write_text(TESTS)
    outside = os.environ  # noqa: TID251 - a child starts from ours
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "."],
        cwd=tmp_path,
        env={"PATH": outside["PATH"], "PYTHONPATH": str(ROOT), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told in done.stdout
    assert ("in CI nothing is skipped" in done.stdout) is bool(ci)
