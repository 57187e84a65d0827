"""The end of the demo: what was repaired, what somebody agrees to, and one repair taken back."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import orjson
import typer

from triage.cli.show import plain
from triage.domain.case import Case
from triage.domain.plan import Plan, plan_from_json

WHO = "alice"
AT_ONCE = "ec2.revoke_ingress"
"""Shown first of all plans that wait: it is proven by one look, IAM's by two a minute apart."""
WIDTH, INDENT = 110, 12
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.3


def show_repairs(environment: Mapping[str, str], key: Path) -> None:
    """Show what was repaired; agree to a plan that waits; take the first repair back."""
    from triage.wiring.bootstrap import opened_store

    signed = ("--by", WHO, "--key", str(key))
    with opened_store() as store:
        alone = _repaired(store)
        for case in alone:
            _show(store, case, "REPAIRED, PROVEN AND CLOSED WITHOUT A PERSON")
        if (asked := _waiting(store)) is not None:
            _triage(environment, "approve", asked.id, *signed)
            _until_proven(store, asked.id)
            _show(store, asked, f"REPAIRED, ONCE {WHO} AGREED TO IT")
        for case in alone[:1]:
            typer.echo(f"\nTAKEN BACK\n\n  $ triage revert {case.id} --by {WHO}")
            said = _triage(environment, "revert", case.id, *signed)
            typer.echo("\n".join(f"    {line}" for line in wrap(said, WIDTH - 4)))


def _repaired(store: Any) -> Sequence[Case]:
    from triage.domain.case import Status
    from triage.ports.case_store import Filter

    closed = store.cases.cases(Filter(status=Status.CLOSED, limit=1000))
    return [case for case in closed if any(one.revertible for one in case.repairs.each)]


def _show(store: Any, case: Case, how: str) -> None:
    for line in _lines(store, case.id, how):
        typer.echo(line)


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


def _lines(store: Any, case_id: str, how: str) -> Iterator[str]:
    case = store.cases.case(case_id)
    repair = case.repairs.each[-1]
    made = plan_from_json(orjson.loads(store.cases.body(repair.plan)))
    proofs = [one for one in store.cases.events(case.id) if one.kind == "proven"]
    yield f"\n{how}: {made.fix} is {repair.stage}\n"
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
    return json.dumps({name: facts.get(name) for name in made.wanted})


def _scope(made: Plan) -> str:
    return ", ".join(action for step in made.steps for action in step.permission.actions)


def _told(word: str, text: str) -> str:
    lines = wrap(plain(text), WIDTH - INDENT)
    return f"  {word:<10}" + f"\n{'':<{INDENT}}".join(lines)
