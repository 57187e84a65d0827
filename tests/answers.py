"""What a service answers, and what a question makes of it."""

from typing import Any

from tests.builders import NOON, a_ticket, an_account
from triage.domain.evidence import Got, Missing
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking


def got(**payload: Any) -> Got:
    return Got(payload=payload, as_of=NOON, source="a.call")


def gone(code: str) -> Missing:
    return Missing(code=code, as_of=NOON, source="a.call")


def ask(name: str, *reads: Any, **changes: Any) -> Any:
    asking = Asking(ticket=a_ticket(**changes), account=an_account(), now=NOON)
    return QUESTIONS[name].interpret(asking, list(reads))
