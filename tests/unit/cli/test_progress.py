"""How far something has come: a few lines off a terminal, a bar on one that leaves nothing."""

from triage.cli.progress import progress


def test_off_a_terminal_it_says_a_few_lines(capsys):
    with progress("judging") as tick:
        for done in range(1, 33):
            tick(done, 32)
    assert capsys.readouterr().err == "".join(f"judging: {n}%\n" for n in (25, 50, 75, 100))


def test_few_steps_are_said_once_each(capsys):
    with progress("judging") as tick:
        tick(1, 1)
    assert capsys.readouterr().err == "judging: 100%\n"


def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    with progress("judging") as tick:
        tick(1, 2)
        tick(2, 2)
    assert "%\n" not in capsys.readouterr().err.replace("100%", "")
