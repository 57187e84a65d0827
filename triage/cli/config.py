"""Configuration: what is set, where it came from, and what is wrong with it."""

import typer

from triage.cli.show import OUTPUT, Output, emit, plain

app = typer.Typer(no_args_is_help=True, help="Show and check the configuration.")

EXIT_CONFIGURATION = 3


@app.command()
def show(
    with_origin: bool = typer.Option(False, "--origin", help="Say where each value came from."),
    output: Output = OUTPUT,
) -> None:
    """Show every setting, secrets hidden."""
    from triage.settings import origin, read_settings

    rows = [
        {"setting": one.key, "value": one.value} | ({"origin": one.origin} if with_origin else {})
        for one in origin(read_settings())
    ]
    emit(rows, output)


@app.command()
def check() -> None:
    """Check settings, people, organisation, signatures and playbooks; report every problem."""
    from triage.cli.soundness import problems

    found = list(problems())
    for problem in found:
        typer.echo(plain(problem))
    if found:
        raise typer.Exit(EXIT_CONFIGURATION)
    typer.echo("the configuration is sound", err=True)
