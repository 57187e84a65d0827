"""`triage playbook test`: what it prints, when it fails, and that it runs again on a change."""

from tests.pasts import BASE
from triage.cli.rehearsal import repeat

HALF = BASE.replace('["S3.8"] }', '["S3.8"], region: ["eu-west-1", { prefix: "us-" }] }')


def test_what_no_test_exercises_is_shown_and_can_fail(desk):
    path = desk.write("a.yaml", HALF)
    said = desk.triage("playbook", "test", path)
    assert (said.code, "no test needs region: {'prefix': 'us-'}" in said.text) == (0, True)
    assert said.err == "4 of 4 hold\n83.3% of rules and match exercised, 1 of 6 not\n"
    strict = desk.triage("playbook", "test", path, "--fail-under", "84", "-o", "json")
    assert strict.code == 1
    assert strict.json["coverage"] == 83.33
    assert strict.json["uncovered"][0]["at"] == "a.yaml:5"
    assert [row["problem"] for row in strict.json["tests"]] == ["holds"] * 4


def test_a_folder_with_an_error_fails_and_names_it(desk):
    desk.write("all/a.yaml", BASE)
    desk.write("all/b.yaml", "playbook: [")
    said = desk.triage("playbook", "test", "all", "-o", "jsonl")
    assert (said.code, len(said.rows)) == (1, 4)
    assert said.err.startswith("b.yaml:1:")


def test_watching_runs_again_only_after_a_change(tmp_path, monkeypatch):
    ran = []
    (tmp_path / "a.yaml").write_text(BASE)
    looks = iter([lambda: None, lambda: (tmp_path / "b.yaml").write_text(BASE), lambda: None])
    monkeypatch.setattr("triage.cli.rehearsal.time.sleep", lambda _seconds: next(looks)())
    repeat(tmp_path, lambda: ran.append(1) or 0, rounds=3)
    assert len(ran) == 2


def test_a_folder_that_goes_away_while_it_is_watched_is_waited_for(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("triage.cli.rehearsal.time.sleep", lambda _seconds: None)
    repeat(tmp_path / "gone", lambda: 0, rounds=1)
    assert "there is no such folder" in capsys.readouterr().err
