"""What the classifier's benchmark measures is so, whatever the time it takes here."""

import json
import subprocess
import sys

import pytest

from tests.desk import ROOT

SCRIPT = ROOT / "scripts" / "benchmarks" / "classifier.py"


@pytest.mark.slow
def test_a_worker_scores_as_scikit_learn_does_and_never_imports_it():
    pytest.importorskip("sklearn")
    command = [sys.executable, SCRIPT, "--rows", "4000", "--repeats", "40", "--starts", "1"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["linear"]["difference"] <= 1e-9
    assert found["trees"]["difference"] <= 1e-9
    started = found["start"]
    assert (started["shipped"]["trees"], started["trees"]["trees"]) == (False, True)
    assert [one["imported"] for one in started.values()] == [[], []]
