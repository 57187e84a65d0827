"""The sandbox: a local AWS, and the demo on top of it."""

from pathlib import Path

import typer

app = typer.Typer(no_args_is_help=True, help="A local AWS over HTTP, for rehearsals.")


@app.command("up")
def up(
    scenario: Path | None = typer.Argument(None, help="A scenario file; the demo's if left out."),
    port: int = typer.Option(0, min=0, max=65535, help="Port; 0 for a free one."),
) -> None:
    """Serve a local AWS until interrupted, and print what points a process at it."""
    from triage.cli.demo import scenario_file
    from triage.cli.waiting import wait_for_signal
    from triage.sandbox.server import Sandbox

    with Sandbox.start(scenario=scenario or scenario_file(), port=port) as sandbox:
        for name, value in sandbox.environment().items():
            typer.echo(f"export {name}={value}")
        typer.echo(f"a local AWS at {sandbox.endpoint}; Ctrl-C ends it", err=True)
        wait_for_signal()


def demo(
    leave: bool = typer.Option(False, "--exit", help="Leave when done, never wait."),
) -> None:
    """Thirty tickets through the real worker, against a local AWS."""
    from triage.cli.demo import run_demo

    run_demo(leave=leave)
