"""The end of the demo: a plan is agreed to, made, proven, and taken back."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

import orjson
import typer

from triage.cli.show import plain
from triage.domain.case import Case
from triage.domain.json import canonical
from triage.domain.plan import Plan, plan_from_json

WHO = "alice"
AT_ONCE = "ec2.revoke_ingress"
"""Shown first of all plans that wait: it is proven by one look, IAM's by two a minute apart."""
WIDTH, INDENT = 110, 12
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.3


def show_repair(environment: Mapping[str, str], key: Path) -> None:
    """Agree to one plan that waits, show what it changed, and take it back."""
    from triage.bootstrap import opened_store

    with opened_store() as store:
        case = _waiting(store)
        if case is None:
            return
        _triage(environment, "approve", case.id, "--by", WHO, "--key", str(key))
        _until_proven(store, case.id)
        for line in _lines(store, case.id):
            typer.echo(line)
        typer.echo(f"\n  $ triage revert {case.id} --by {WHO}")
        said = _triage(environment, "revert", case.id, "--by", WHO, "--key", str(key))
        for line in wrap(said, WIDTH - 4):
            typer.echo(f"    {line}")


def _waiting(store: Any) -> Case | None:
    from triage.ports.case_store import Filter

    cases = store.cases.cases(Filter(limit=1000))
    waiting = [case for case in cases if case.repairs.waiting is not None]
    return min(waiting, key=lambda case: case.repairs.waiting.fix != AT_ONCE, default=None)


def _triage(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command, with fixed words
        [sys.executable, "-m", "triage", *words],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return plain((done.stdout or done.stderr).strip())


def _until_proven(store: Any, case_id: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and store.cases.case(case_id).repairs.under_way:
        time.sleep(LOOK_SECONDS)


def _lines(store: Any, case_id: str) -> Iterator[str]:
    case = store.cases.case(case_id)
    repair = case.repairs.each[-1]
    made = plan_from_json(orjson.loads(store.cases.body(repair.plan)))
    proofs = [one for one in store.cases.events(case.id) if one.kind == "proven"]
    yield f"\nREPAIRED, ONCE {WHO} AGREED TO IT: {made.fix} is {repair.stage}\n"
    for step in made.steps:
        yield _told("plan", step.says)
    yield _told("risk", made.risk)
    yield _told("before", _facts(made, made.before.facts))
    if proofs:
        after = orjson.loads(store.cases.body(proofs[-1].data["state"]))
        yield _told("after", _facts(made, after))
        yield _told("proof", f"read again at {proofs[-1].at:%H:%M:%S}, after the write")
    yield _told("session", f"may only {_scope(made)}")


def _facts(made: Plan, facts: Mapping[str, Any]) -> str:
    """Those that the plan is about."""
    return canonical({name: facts.get(name) for name in made.wanted}).decode()


def _scope(made: Plan) -> str:
    return ", ".join(action for step in made.steps for action in step.permission.actions)


def _told(word: str, text: str) -> str:
    lines = wrap(plain(text), WIDTH - INDENT)
    return f"  {word:<10}" + f"\n{'':<{INDENT}}".join(lines)
