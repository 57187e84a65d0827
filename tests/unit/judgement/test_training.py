"""Training writes a model that this version scores with, and a card that says what it is."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import NOON
from triage.judgement.score import model_from
from triage.judgement.trees import forest_from

TRAIN = Path(__file__).parents[3] / "scripts" / "train.py"


def trained(folder, labels):
    (folder / "labels.jsonl").write_text("".join(json.dumps(label) + "\n" for label in labels))
    return subprocess.run(
        [sys.executable, TRAIN, folder / "labels.jsonl", "--name", "own", "--out", folder],
        capture_output=True,
        text=True,
        check=False,
    )


def a_label(number, **changes):
    return {
        "given": (NOON + timedelta(hours=number)).isoformat(),
        "cluster": f"k{number}",
        "real": number % 4 == 0,
        "features": {"severity": 0.9 if number % 4 == 0 else 0.2, "recurrence": 0.1},
    } | changes


@pytest.mark.slow
def test_what_is_trained_can_be_scored_and_says_what_it_is(tmp_path):
    pytest.importorskip("sklearn")
    found = trained(tmp_path, [a_label(number) for number in range(400)])
    assert found.returncode == 0, found.stderr
    model = model_from("own", json.loads((tmp_path / "own.json").read_text()))
    assert model.weights["severity"] > 0
    assert model.weights["recurrence"] >= 0
    forest_from(json.loads((tmp_path / "own.trees.json").read_text()))
    card = (tmp_path / "own.md").read_text()
    assert "It carries no licence" in card
    assert "120 labels, 30 real, AUC 1.000" in card


def test_a_line_that_is_no_label_is_named(tmp_path):
    found = trained(tmp_path, [a_label(0), {"given": "yesterday"}])
    assert found.returncode == 1
    assert "labels.jsonl:2: no label" in found.stderr
