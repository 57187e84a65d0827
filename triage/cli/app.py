"""The root command: puts the families together and turns errors into sentences."""

import signal
import sys
from types import FrameType

import typer

from triage import __version__
from triage.cli import (
    archive,
    audit,
    canary,
    case,
    config,
    daemon,
    db,
    dlq,
    effect,
    incident,
    inventory,
    judge,
    licence,
    org,
    playbook,
    quarantine,
    reconcile,
    repair,
    review,
    run,
    signature,
    status,
    verdict,
)
from triage.cli import sandbox as local_aws
from triage.cli.show import plain
from triage.domain.errors import TriageError

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
DEBUG = "--debug"

app = typer.Typer(
    name="triage",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Security ticket triage for AWS: close by proof, by signature or by licence.",
    # Plain help starts in half the time of a decorated one, and can be searched.
    rich_markup_mode=None,
    epilog="Exit codes: 0 done, 1 it or a check failed, 2 usage, 3 configuration, 130 interrupted.",
)
app.add_typer(case.app, name="case")
app.add_typer(incident.app, name="incident")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(dlq.app, name="dlq")
app.add_typer(effect.app, name="effect")
app.add_typer(playbook.app, name="playbook")
app.add_typer(judge.app, name="judge")
app.add_typer(licence.app, name="licence")
app.add_typer(review.app, name="review")
app.add_typer(signature.app, name="signature")
app.add_typer(config.app, name="config")
app.add_typer(org.app, name="org")
app.add_typer(audit.app, name="audit")
app.add_typer(db.app, name="db")
app.add_typer(archive.app, name="archive")
app.add_typer(reconcile.app, name="reconcile")
app.add_typer(inventory.app, name="inventory")
app.add_typer(canary.app, name="canary")
app.add_typer(local_aws.app, name="sandbox")
app.command("up")(daemon.up)
app.command("worker")(daemon.worker)
app.command("submit")(run.submit)
app.command("run")(run.run)
app.command("verdict")(verdict.verdict)
app.command("approve")(repair.approve)
app.command("reject")(repair.reject)
app.command("revert")(repair.revert)
app.command("halt")(repair.halt)
app.command("resume")(repair.resume)
app.command("status")(status.status)
app.command("demo")(local_aws.demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"triage {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
    debug: bool = typer.Option(False, DEBUG, help="Show where an unexpected error comes from."),
) -> None:
    """Close by proof, by signature or by licence; never by hunch."""


def main() -> None:
    """Run a command; whatever goes wrong is a sentence on stderr, never a traceback."""
    signal.signal(signal.SIGINT, _interrupted)
    try:
        app(prog_name="triage")
    except TriageError as error:
        _fail(str(error), getattr(error, "exit_code", EXIT_FAILED))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}", EXIT_FAILED)
    except Exception as error:
        if DEBUG in sys.argv[1:]:
            raise
        what = f"{type(error).__name__}: {error}"
        _fail(f"a defect in triage, {what}; `triage {DEBUG} ...` shows where", EXIT_FAILED)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    sys.exit(EXIT_INTERRUPTED)


def _fail(sentence: str, code: int) -> None:
    lines = sentence.splitlines() or [""]
    typer.echo("triage: " + "\n".join(plain(one) for one in lines), err=True)
    sys.exit(code)
