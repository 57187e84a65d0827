"""What the language knows of a fix. The fixes themselves are in triage/remediations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.domain.api import ApiCall
from triage.questions.question import Parameter

ANSWER = "{answer}"
"""What a call before it answered, in a call that is declared."""
EVEN_IF_MANAGED = "even_if_managed"
"""The parameter of every fix that is applied: change it although its code will change it back."""
RUN_AUTOMATION = "ssm.run_automation"
"""The fix that runs whatever runbook of Systems Manager a playbook names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a fix does, to what, with which permissions and calls, and what it can break.

    `applied` is False for what only people do: the engine suggests it. `one_way` says why it
    cannot be taken back; None where it can. One `by_hand` may be suggested by a rule, which never
    resolves with it. `leaves` says why a person has the case after it all the same, as where it
    contains or keeps evidence and whatever is wrong still is; None where its proof ends the case.
    """

    summary: str
    scope: str
    risk: str
    iam_actions: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    calls: tuple[ApiCall, ...] = ()
    applied: bool = False
    by_hand: bool = False
    one_way: str | None = None
    leaves: str | None = None


def subject(what: str) -> Mapping[str, Parameter]:
    """The parameter by which a playbook names another resource than its ticket's."""
    return {
        what: Parameter(type="string", meaning=f"another {what} than the ticket's", subject=True)
    }


def calling(call: str, **parameters: Any) -> ApiCall:
    """A call that a fix makes, as lint holds it against AWS's own model."""
    return ApiCall(call=call, parameters=parameters)
