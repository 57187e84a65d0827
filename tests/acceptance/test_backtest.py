"""What a change of playbooks would have done to the past, on both stores and from git."""

import json
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.pasts import BASE, HASTY, OTHER, WITHOUT_CROWN, a_past, git
from tests.stored import STORES
from triage.adapters.files.remembered import read_remembered, write_remembered
from triage.adapters.storage import history
from triage.adapters.storage.history import SqlHistory
from triage.adapters.storage.looking import look_at
from triage.adapters.storage.schema import bodies
from triage.domain.verdict import Verdict
from triage.engine.backtest import Bench, Side, counts
from triage.engine.recall import Recall
from triage.judgement.score import Model
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.compare import Closing
from triage.wiring.backtesting import Job, Written, backtest

LONG_AGO = NOON - timedelta(days=90)
WARY = Model(name="wary", intercept=40.0, weights={}, veto_at=0.5)
"""A classifier that objects to every close."""


def side(text, model=None):
    loaded = load({"one.yaml": text}, VOCABULARY)
    assert loaded.sound, loaded.problems
    return Side(playbooks=loaded, model=model)


def judged(past, head, *, base=BASE, since=LONG_AGO, whole=False, models=(None, None)):
    with closing(look_at(past.place)) as database:
        bench = Bench(
            history=SqlHistory(database),
            vocabulary=VOCABULARY,
            base=side(base, models[0]),
            head=side(head, models[1]),
            whole=whole,
        )
        return bench.run(since)


@contextmanager
def three_tickets(folder, backend="sqlite"):
    """A crown jewel that was real, a bucket that closed, one that a person called benign."""
    with a_past(folder, backend) as made:
        made.crown = made.decided("crown", blocked=True, said=Verdict.TRUE_POSITIVE)
        made.closed = made.decided("blocked", blocked=True)
        made.open = made.decided("open", said=Verdict.BENIGN)
        yield made


@pytest.fixture
def past(tmp_path):
    with three_tickets(tmp_path) as made:
        yield made


@pytest.fixture(params=list(STORES))
def past_of(request, tmp_path):
    with three_tickets(tmp_path, request.param) as made:
        yield made


def turned(tally):
    return {(one.case, one.flip.kind, one.wrong) for one in tally.turned}


def test_the_same_playbooks_change_nothing_and_nothing_has_to_be_judged(past):
    tally = judged(past, BASE)
    assert (tally.tickets, tally.judged, tally.real, tally.turned) == (3, 0, 1, [])


def test_judging_everything_gives_what_was_recorded(past_of):
    tally = judged(past_of, BASE, whole=True)
    assert (tally.tickets, tally.judged, tally.turned, dict(tally.lost)) == (3, 3, [], {})
    assert len(judged(past_of, WITHOUT_CROWN).wrong) == 1


def test_a_ticket_that_a_person_called_real_and_would_now_close_is_wrong(past):
    tally = judged(past, WITHOUT_CROWN)
    assert turned(tally) == {(past.crown, "escalate → close once confirmed", True)}
    (one,) = tally.wrong
    assert one.said == ("true positive",)
    assert one.flip.after.told == "close once confirmed: close: no longer present"


def test_a_close_that_only_lacks_its_licence_counts_like_one(past):
    real = past.decided("leak", said=Verdict.SECURITY_RISK)
    tally = judged(past, HASTY)
    assert turned(tally) == {
        (real, "escalate → close once licensed", True),
        (past.open, "escalate → close once licensed", False),
    }
    assert {one.flip.after.closing for one in tally.turned} == {Closing.UNLICENSED}


def test_what_history_never_asked_is_unknown_and_closes_nothing(past):
    asking = WITHOUT_CROWN.replace(
        "  bucket: { ask: s3.public_access }",
        "  bucket: { ask: s3.public_access }\n  trails: { ask: cloudtrail.trails }",
    ).replace("when: bucket.public", "when: trails.logging and bucket.public")
    tally = judged(past, asking)
    assert dict(tally.kinds) == {"close → escalate": 1, "priority down": 1}
    (one,) = [one for one in tally.turned if one.flip.kind == "close → escalate"]
    assert one.flip.after.because == (
        "It is open.; could not find out which trails are logging: it was not asked"
    )


def test_what_both_sides_say_alike_is_judged_once_and_comes_out_as_if_twice(past):
    past.decided("silent", said=Verdict.TRUE_POSITIVE)
    for head in (BASE, WITHOUT_CROWN, HASTY):
        both = {"one.yaml": head, "two.yaml": OTHER}, {"one.yaml": BASE, "two.yaml": OTHER}
        sides = [Side(playbooks=load(files, VOCABULARY)) for files in both]
        tallies = []
        for alike in (True, False):
            with closing(look_at(past.place)) as database:
                bench = Bench(
                    history=SqlHistory(database),
                    vocabulary=VOCABULARY,
                    base=sides[1],
                    head=sides[0],
                    whole=True,
                )
                bench._alike = bench._alike if alike else frozenset()
                tallies.append(bench.run(LONG_AGO))
        assert tallies[0] == tallies[1]
        assert tallies[0].judged == 4


