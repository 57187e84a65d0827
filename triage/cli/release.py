"""Releases: which playbooks decide, and letting others do so."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from triage.cli.backtest import DATA, FORM, PROCESSES, Form, moment, run, show_report
from triage.cli.show import OUTPUT, Output, emit, plain

if TYPE_CHECKING:
    from triage.playbook.loader import Loaded
    from triage.settings import Settings
    from triage.wiring.backtesting import Written

EXIT_FAILED = 1
SHOW = typer.Option(False, "--show", help="Only print what would change. Nothing is signed.")
BY = typer.Option("", help="Your name in people.toml.")
KEY = typer.Option(Path("~/.ssh/id_ed25519"), help="Your OpenSSH private key.")
SINCE = typer.Option("7d", help="How far back: 12h, 90d, 8w, or a date.")
BECAUSE = typer.Option("", help="Why, for those who read it later.")


def release(show: bool = SHOW, by: str = BY, key: Path = KEY, because: str = BECAUSE) -> None:
    """Let the configured playbooks decide: sign their digest.

    They have to pass lint and their own tests.
    Workers take them over within `worker.reload_seconds`.
    """
    from triage.domain.json import canonical, digest
    from triage.wiring.bootstrap import playbook_files

    files = playbook_files()
    if show:
        for line in _difference(_released(), files):
            typer.echo(plain(line))
        typer.echo(f"digest {digest(canonical(dict(files)))}", err=True)
        return
    if not by or not because:
        raise typer.BadParameter("a release says --by whom and --because of what; or --show it")
    _refuse_unfit(files)
    typer.echo(_sign(files, by, key, because))


def releases(output: Output = OUTPUT) -> None:
    """List the releases, the newest first; the first that holds decides."""
    from triage.adapters.files.releases import history
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.domain.person import People
    from triage.wiring.bootstrap import people, settings

    found = history(_folder(settings()), people() or People(), SshVerifier())
    rows = [
        {
            "digest": one.digest,
            "by": one.by,
            "at": one.at.isoformat(timespec="seconds"),
            "because": one.because,
        }
        for one, _ in found
        if one is not None
    ]
    emit(rows, output, empty="nothing is released")
    for _, problem in found:
        if problem:
            typer.echo(f"triage: {plain(problem)}", err=True)


def waiting(
    since: str = SINCE,
    data: Path | None = DATA,
    processes: int | None = PROCESSES,
    form: Form = FORM,
) -> None:
    """Judge recorded tickets by the playbooks that wait for their release.

    Shows what comes out otherwise than under those that decide. Exits 1 when a ticket that a person
    called real would now close.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.cli.backtest_report import Report
    from triage.stages.difference import Difference
    from triage.wiring.backtesting import Job
    from triage.wiring.bootstrap import playbook_files, settings
    from triage.wiring.database import STORE, place

    found, start = settings(), moment(since, SystemClock().now())
    (base, before), (head, after) = (_checked(one) for one in (_released(), playbook_files()))
    at = place(found, data, STORE)
    report = Report(
        tally=run(Job(place=at, since=start, base=base, head=head), processes),
        since=start,
        base="released",
        head="waiting",
        changed=Difference.of(before, after).changed,
        minutes=0,
    )
    show_report(report, form)
    for problem in (*map(str, after.problems), *report.problems):
        typer.echo(f"triage: {plain(problem)}", err=True)
    raise typer.Exit(EXIT_FAILED if report.problems or not after.sound else 0)


def _checked(files: Mapping[str, str]) -> "tuple[Written, Loaded]":
    from triage.playbook.loader import load
    from triage.wiring.backtesting import Written
    from triage.wiring.bootstrap import vocabulary

    loaded = load(files, vocabulary())
    return Written.of(files, loaded, None), loaded


def _folder(found: "Settings") -> Path:
    from triage.adapters.files.problems import InvalidFile

    if found.paths.releases is None:
        raise InvalidFile(["paths.releases: no folder of releases is configured"])
    return found.paths.releases


def _released() -> Mapping[str, str]:
    """Texts of the playbooks that decide now; none when nothing is released yet."""
    from triage.ports.playbook_folder import FolderUnreadable
    from triage.wiring.bootstrap import settings
    from triage.wiring.renewing import released

    found = settings()
    _folder(found)
    deciding = released(found)
    try:
        return deciding.read() if deciding else {}
    except FolderUnreadable:
        return {}


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*before, *after}):
        yield from difflib.unified_diff(
            before.get(path, "").splitlines(),
            after.get(path, "").splitlines(),
            f"released/{path}",
            f"waiting/{path}",
            lineterm="",
        )


def _refuse_unfit(files: Mapping[str, str]) -> None:
    """Exit with every problem of lint and of the playbooks' own tests, if there are any."""
    from triage.playbook.loader import load
    from triage.stages.rehearse import rehearse
    from triage.wiring.bootstrap import vocabulary

    loaded: Loaded = load(files, vocabulary())
    problems = [str(one) for one in loaded.problems]
    failed = [
        f"{one.path}:{one.line}  {one.name}: {one.problem}"
        for playbook in loaded.playbooks
        for one in rehearse(playbook, vocabulary())
        if one.problem
    ]
    for problem in (*problems, *failed):
        typer.echo(plain(problem), err=True)
    if failed or not loaded.sound:
        raise typer.Exit(EXIT_FAILED)


def _sign(files: Mapping[str, str], by: str, key: Path, because: str) -> str:
    from triage.adapters.files.releases import Released, write_release
    from triage.adapters.ssh.signer import KeySigner
    from triage.adapters.ssh.verifier import SshVerifier
    from triage.adapters.system.clock import SystemClock
    from triage.domain.errors import Unverified
    from triage.domain.json import canonical, digest
    from triage.domain.release import Release
    from triage.wiring.bootstrap import people, settings

    listed = people()
    person = listed.get(by) if listed else None
    if person is None:
        raise Unverified(f"{by} is not listed in people.toml; a stranger releases nothing")
    at = SystemClock().now().replace(microsecond=0)
    name = digest(canonical(dict(files)))
    made = Release(digest=name, by=by, at=at, because=because)
    signature = KeySigner(key.expanduser()).sign(made.statement())
    SshVerifier().verify(person, made.statement(), signature)
    path = write_release(_folder(settings()), Released(release=made, files=files), signature)
    return f"{path}: {len(files)} playbooks, digest {name}"
