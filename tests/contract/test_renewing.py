"""Playbooks that change under a running engine, with files, keys and metrics as they are."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.builders import NOON, a_ticket
from tests.playbooks import NO_MODEL, SOUND
from tests.unit.engine.test_reload import BROKEN, OTHER, Hands
from triage.adapters.files.playbooks import read_playbooks
from triage.adapters.files.problems import InvalidFile
from triage.adapters.files.releases import Released, history, newest, write_release
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.ssh.signer import public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.json import canonical, digest
from triage.domain.person import People, Person
from triage.domain.release import Release
from triage.engine.rulebook import Rulebook
from triage.engine.rules import Rules
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY
from triage.settings import Paths, Settings
from triage.stages.conclude import conclude
from triage.wiring.renewing import Renewing, deciding, renewing

KEY = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()
ALICE = People(people={"alice": Person(name="alice", keys=(public_line(KEY),))})


@dataclass
class Bench:
    """A folder of playbooks and one of releases, looked at by an engine."""

    folder: Path
    settings: Settings
    clock: Hands
    metrics: PrometheusMetrics
    rulebook: Rulebook
    renewing: Renewing

    def write(self, name: str, text: str) -> None:
        (self.folder / "playbooks" / name).write_text(text)

    def look(self) -> int:
        self.clock.wait(10)
        return self.renewing.step()

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.rulebook.current().loaded.playbooks]

    def reloads(self, outcome: str) -> float:
        found = self.metrics.registry.get_sample_value(
            "triage_playbook_reloads_total", {"outcome": outcome}
        )
        return found or 0.0


def a_bench(folder: Path, *, releases: bool) -> Bench:
    paths = Paths(playbooks=folder / "playbooks", data=folder)
    if releases:
        key = public_line(KEY)
        (folder / "people.toml").write_text(f'[people.alice]\nkeys = ["{key}"]\n')
        people, kept = folder / "people.toml", folder / "releases"
        paths = paths.model_copy(update={"releases": kept, "people": people})
    found = Settings(paths=paths)
    files = deciding(found, folder / "playbooks")
    loaded = load(files, VOCABULARY)
    rulebook = Rulebook(Rules(files=files, vocabulary=VOCABULARY, model=NO_MODEL, prepared=loaded))
    clock, metrics = Hands(), PrometheusMetrics()
    made = renewing(found, folder / "playbooks", rulebook, (clock, metrics))
    return Bench(folder, found, clock, metrics, rulebook, made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(SOUND)
    return tmp_path


def release(folder: Path, *, minutes: int = 0, key: Ed25519PrivateKey = KEY, **changes) -> Path:
    files = read_playbooks(folder / "playbooks")
    made = Release(
        digest=digest(canonical(dict(files))),
        by="alice",
        at=NOON.replace(minute=minutes),
        because="it is better",
    )
    signature = sign_with(key, made.statement())
    made = replace(made, **changes)
    return write_release(folder / "releases", Released(release=made, files=files), signature)


def test_a_changed_set_is_in_force_at_once_and_remembered(folder):
    bench = a_bench(folder, releases=False)
    before = bench.rulebook.current()
    bench.write("b.yaml", OTHER)
    assert bench.look() == 1
    after = bench.rulebook.current()
    assert bench.names == ["a-playbook", "other"]
    assert [one.name for one in before.loaded.playbooks] == ["a-playbook"]
    assert after.digests["playbooks"] == after.loaded.digest == after.at(NOON).playbooks.digest
    assert (bench.reloads("renewed"), bench.renewing.note()) == (1.0, "")
    assert (folder / "playbooks.json").is_file()


def test_a_broken_file_keeps_the_last_good_set_and_log_metric_and_note_say_so(folder):
    bench = a_bench(folder, releases=False)
    bench.write("b.yaml", BROKEN)
    with structlog.testing.capture_logs() as log:
        assert bench.look() == 0
        assert bench.look() == 0
    assert [entry["event"] for entry in log] == ["playbooks.refused"]
    assert bench.names == ["a-playbook"]
    assert bench.reloads("refused") == 1.0
    assert "the last good playbooks stay in use: b.yaml:" in bench.renewing.note()
    bench.write("b.yaml", OTHER)
    assert (bench.look(), bench.renewing.note()) == (1, "")


def test_nothing_decides_that_nobody_released(folder):
    with pytest.raises(InvalidFile, match="no set of playbooks is released yet"):
        a_bench(folder, releases=True)


def test_a_changed_set_waits_until_it_is_released(folder):
    release(folder)
    bench = a_bench(folder, releases=True)
    bench.look()
    assert bench.renewing.note() == ""
    bench.write("b.yaml", OTHER)
    assert bench.look() == 0
    assert bench.names == ["a-playbook"]
    assert "wait for their release" in bench.renewing.note()
    release(folder, minutes=5)
    assert bench.look() == 1
    assert (bench.names, bench.renewing.note()) == (["a-playbook", "other"], "")


def test_a_set_that_waits_judges_beside_until_it_is_released(folder):
    release(folder)
    bench = a_bench(folder, releases=True)
    bench.look()
    assert bench.renewing.shadow.waiting is None
    bench.write("b.yaml", OTHER)
    bench.look()
    assert [one.name for one in bench.renewing.shadow.waiting.playbooks] == ["a-playbook", "other"]
    bench.write("b.yaml", BROKEN)
    bench.look()
    assert bench.renewing.shadow.waiting is None
    bench.write("b.yaml", OTHER)
    bench.look()
    release(folder, minutes=5)
    bench.look()
    bench.look()
    assert bench.renewing.shadow.waiting is None


def test_what_the_waiting_set_comes_to_is_counted_logged_and_noted(folder):
    release(folder)
    bench = a_bench(folder, releases=True)
    bench.write("a.yaml", SOUND.replace("close: no longer present", "escalate: critical"))
    bench.look()
    ticket = a_ticket(type="S3.8")
    concluded = conclude(ticket, {}, bench.rulebook.current().at(NOON))
    bench.renewing.shadow.hear("a-case", concluded)
    with structlog.testing.capture_logs() as log:
        assert bench.renewing.judge() == 1
    told = bench.metrics.registry.get_sample_value(
        "triage_playbooks_waiting_total", {"outcome": "priority up"}
    )
    assert [entry["event"] for entry in log] == ["playbooks.would_differ"]
    assert (told, "1 of 1 tickets" in bench.renewing.note()) == (1.0, True)
    bench.renewing.shadow.waiting = replace(bench.renewing.shadow.waiting, index=None)
    bench.renewing.shadow.hear("a-case", concluded)
    bench.clock.wait(2)
    with structlog.testing.capture_logs() as log:
        bench.renewing.judge()
    assert [(entry["event"], entry["error"]) for entry in log] == [
        ("playbooks.waiting_failed", "AttributeError")
    ]


def test_a_release_that_does_not_hold_changes_nothing(folder):
    first = release(folder)
    bench = a_bench(folder, releases=True)
    bench.write("b.yaml", OTHER)
    strange = release(folder, minutes=5, key=STRANGER)
    stranger = release(folder, minutes=6, by="mallory")
    text = release(folder, minutes=7)
    text.write_bytes(text.read_bytes().replace(b"somebody", b"nobody"))
    later = release(folder, minutes=8)
    moved = later.rename(later.with_name("2".join(later.name.split("1", 1))))
    (folder / "releases" / "9.json").write_text('{"files": ')
    assert bench.look() == 0
    assert bench.names == ["a-playbook"]
    found, problems = newest(folder / "releases", ALICE, SshVerifier())
    assert found.release.digest.startswith(first.stem[-12:])
    assert [one.split(" counts for nothing: ")[0] for one in problems] == [
        "9.json",
        moved.name,
        text.name,
        stranger.name,
        strange.name,
    ]
    held = [one for one, _ in history(folder / "releases", ALICE, SshVerifier()) if one]
    assert held == [found.release]


def test_taking_the_newest_release_away_goes_back_to_the_one_before(folder):
    release(folder)
    (folder / "playbooks" / "b.yaml").write_text(OTHER)
    second = release(folder, minutes=5)
    bench = a_bench(folder, releases=True)
    assert bench.names == ["a-playbook", "other"]
    second.unlink()
    assert bench.look() == 1
    assert bench.names == ["a-playbook"]


def test_a_folder_that_cannot_be_read_is_said_and_changes_nothing(folder):
    release(folder)
    bench = a_bench(folder, releases=True)
    (folder / "playbooks").rename(folder / "away")
    assert bench.look() == 0
    assert bench.names == ["a-playbook"]
    assert "the playbooks to release cannot be read" in bench.renewing.note()