def test_evidence_is_as_old_as_it_was_then(past):
    past.pass_days(30)
    assert judged(past, BASE, whole=True).turned == []


def test_what_was_decided_before_the_window_is_left_out(past):
    assert judged(past, WITHOUT_CROWN, since=NOON + timedelta(days=1)).tickets == 0


def test_a_history_of_many_pages_is_judged_whole(past_of, monkeypatch):
    whole = judged(past_of, WITHOUT_CROWN, whole=True)
    monkeypatch.setattr(history, "CASES_AT_ONCE", 1)
    assert judged(past_of, WITHOUT_CROWN, whole=True) == whole


def test_another_classifier_can_touch_every_ticket(past):
    tally = judged(past, BASE, models=(None, WARY))
    assert (tally.judged, turned(tally)) == (3, {(past.closed, "close → escalate", False)})


def test_a_playbook_that_speaks_about_other_tickets_touches_none(past):
    with closing(look_at(past.place)) as database:
        both = load({"one.yaml": BASE, "two.yaml": OTHER}, VOCABULARY)
        bench = Bench(
            history=SqlHistory(database),
            vocabulary=VOCABULARY,
            base=side(BASE),
            head=Side(playbooks=both),
        )
        tally = bench.run(LONG_AGO)
    assert bench.difference.changed == ("ports",)
    assert (tally.tickets, tally.judged) == (3, 0)


def test_what_can_no_longer_be_judged_is_counted_and_hides_nothing(past):
    body = past.engine.store.cases.case(past.crown).decided["inputs"]["evidence"]
    with past.engine.store.database.writing() as connection:
        connection.execute(bodies.delete().where(bodies.c.hash == body))
    tally = judged(past, WITHOUT_CROWN, whole=True)
    assert dict(tally.lost) == {"the evidence is no longer stored": 1}
    assert (tally.tickets, tally.real_lost) == (2, 1)


# --- what is remembered ---------------------------------------------------------------------------


def job_of(past, head=WITHOUT_CROWN, memory=None):
    old, new = ({"one.yaml": text} for text in (BASE, head))
    return Job(
        place=past.place,
        since=LONG_AGO,
        base=Written.of(old, load(old, VOCABULARY), None),
        head=Written.of(new, load(new, VOCABULARY), None),
        whole=True,
        memory=memory,
    )


def forgetting(monkeypatch):
    """From now on nothing can be judged, only remembered."""

    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(Recall, "ticket", refuse)


def test_what_is_remembered_is_what_judging_finds(past_of, tmp_path):
    past_of.decided("silent", said=Verdict.TRUE_POSITIVE)
    for head in (BASE, WITHOUT_CROWN, HASTY):
        anew = backtest(job_of(past_of, head), processes=1)
        first = backtest(job_of(past_of, head, tmp_path / "memory"), processes=1)
        again = backtest(job_of(past_of, head, tmp_path / "memory"), processes=1)
        assert (anew, anew) == (first, again)


def test_what_is_remembered_needs_no_judging(past, tmp_path, monkeypatch):
    told = backtest(job_of(past, BASE, tmp_path / "memory"), processes=1)
    forgetting(monkeypatch)
    assert backtest(job_of(past, BASE, tmp_path / "memory"), processes=1) == told
    assert backtest(job_of(past, BASE, tmp_path / "other"), processes=1).judged == 0


def test_of_what_is_no_longer_stored_nothing_is_remembered(past_of, tmp_path):
    backtest(job_of(past_of, BASE, tmp_path / "memory"), processes=1)
    body = past_of.engine.store.cases.case(past_of.crown).decided["inputs"]["evidence"]
    with past_of.engine.store.database.writing() as connection:
        connection.execute(bodies.delete().where(bodies.c.hash == body))
    tally = backtest(job_of(past_of, BASE, tmp_path / "memory"), processes=1)
    assert dict(tally.lost) == {"the evidence is no longer stored": 1}


def written(memory):
    return {path: path.stat().st_mtime_ns for path in memory.rglob("*.json")}


