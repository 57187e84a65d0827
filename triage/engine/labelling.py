"""Evidence out of the record: decisions of rules, and what people said of them.

Every label is read from a case's own events. Its signature is verified again, and a statement that
does not hold counts as unsigned.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.case import CaseId, EventKind
from triage.domain.errors import Unverified
from triage.domain.json import Record
from triage.domain.permission import Likeness
from triage.domain.person import People, verdict_statement
from triage.domain.ticket import Source
from triage.domain.verdict import Verdict
from triage.engine.past import loads
from triage.judgement.features import FEATURES
from triage.judgement.labels import Label, Origin
from triage.judgement.score import Model, score
from triage.ports.history import History, Past
from triage.ports.verifier import Verifier
from triage.stages.kept_back import is_for_two, is_shown

DAY = "%Y-%m-%d"
SCORE_DIGITS = 9
"""As decisions keep scores."""
Signed = Callable[[CaseId, Record], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One decision with a score: which rule spoke, about what, and what people said, if anything.

    `rule`, `name` and `tier` are "" where no rule would have closed it but for its licence;
    `ground` is what it closed on, or would have, `closed` whether it did. `type` and `account` are
    the ticket's; `twice` says that it was drawn for two people.
    """

    case: CaseId
    at: datetime
    rule: str
    tier: str
    risk_class: str
    likeness: Likeness
    score: float
    features: Record
    labels: tuple[Label, ...] = ()
    name: str = ""
    ground: str = ""
    closed: bool = False
    type: str = ""
    account: str = ""
    twice: bool = False


def signed_by(people: People, verifier: Verifier) -> Signed:
    """Whether a verdict was signed by who is said to have given it, and is listed today."""

    def holds(case: CaseId, said: Record) -> bool:
        person = people.get(str(said.get("by")))
        if person is None:
            return False
        try:
            verifier.verify(person, verdict_statement(case, said), str(said.get("signature")))
        except Unverified:
            return False
        return True

    return holds


def seen(history: History, since: datetime, signed: Signed) -> Iterator[Seen]:
    """Every scored decision of the cases that changed since then, case by case."""
    for page in history.pages(since):
        for past in page:
            yield from of_case(past, signed)


def rescored(found: Iterable[Seen], model: Model) -> Iterator[Seen]:
    """The same decisions and labels, scored by this model from the features that were kept.

    A score of another model is no evidence about this one. Decisions whose features are not those
    of this version are left out.
    """
    for one in found:
        if set(one.features) == set(FEATURES):
            said = round(score(model, one.features).score, SCORE_DIGITS)
            labels = tuple(replace(label, score=said) for label in one.labels)
            yield replace(one, score=said, labels=labels)


def of_case(past: Past, signed: Signed) -> Iterator[Seen]:
    """Every scored decision of one case, each with what people said of it after."""
    head: Record = {}
    decided: Record | None = None
    said: list[Record] = []
    for event in map(loads, past.events):
        data = event["data"]
        head = data.get("headline", head)
        if event["kind"] == EventKind.DECIDED and "opinion" in data:
            if decided is not None:
                yield _seen(past.case, decided, said, signed)
            decided, said = {**event, "head": head}, []
        elif event["kind"] == EventKind.VERDICT_GIVEN:
            said.append(event)
        elif event["kind"] == EventKind.PROVEN and data.get("closes") and decided is not None:
            decided = {**decided, "data": _repaired(decided["data"], data)}
    if decided is not None:
        yield _seen(past.case, decided, said, signed)


def _repaired(decided: Record, proven: Record) -> Record:
    """A decision whose repair closed the case: it was drawn, or not, when that was proven."""
    return {**decided, "decision": "close", "sample": proven.get("sample")}


def _seen(case: CaseId, decided: Record, said: Iterable[Record], signed: Signed) -> Seen:
    data, head = decided["data"], decided["head"]
    speaks = data.get("speaks") or {}
    score = float(data["opinion"]["score"])
    found = Seen(
        case=case,
        at=datetime.fromisoformat(decided["at"]),
        rule=str(speaks.get("rule", "")),
        tier=str(speaks.get("tier", "")),
        risk_class=str(head.get("class", "")),
        likeness=tuple(speaks.get("likeness", ())),
        score=score,
        features=data.get("features") or {},
        name=str(speaks.get("name", "")),
        ground=str(speaks.get("ground", "")),
        closed=data["decision"] == "close",
        type=str(head.get("type", "")),
        account=str(head.get("account", "")),
        twice=is_for_two(data),
    )
    return replace(found, labels=tuple(_label(found, data, head, one, signed) for one in said))


def _label(found: Seen, data: Record, head: Record, event: Record, signed: Signed) -> Label:
    said = event["data"]
    return Label(
        case=found.case,
        cluster=f"{head.get('type')} {head.get('subject')} {found.at:{DAY}}",
        verdict=Verdict(said["verdict"]),
        analyst=str(said["by"]),
        origin=_origin(data, said),
        signed=signed(found.case, said),
        given=datetime.fromisoformat(event["at"]),
        source=Source(head.get("source", Source.OCSF)),
        score=found.score,
        blind=said.get("blind") is True,
    )


def _origin(data: Record, said: Record) -> Origin:
    """A drawn close is a sample; a blind word is what its author signed that it was.

    Nobody is blind who was shown what a rule would do, whatever he signed.
    """
    if (data.get("sample") or {}).get("chosen"):
        return Origin.SAMPLED
    if data["decision"] == "close":
        return Origin.ENGINE
    blind = said.get("blind") is True and not is_shown(data)
    return Origin.BLIND if blind else Origin.PROMPTED
