"""The root command: puts the families together and turns errors into sentences."""

import sys

import typer

from triage import __version__
from triage.cli import (
    archive,
    audit,
    case,
    config,
    daemon,
    org,
    playbook,
    quarantine,
    run,
    verdict,
)
from triage.cli import sandbox as local_aws
from triage.domain.errors import TriageError

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="triage",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Security ticket triage for AWS: close by proof, by signature or by licence.",
    epilog="Exit codes: 0 done, 1 a check failed, 2 usage, 3 configuration, 130 interrupted.",
)
app.add_typer(case.app, name="case")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(playbook.app, name="playbook")
app.add_typer(config.app, name="config")
app.add_typer(org.app, name="org")
app.add_typer(audit.app, name="audit")
app.add_typer(archive.app, name="archive")
app.add_typer(local_aws.app, name="sandbox")
app.command("up")(daemon.up)
app.command("worker")(daemon.worker)
app.command("submit")(run.submit)
app.command("run")(run.run)
app.command("verdict")(verdict.verdict)
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
) -> None:
    """Close by proof, by signature or by licence; never by hunch."""


def main() -> None:
    """Run a command; what goes wrong on purpose is one sentence on stderr."""
    try:
        app()
    except TriageError as error:
        typer.echo(f"triage: {error}", err=True)
        sys.exit(getattr(error, "exit_code", EXIT_FAILED))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
