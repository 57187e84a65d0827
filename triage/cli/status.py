"""Status: how the work stands."""

from triage.cli.show import OUTPUT, Output, emit


def status(output: Output = OUTPUT) -> None:
    """Show how the work stands.

    What waits and since when, who works on it, what is anchored, what AWS is asked. Counts come
    from indexes and stop at a bound, so that it may be asked at any time.
    """
    from triage.cli.overseeing import looked, record, sentences

    seen = looked()
    emit(sentences(seen) if output is Output.TABLE else record(seen), output)
