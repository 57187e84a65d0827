"""The pre-commit hooks and the GitHub action run what they say, and nothing a caller slips in."""

import json
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from tests.desk import ROOT
from tests.playbooks import SOUND
from triage.cli.playbook import app

YAML_READER = YAML(typ="safe", pure=True)


def read(name):
    return YAML_READER.load((ROOT / name).read_text())


def test_every_hook_calls_a_command_that_there_is():
    hooks = read(".pre-commit-hooks.yaml")
    commands = {one.name or one.callback.__name__ for one in app.registered_commands}
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    for hook in hooks:
        program, family, command = hook["entry"].split()
        assert (program, family, hook["pass_filenames"]) == ("triage", "playbook", False)
        assert command in commands


@pytest.fixture
def runner(tmp_path):
    """Run a step of the action with a `triage` that is this checkout's."""
    shim = tmp_path / "bin" / "triage"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m triage "$@"\n')
    shim.chmod(0o755)
    steps = {step.get("name"): step for step in read("action.yml")["runs"]["steps"]}

    def run(name, **inputs):
        names = {"PLAYBOOKS": "path", "SARIF": "sarif", "SIGNATURES": "signatures"}
        defaults = read("action.yml")["inputs"]
        given = {key: inputs.get(word, defaults[word]["default"]) for key, word in names.items()}
        home = {"PATH": f"{shim.parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", steps[name]["run"]],
            cwd=tmp_path,
            env={**home, "HOME": str(tmp_path), "ALLOW_WARNINGS": "false", **given},
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.slow
def test_the_action_leaves_sarif_and_the_exit_code_of_lint(runner, tmp_path):
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "p.yaml").write_text(SOUND.replace("owner:", "ownr:"))
    done = runner("Lint")
    assert done.returncode == 1
    assert b"p.yaml:3:1  unknown key 'ownr'" in done.stdout
    (run,) = json.loads((tmp_path / "triage-lint.sarif").read_text())["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["missing-key", "unknown-key"]


@pytest.mark.slow
def test_what_a_caller_gives_is_never_run(runner, tmp_path):
    done = runner("Lint", path="$(touch slipped) ; touch slipped")
    assert done.returncode == 3
    assert not (tmp_path / "slipped").exists()


def test_no_step_has_an_input_inside_its_script():
    steps = read("action.yml")["runs"]["steps"]
    assert all("${{" not in step.get("run", "") for step in steps)