def test_a_memory_is_written_where_something_was_learnt_and_nowhere_else(past, tmp_path):
    memory = tmp_path / "memory"
    # Under the same playbooks nothing is judged; flips are judged again and teach nothing.
    backtest(replace(job_of(past, BASE, memory), whole=False), processes=1)
    assert written(memory) == {}
    told = backtest(job_of(past, WITHOUT_CROWN, memory), processes=1)
    before = written(memory)
    assert (backtest(job_of(past, WITHOUT_CROWN, memory), processes=1), written(memory)) == (
        told,
        before,
    )
    # What came since is added to what is there.
    past.decided("another")
    backtest(job_of(past, WITHOUT_CROWN, memory), processes=1)
    assert written(memory) != before
    again = backtest(job_of(past, WITHOUT_CROWN, memory), processes=1)
    assert again == backtest(job_of(past, WITHOUT_CROWN), processes=1)


def test_what_is_remembered_repeats_nothing_a_ticket_says(past, tmp_path):
    backtest(job_of(past, HASTY, tmp_path / "memory"), processes=1)
    kept = "".join(path.read_text() for path in (tmp_path / "memory").rglob("*.json"))
    assert ("bucket-block: crown jewels" in kept, "arn:" in kept, "It is" in kept) == (
        True,
        False,
        False,
    )


def test_a_memory_that_holds_something_else_is_passed_over(past, tmp_path):
    told = backtest(job_of(past, BASE, tmp_path / "memory"), processes=1)
    for path in (tmp_path / "memory").rglob("*.json"):
        record = read_remembered(path, path.parent.name)
        write_remembered(path, path.parent.name, {**record, "outcomes": [["close"]]})
    assert backtest(job_of(past, BASE, tmp_path / "memory"), processes=1) == told


def in_processes(place):
    """The tally of one process and of two, and the last that was heard of the latter."""
    old, new = ({"one.yaml": text} for text in (BASE, WITHOUT_CROWN))
    job = Job(
        place=place,
        since=LONG_AGO,
        base=Written.of(old, load(old, VOCABULARY), None),
        head=Written.of(new, load(new, VOCABULARY), None),
    )
    heard = []
    several = backtest(job, processes=2, tick=lambda done, of: heard.append((done, of)))
    return backtest(job, processes=1), several, heard[-1]


@pytest.mark.slow
def test_several_processes_find_what_one_does_on_every_store(past_of):
    one, several, last = in_processes(past_of.place)
    assert (one, last, counts(one)) == (several, (32, 32), {"escalate → close once confirmed": 1})


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def recorded(tmp_path):
    """The same past on SQLite, as an operator has it."""
    with a_past(tmp_path) as made:
        made.crown = made.decided("crown", blocked=True, said=Verdict.TRUE_POSITIVE)
        made.decided("a`b|c<i>@team #1")
        made.decided("shut", blocked=True)
        made.write(base=BASE, head=WITHOUT_CROWN, hasty=HASTY, broken="playbook: [")
    return made


OBJECTED = {"close once confirmed → escalate": 1, "close → escalate": 1}
SINCE = ("--since", "2026-01-01")


def said(desk, *words, playbooks="head"):
    where = ("--data", ".", "--playbooks", playbooks)
    return desk.triage("playbook", "backtest", *SINCE, *where, *words)


def test_the_command_fails_on_what_people_called_real(recorded, desk):
    answer = said(desk, "--base-playbooks", "base", "--output", "json")
    assert answer.code == 1
    found = answer.json
    assert (found["tickets"], found["newly_closed_once_confirmed"], found["minutes_saved"]) == (
        3,
        1,
        0,
    )
    assert found["problems"] == ["1 of the tickets that a person called real would now close"]
    (flip,) = found["flips"]
    assert (flip["wrong"], flip["case"], flip["people said"]) == (
        True,
        recorded.crown,
        "true positive",
    )


def test_a_table_says_the_same_to_people(recorded, desk):
    answer = said(desk, "--base-playbooks", "base", "--minutes", "30")
    assert answer.code == 1
    assert "escalate → close once confirmed" in answer.text
    assert "WRONG" in answer.text
    assert "triage: 1 of the tickets that a person called real would now close" in answer.err
    assert "judging again: 100%" in answer.err


def test_what_closes_rightly_saves_the_minutes_that_were_assumed(recorded, desk):
    # The other way round: what was told to people for no reason closes, but for the crown jewel.
    told = BASE[: BASE.index("tests:")].replace("close: no longer present", "escalate: low")
    desk.write("told/one.yaml", told)
    answer = said(
        desk, "--base-playbooks", "told", "--minutes", "30", "-o", "json", playbooks="base"
    )
    assert (answer.code, answer.json["minutes_saved"]) == (0, 30)


def test_an_equal_set_passes(recorded, desk):
    answer = said(desk, "--base-playbooks", "base", "--full", playbooks="base")
    assert (answer.code, "judging" in answer.err) == (0, True)


