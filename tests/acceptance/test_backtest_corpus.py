"""A deliberately bad change, judged against public records nobody here wrote."""

import gzip
import json
import shutil
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.engines import an_engine
from tests.pasts import Pasts, git
from triage.domain.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
LEFT_OUT = ("ait-ads__", "guide__")
AT_ONCE = 100

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the project"),
]


def records():
    for path in sorted(CORPUS.glob("*.jsonl.gz")):
        if not path.name.startswith(LEFT_OUT):
            with gzip.open(path) as lines:
                for line in lines:
                    yield json.dumps(json.loads(line)["record"]).encode()


def told(case):
    """The playbook whose rule decided a case, if one did."""
    return ((case.decided or {}).get("rule") or "").partition(": ")[0]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A store filled from the corpus; what one playbook decided, people called real."""
    folder = tmp_path_factory.mktemp("corpus")
    with an_engine(folder) as engine:
        bodies = list(islice(records(), 0, None, 9))
        for start in range(0, len(bodies), AT_ONCE):
            engine.submit(*bodies[start : start + AT_ONCE])
        decided = []
        while some := engine.decide():
            decided += [case for case in some if case is not None]
        threats = [case for case in decided if told(case) and case.headline["class"] == "threat"]
        playbook, _ = Counter(map(told, threats)).most_common(1)[0]
        real = [case for case in threats if told(case) == playbook]
        past = Pasts(engine, None, folder, folder / "triage.sqlite3")
        for case in real:
            past.say(case.id, Verdict.TRUE_POSITIVE)
    return folder, playbook, len(decided), {case.id for case in real}


def hasty(folder, playbook):
    """The shipped playbooks, of which one closes whatever it used to tell people."""
    shutil.copytree(ROOT / "playbooks", folder / "playbooks", dirs_exist_ok=True)
    (path,) = (
        path
        for path in (folder / "playbooks").rglob("*.yaml")
        if f"playbook: {playbook}\n" in path.read_text()
    )
    head = path.read_text().partition("\nrules:")[0].partition("\nevidence:")[0]
    path.write_text(
        f"{head}\nrules:\n  - rule: never mind\n    close: benign\n    because: It is nothing.\n"
    )


def test_a_bad_change_shows_its_flips_and_fails(recorded, desk):
    folder, playbook, tickets, real = recorded
    git(folder, "init", "-q", "-b", "main")
    shutil.copytree(ROOT / "playbooks", folder / "playbooks")
    git(folder, "add", "playbooks")
    git(folder, "commit", "-q", "-m", "as shipped")
    hasty(folder, playbook)
    words = ("--base", "main", "--since", "2026-01-01", "--playbooks", str(folder / "playbooks"))
    said = desk.triage("playbook", "backtest", *words, "--data", str(folder), "--output", "json")
    assert said.code == 1
    found = said.json
    assert (found["tickets"], found["could_not_be_judged"]) == (tickets, 0)
    wrong = {flip["case"] for flip in found["flips"] if flip["wrong"]}
    assert wrong
    assert wrong <= real
    assert found["problems"] == [
        f"{len(wrong)} of the tickets that a person called real would now close"
    ]
    markdown = desk.triage("playbook", "backtest", *words, "--data", str(folder), "-o", "markdown")
    assert "would now close" in markdown.text


def test_the_same_playbooks_judge_the_whole_corpus_as_it_was(recorded, desk):
    folder, _, tickets, _ = recorded
    words = ("--since", "2026-01-01", "--data", str(folder), "--full", "--output", "json")
    shipped = str(ROOT / "playbooks")
    said = desk.triage(
        "playbook", "backtest", *words, "--playbooks", shipped, "--base-playbooks", shipped
    )
    assert (said.code, said.json["tickets"], said.json["flips"]) == (0, tickets, [])
