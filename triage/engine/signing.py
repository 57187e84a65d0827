"""Before two people sign: what would it have hidden?"""

from collections.abc import Sequence

from triage.domain.account import Organisation
from triage.domain.case import Case, CaseId, EventKind
from triage.domain.errors import TriageError
from triage.domain.person import Signature
from triage.domain.verdict import Verdict
from triage.engine.retelling import retell
from triage.ports.case_store import CaseStore, Filter
from triage.stages.signing import covering, unsound

SHOWN = 5
LOOKED_THROUGH = 2000
"""Cases of one type and account; of more than that nobody can say what was hidden."""


class Refused(TriageError):
    """Nobody should sign this."""

    exit_code = 3


def refuse_unsound(signature: Signature) -> None:
    """Raise Refused for a statement that must not count, whoever signs it."""
    if problems := unsound(signature):
        raise Refused(f"signature {signature.id}: " + "; ".join(problems))


def refuse_hiding(cases: CaseStore, signature: Signature, organisation: Organisation) -> None:
    """Raise Refused when it would have closed what people called a true positive."""
    if hidden := hides(cases, signature, organisation):
        named = ", ".join(hidden[:SHOWN]) + (", ..." if len(hidden) > SHOWN else "")
        raise Refused(
            f"signature {signature.id} would have closed what people found to be real: {named}"
        )


def hides(cases: CaseStore, signature: Signature, organisation: Organisation) -> Sequence[CaseId]:
    """Name the cases it covers that a person called a true positive. Raises Refused."""
    found = []
    for type_ in signature.types:
        wanted = Filter(type=type_, account=signature.account, limit=LOOKED_THROUGH)
        known = cases.cases(wanted)
        if len(known) == LOOKED_THROUGH:
            raise Refused(f"there are too many cases of {type_} to see what {signature.id} hides")
        real = (case.id for case in known if _was_real(cases, case))
        found += [name for name in real if _covers(cases, signature, organisation, name)]
    return found


def _was_real(cases: CaseStore, case: Case) -> bool:
    return any(
        event.kind is EventKind.VERDICT_GIVEN and event.data["verdict"] == Verdict.TRUE_POSITIVE
        for event in cases.events(case.id)
    )


def _covers(
    cases: CaseStore, signature: Signature, organisation: Organisation, name: CaseId
) -> bool:
    """By any telling of it; each is read again from the bytes that were kept."""
    case = cases.case(name)
    tickets = [retell(cases.body, one.body, one.received).ticket for one in case.told.values()]
    pairs = [(ticket, organisation.account(ticket.account)) for ticket in tickets]
    return any(True for _ in covering(signature, pairs))