def test_the_command_remembers_where_it_is_told_to(recorded, desk, tmp_path):
    words = ("--base-playbooks", "base", "--full", "--output", "json", "--remember", "kept")
    first = said(desk, *words)
    assert any((tmp_path / "kept").rglob("*.json"))
    assert (first.code, said(desk, *words).json) == (1, first.json)
    refused = said(desk, *words[:-1], "base/one.yaml")
    assert (refused.code, "base/one.yaml: Not a directory" in refused.err) == (3, True)


def test_a_comment_on_a_pull_request_lets_no_ticket_speak(recorded, desk):
    answer = said(desk, "--base-playbooks", "base", "--output", "markdown", playbooks="hasty")
    row = next(line for line in answer.text.splitlines() if "@team" in line)
    # One cell of the table, and all of it in a code span.
    harmless = "a\N{MODIFIER LETTER GRAVE ACCENT}b\N{BROKEN BAR}c<i>@team #1"
    assert f"`arn:aws:s3:::{harmless}`" in row
    assert row.count("|") == 11


def test_a_set_with_an_error_is_not_judged(recorded, desk):
    answer = said(desk, "--base-playbooks", "base", playbooks="broken")
    assert (answer.code, "one.yaml:1:" in answer.err) == (1, True)


def test_strict_fails_also_on_what_closes_before_and_after(recorded, desk):
    words = ("--base-playbooks", "head", "--full")
    assert said(desk, *words).code == 0
    answer = said(desk, *words, "--strict")
    assert (answer.code, "close before and after" in answer.err) == (1, True)


def test_a_revision_is_read_out_of_git(recorded, desk, tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "base")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "base" / "one.yaml").write_text(WITHOUT_CROWN)
    answer = said(desk, "--base", "main", "--output", "json", playbooks="base")
    assert (answer.code, answer.json["changed_playbooks"]) == (1, ["bucket-block"])
    # A classifier of the same repository is compared as well; one from elsewhere did not change.
    content = {"name": "wary", "intercept": -9.0, "weights": {}, "veto_at": 0.5}
    (tmp_path / "model.json").write_text(json.dumps(content))
    git(tmp_path, "add", "base", "model.json")
    git(tmp_path, "commit", "-q", "-m", "two")
    (tmp_path / "model.json").write_text(json.dumps({**content, "intercept": 40.0}))
    desk.environment["TRIAGE_PATHS__MODEL"] = "model.json"
    judged_again = said(desk, "--base", "main", "--output", "json", playbooks="base")
    assert judged_again.json["kinds"] == OBJECTED
    for wrong in ("nowhere", "--upload-pack=x"):
        refused = said(desk, f"--base={wrong}", playbooks="base")
        assert (refused.code, "knows no such revision" in refused.err) == (1, True)


def test_a_changed_classifier_is_judged_too(recorded, desk, tmp_path):
    content = {"name": "wary", "intercept": 40.0, "weights": {}, "veto_at": 0.5}
    (tmp_path / "wary.json").write_text(json.dumps(content))
    answer = said(desk, "--base-playbooks", "head", "--model", "wary.json", "--output", "json")
    assert (answer.code, answer.json["kinds"]) == (0, OBJECTED)


def test_what_waits_for_its_release_is_judged_by_what_is_on_record(recorded, desk):
    desk.people("alice")
    desk.environment["TRIAGE_PATHS__RELEASES"] = "releases"
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "base"
    words = ("--by", "alice", "--key", "alice", "--because", "it is sound")
    assert desk.triage("playbook", "release", *words).code == 0
    judging = ("playbook", "waiting", *SINCE, "--data", ".", "--output", "json")
    assert (desk.triage(*judging).code, desk.triage(*judging).json["flips"]) == (0, [])
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "head"
    answer = desk.triage(*judging)
    assert (answer.code, answer.json["changed_playbooks"]) == (1, ["bucket-block"])
    assert answer.json["newly_closed_once_confirmed"] == 1
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "broken"
    answer = desk.triage(*judging)
    assert (answer.code, "one.yaml:1:" in answer.err) == (1, True)


@pytest.mark.parametrize("since", ["soon", "90"])
def test_a_span_that_is_none_is_a_usage_error(recorded, desk, since):
    answer = desk.triage("playbook", "backtest", "--since", since, "--data", ".")
    assert (answer.code, "neither a span" in answer.err) == (2, True)


def test_no_store_is_a_sentence(desk):
    desk.write("all/one.yaml", BASE)
    answer = desk.triage("playbook", "backtest", "--base-playbooks", "all", "--playbooks", "all")
    assert (answer.code, "there is no store yet" in answer.err) == (1, True)
