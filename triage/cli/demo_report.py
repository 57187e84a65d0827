"""What became of the demo's tickets, for somebody who sees Triage for the first time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

import typer

from triage.cli.show import plain
from triage.domain.case import Case
from triage.domain.json import Record
from triage.stages.never_close import NEVER

WIDTH = 110
INDENT = 12
CASES_MAX = 1000

GROUNDS: Mapping[str, str] = {
    "proof": "a fresh look at the live service negates the finding's own condition",
    "signature": "two named people attested exactly this, with an expiry: signed, not certified",
    "licence": "a rule earned the right, with a stated bound on mistakes",
}
PRIORITIES = ("critical", "high", "medium", "low")


def _says(*phrases: str) -> Callable[[Record], bool]:
    return lambda decided: any(
        phrase in reason for reason in decided["reasons"] for phrase in phrases
    )


WHY: tuple[tuple[str, Callable[[Record], bool]], ...] = (
    ("policy never lets a machine close it", _says(*(why for why, _ in NEVER))),
    ("something could not be found out, and unknown is not false", _says("could not find out")),
    ("a rule would close it; its source says otherwise", _says("its source", "at its source")),
    (
        "a rule would close it; its licence is not earned yet",
        lambda decided: str(decided.get("would") or "").startswith("close"),
    ),
    (
        "a fix is known, and only a person makes it",
        lambda decided: str(decided.get("would") or "").startswith("resolve"),
    ),
    ("a repair waits for somebody to agree", lambda decided: decided["decision"] == "resolve"),
    ("no playbook speaks about it", _says("no playbook speaks")),
    (
        "an exercise that two people signed: its lead confirms it",
        lambda decided: decided.get("signature") is not None,
    ),
    ("a playbook found risk that a person has to weigh", lambda _decided: True),
)
"""Why a person has it: the first that holds names the group."""

UNREADABLE = "report:unreadable"
"""A case that no message asked for: a detector's message that nobody can read is told of."""


def report(messages: int, seconds: float) -> None:
    """Print what closed on which ground, what a person has and why, and what could not be read."""
    from triage.adapters.storage import verify
    from triage.ports.case_store import Filter
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        cases = store.cases.cases(Filter(limit=CASES_MAX))
        archived = frozenset(case.id for case in cases if _rests_on_archive(store, case))
        entries = store.quarantine.list(at_most=CASES_MAX)
        effects = store.outbox.effects(at_most=CASES_MAX)
        audit = verify(store)
    closed = [case for case in cases if case.status == "closed"]
    asked = [case for case in cases if case.status in {"escalated", "waiting"}]
    for line in (*_closed(closed), *_asked(asked, archived), *_unread(entries)):
        typer.echo(line.rstrip())
    pages = sum(1 for one in effects if (one.kind, one.status) == ("notify", "done"))
    own = sum(1 for case in cases if case.headline["type"] == UNREADABLE)
    again = messages + own - len(cases) - len(entries)
    typer.echo(f"\n{_counts(messages, closed, asked, again, len(entries))}")
    typer.echo(
        f"{pages} pages sent · {audit.events} events on record,"
        f" the audit finds {len(audit.problems) or 'no'} problems · {seconds:.0f} s"
    )


def _counts(
    messages: int, closed: Sequence[Case], asked: Sequence[Case], again: int, unread: int
) -> str:
    grounds = [case.decided.get("ground") for case in closed if case.decided]
    by = [f"{grounds.count(ground)} by {ground}" for ground in GROUNDS if ground in grounds]
    if None in grounds:
        by.append(f"{grounds.count(None)} by repair")
    return (
        f"{messages} messages: {len(closed)} closed ({', '.join(by)}) · {len(asked)} to a person"
        f" · {again} duplicate · {unread} unreadable"
    )


def _closed(cases: Sequence[Case]) -> Iterator[str]:
    yield f"\nCLOSED WITHOUT A PERSON: {len(cases)}"
    for ground, meaning in GROUNDS.items():
        found = [case for case in cases if case.decided and case.decided.get("ground") == ground]
        if found:
            yield f"\n  by {ground}, {len(found)}: {meaning}"
        for case in sorted(found, key=_by_type):
            yield from _lines(case, (case.decided or {})["verdict"])
    repaired = [case for case in cases if (case.decided or {}).get("decision") == "resolve"]
    if repaired:
        yield f"\n  by a repair, {len(repaired)}: a fresh look afterwards shows it; see below"
        for case in sorted(repaired, key=_by_type):
            yield from _lines(case, "no longer present")


def _rests_on_archive(store: Any, case: Case) -> bool:
    inputs = (case.decided or {}).get("inputs") or {}
    return b'"trail archive"' in (store.cases.body(inputs.get("evidence", "")) or b"")


def _asked(cases: Sequence[Case], archived: frozenset[str]) -> Iterator[str]:
    yield f"\nGIVEN TO A PERSON: {len(cases)}"
    groups: dict[str, list[Case]] = {why: [] for why, _ in WHY}
    for case in cases:
        groups[_why(case.decided or {})].append(case)
    for why, found in groups.items():
        if found:
            yield f"\n  {why}: {len(found)}"
        for case in sorted(found, key=_by_priority):
            yield from _lines(case, (case.decided or {})["priority"])
            if case.id in archived:
                yield f"{'':<{INDENT}}(looked up in the trail archive, not in CloudTrail)"


def _why(decided: Record) -> str:
    return next(why for why, holds in WHY if holds(decided))


def _unread(entries: Sequence[Any]) -> Iterator[str]:
    yield f"\nNOT READ, KEPT BYTE FOR BYTE: {len(entries)}\n"
    for entry in entries:
        yield f"  {entry.id}  {plain(entry.reason)[: WIDTH - 20]}"


def _lines(case: Case, word: str) -> Iterator[str]:
    head, decided = case.headline, case.decided or {}
    would = [f"the rule would {decided['would']}"] if decided.get("would") else []
    yield f"    {plain(word):<17}  {plain(head['type'])[:46]:<46}  {_name(head)}"
    for reason in [*decided["reasons"], *would]:
        for line in wrap(plain(reason), WIDTH - INDENT):
            yield f"{'':<{INDENT}}{line}"


def _name(head: Record) -> str:
    name = plain(head["subject"]).rpartition("/")[2].rpartition(":")[2]
    return name[:22] or "(nobody in particular)"


def _by_type(case: Case) -> tuple[str, str]:
    return str(case.headline["type"]), str(case.headline["subject"])


def _by_priority(case: Case) -> tuple[int, str, str]:
    return PRIORITIES.index((case.decided or {})["priority"]), *_by_type(case)


def closer_look() -> str:
    """What to type next: a case that a person has, the most urgent one."""
    from triage.domain.case import Status
    from triage.ports.case_store import Filter
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        asked = store.cases.cases(Filter(status=Status.ESCALATED, limit=CASES_MAX))
    first = min(asked, key=_by_priority).id if asked else "CASE"
    return (
        "\nlook closer:  export TRIAGE_CONFIG=.triage/demo/triage.toml\n"
        "              .venv/bin/triage case list --status escalated\n"
        f"              .venv/bin/triage case explain {first}"
    )
