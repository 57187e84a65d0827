"""Notices as lines on a stream."""

from dataclasses import dataclass
from threading import Lock
from typing import TextIO

from triage.ports.notifier import Notice, Undelivered

_lines = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalNotifier:
    """The notifier port on a text stream; `contact` is only shown."""

    stream: TextIO

    def notify(self, contact: str, notice: Notice) -> str:
        body = "".join(f"    {_plain(line)}\n" for line in notice.text.splitlines())
        head = f"{_plain(notice.title)}  (case {notice.case}, for {_plain(contact)})\n"
        try:
            with _lines:
                self.stream.write(head + body)
                self.stream.flush()
        except (OSError, ValueError) as error:
            raise Undelivered(f"the terminal is gone: {error}") from error
        return "shown on the terminal"


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
