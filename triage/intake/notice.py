"""CloudFormation's stack notices: lines of Name='value', sent to SNS topics as plain text.

Shape: CloudFormation user guide, "Setting CloudFormation stack options" (notification options),
and the fields of StackEvent. A value may go over several lines, and two of them hold what others
wrote.
"""

import re
from collections import Counter
from itertools import takewhile

from triage.domain.json import Record

BEGINNING = re.compile(rb"\A\s*\w{1,64}='")
NAMES = re.compile(r"(?:\A\s*|\n)(?P<name>\w{1,64})='")
IDENTITY = "StackId"
FREE_TEXT = frozenset({"ResourceProperties", "ResourceStatusReason"})


def notice(body: bytes) -> Record | None:
    r"""Read a stack notice; None when `body` is not one.

    A reason that reads "x'\nResourceStatus='CREATE_COMPLETE" would otherwise speak for the
    service: of a repeated name the first value counts if it stands ahead of all free text, and
    none at all if it does not.
    """
    if not BEGINNING.match(body):
        return None
    try:
        pairs = _pairs(body.decode())
    except UnicodeDecodeError:
        return None
    found = _trusted(pairs)
    return found if IDENTITY in found and b"\0" not in body else None


def _pairs(text: str) -> list[tuple[str, str]]:
    marks = list(NAMES.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (mark["name"], text[mark.end() : end].rstrip().removesuffix("'"))
        for mark, end in zip(marks, ends, strict=True)
    ]


def _trusted(pairs: list[tuple[str, str]]) -> dict[str, str]:
    times = Counter(name for name, _ in pairs)
    ahead = takewhile(lambda pair: pair[0] not in FREE_TEXT, pairs)
    once = {name: value for name, value in pairs if times[name] == 1}
    return once | dict(reversed(list(ahead)))
