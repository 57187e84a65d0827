"""A close is drawn, reviewed and answered, and a model is trained, from the command line."""

import json
from datetime import timedelta

import pytest

from tests.engines import an_engine, finding
from tests.stored import a_close, claimed, decided
from triage.adapters.system.clock import SystemClock

SAY = ("--by", "alice", "--key", "alice", "--because", "looked")


@pytest.fixture
def closed(desk):
    """A desk whose store holds one drawn close, and its case."""
    desk.people("alice")
    (desk.folder / "alice").chmod(0o600)
    desk.triage("case", "list")
    return desk


def drawn(desk) -> str:
    """Close one finding by hand of the engine, drawn; return its case."""
    folder = desk.folder / ".triage"
    folder.mkdir(exist_ok=True)
    with an_engine(folder, "first") as engine:
        engine.submit(finding("drawn"))
        now = SystemClock().now()
        (claim,) = claimed(engine.store, at=engine.clock.now())
        entry = a_close(claim.case, at=now, due=now + timedelta(hours=1))
        event = {"decision": "close", "verdict": "benign", "ground": "proof", "rule": entry.name}
        whole = decided(claim, closed=entry)
        written = whole.write(())
        data = {**event, "reasons": [], "inputs": None, "effects": []}
        made = type(written)(
            event=type(written.event)(id=entry.event, kind=written.event.kind, at=now, data=data),
            closed=entry,
        )
        engine.store.cases.settle([type(whole)(claim=claim, write=lambda _: made, bodies={})])
        return str(claim.case.id)


def test_a_drawn_close_is_shown_without_its_decision_and_answered(closed):
    case = drawn(closed)
    (row,) = closed.triage("review", "list", "-o", "json").json
    assert row["case"] == case
    page = closed.triage("review", "next", "-o", "json")
    assert json.loads(page.out)["next"].startswith(f"triage verdict {case} --blind")
    assert b"benign" not in page.out
    said = closed.triage("verdict", case, "--as", "true_positive", "--blind", *SAY)
    assert said.answer == (0, f"{case} is closed: true positive, says alice\n", "")
    assert closed.triage("review", "list").err == "nothing waits for a review\n"
    numbers = closed.triage("judge", "report", "-o", "json").json
    assert [one["drawn and judged"] for one in numbers["closes"]] == [0]


def test_a_word_that_is_no_confidence_is_refused_with_those_there_are(closed):
    case = drawn(closed)
    said = closed.triage("verdict", case, "--as", "benign", "--confidence", "sure", *SAY)
    assert said.code == 2
    assert "'sure' is no confidence; use one of low, medium, high" in said.err
