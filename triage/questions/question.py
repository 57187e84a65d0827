"""The shape of a question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.account import Account
from triage.domain.errors import TriageError
from triage.domain.evidence import Answer, RawRead, Read
from triage.domain.ticket import Ticket


class CannotAsk(TriageError):
    """The ticket lacks what the question needs (no bucket, no Region); the answer is unknown.

    The text finishes the sentence "unknown: ...".
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an answer, for lint and docs.

    `type` is boolean, number, string, time, list or object; `tainted` when an attacker may
    choose its text.
    """

    type: str
    meaning: str
    tainted: bool = False
    fields: Mapping[str, "Field"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter a playbook may give.

    `subject` marks those that choose what is asked about: a playbook that sets one asks about
    something else than its ticket, and proves nothing.
    """

    type: str
    meaning: str
    subject: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question put to one ticket at `now`. Parameter values are JSON from the playbook."""

    ticket: Ticket
    account: Account
    now: datetime
    parameters: Mapping[str, object] = field(default_factory=dict)


Plan = Callable[[Asking], Sequence[Read]]
Interpret = Callable[[Asking, Sequence[RawRead]], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the vocabulary.

    `phrase` completes "could not find out ...". `fresh_seconds` is how old a read may be when a
    decision rests on it. `plan` names the raw reads (raising CannotAsk when the ticket lacks what
    it takes); `interpret` gets their results in the same order and never concludes anything from
    a Failed one. A `scarce` question (CloudTrail answers two a second) is asked only once a rule
    turns out to need it.
    """

    name: str
    phrase: str
    parameters: Mapping[str, Parameter]
    answer: Mapping[str, Field]
    fresh_seconds: int
    iam_actions: tuple[str, ...]
    plan: Plan
    interpret: Interpret
    scarce: bool = False
