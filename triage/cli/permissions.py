"""`triage playbook permissions`: the least a set of playbooks needs, and how a role differs."""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit, line

if TYPE_CHECKING:
    from triage.playbook.permissions.needs import Needs

EXIT_MISSING = 1
PATH = typer.Argument(None, help="A playbook or a folder of them; the configured ones if left out.")


class Part(StrEnum):
    """What the permissions are for."""

    READING = "reading"
    ACTING = "acting"
    CLOSING = "closing"


PARTS = {
    Part.READING: "what its questions ask",
    Part.ACTING: "what its fixes do",
    Part.CLOSING: "what closes its findings where they came from",
}


def permissions(
    path: Path | None = PATH,
    part: Part | None = typer.Option(
        None, "--for", help="reading, acting or closing: print that policy alone, as IAM takes it."
    ),
    diff: list[Path] = typer.Option(
        [], "--diff", help="A role's policy as JSON, once for each: say how it differs."
    ),
    partition: str = typer.Option("aws", help="aws, aws-us-gov or aws-cn."),
    output: Output = OUTPUT,
) -> None:
    """Write the least IAM policies for reading, acting and closing, or compare a role's with them.

    Exit codes: 0 done or nothing is missing, 1 something is missing or a playbook is broken,
    2 usage, 3 a file cannot be read.
    """
    from triage.wiring.authors import needed
    from triage.wiring.bootstrap import loaded_playbooks

    loaded = loaded_playbooks(path)
    found = needed(loaded.playbooks)
    if diff:
        missing = _compare(_wanted(found, part), diff, partition, output)
        raise typer.Exit(0 if loaded.sound and not missing else EXIT_MISSING)
    _write(found, part, partition, output)
    raise typer.Exit(0 if loaded.sound else EXIT_MISSING)


def _wanted(found: "Needs", part: Part | None) -> frozenset[str]:
    parts = [part] if part else list(Part)
    return frozenset(action for one in parts for action in _of(found, one))


def _of(found: "Needs", part: Part) -> Mapping[str, tuple[str, ...]]:
    by_part = {Part.READING: found.reading, Part.ACTING: found.acting, Part.CLOSING: found.closing}
    return by_part[part]


def _write(found: "Needs", part: Part | None, partition: str, output: Output) -> None:
    from triage.playbook.permissions.policy import policy, too_long

    parts = [part] if part else list(Part)
    policies = {str(one): policy(_of(found, one), partition) for one in parts}
    for name, document in policies.items():
        if too_long(document):
            typer.echo(f"{name}: longer than one managed policy may be; divide it", err=True)
    if part is not None and output is not Output.JSONL:
        typer.echo(json.dumps(policies[part], indent=2))
    elif output is Output.JSON:
        line(policies)
    else:
        emit(list(_rows(found, parts, partition)), output, empty="nothing is needed")


def _rows(found: "Needs", parts: Iterable[Part], partition: str) -> Iterable[dict[str, Any]]:
    from triage.playbook.permissions.resources import resources_of

    for part in parts:
        for action, why in _of(found, part).items():
            resources = " ".join(resources_of(action, partition))
            yield {"for": part, "action": action, "resources": resources, "because": "; ".join(why)}


def _compare(wanted: frozenset[str], paths: list[Path], partition: str, output: Output) -> bool:
    """Print how the policies differ; tell whether anything is missing."""
    from triage.wiring.authors import compared

    rows = compared(wanted, paths, partition)
    emit(
        [
            {
                "verdict": one.verdict,
                "action": one.action,
                "resource": one.resource,
                "because": one.because,
            }
            for one in rows
        ],
        output,
        empty="the role is allowed exactly what is needed",
    )
    return any(one.verdict in {"missing", "denied"} for one in rows)
