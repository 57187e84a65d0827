"""All that led to a decision: what was tried, asked, ruled, refused, and what would change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from triage.domain.decision import Decision, Ground, Level
from triage.domain.evidence import Absent, Answer, Known
from triage.judgement.score import Opinion
from triage.playbook.evaluate import Ruling
from triage.playbook.meaning import meaning
from triage.playbook.syntax import CloseAs
from triage.playbook.trace import Ruled, Tried, ruled, tried
from triage.playbook.view import ticket_view
from triage.stages.conclude import Conclusion
from triage.stages.counterfactual import Otherwise, otherwise
from triage.stages.decide import closing_of
from triage.stages.match import facts
from triage.stages.matter import Matter
from triage.stages.never_close import never_close
from triage.stages.refuse import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer; `age` is how old it was when it was judged, None when there is none."""

    ask: str
    names: tuple[str, ...]
    answer: Answer
    age: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A close that a rule asked for: its ground, its licence, and what every check says to it."""

    playbook: str
    rule: str
    ground: Ground
    licence: Level
    checks: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision in full. `barred` is why policy keeps the ticket for a person, if it does."""

    decision: Decision
    tried: tuple[Tried, ...]
    answers: tuple[Told, ...]
    ruled: tuple[Ruled, ...]
    guarded: tuple[Guarded, ...]
    barred: str | None
    opinion: Opinion
    veto_at: float
    otherwise: tuple[Otherwise, ...]


def explain(conclusion: Conclusion) -> Explanation:
    """Take a conclusion apart. Pure; the decision is made again many times to find what matters."""
    matter = conclusion.matter
    context, ticket = matter.context, matter.ticket
    view = ticket_view(ticket, matter.account)
    furthest = sorted(
        (tried(playbook, view) for playbook in context.playbooks.playbooks),
        key=lambda one: (not one.matches, -one.held, one.playbook),
    )
    return Explanation(
        decision=conclusion.decision,
        tried=tuple(furthest),
        answers=tuple(_answers(conclusion)),
        ruled=tuple(_ruled(conclusion)),
        guarded=tuple(_guarded(matter, conclusion.rulings)),
        barred=never_close(ticket, matter.account, context.organisation),
        opinion=conclusion.opinion,
        veto_at=context.model.veto_at,
        otherwise=otherwise(conclusion),
    )


def _answers(conclusion: Conclusion) -> Iterator[Told]:
    names = _names(conclusion)
    now = conclusion.matter.context.now
    for ask, answer in conclusion.evidence.answers.items():
        age = now - answer.as_of if isinstance(answer, Known | Absent) else None
        yield Told(ask=ask, names=names.get(ask, ()), answer=answer, age=age)


def _names(conclusion: Conclusion) -> Mapping[str, tuple[str, ...]]:
    """What playbooks call each answer."""
    found: dict[str, tuple[str, ...]] = {}
    for ruling in conclusion.rulings:
        for name, ask in ruling.playbook.evidence.items():
            known = found.get(ask.name, ())
            found[ask.name] = known if name in known else (*known, name)
    return found


def _ruled(conclusion: Conclusion) -> Iterator[Ruled]:
    matter = conclusion.matter
    for ruling in conclusion.rulings:
        yield from ruled(
            ruling.playbook,
            facts(matter.ticket, ruling.playbook, matter.evidence, matter.context),
        )


def _guarded(matter: Matter, rulings: tuple[Ruling, ...]) -> Iterator[Guarded]:
    for ruling in rulings:
        rule = ruling.rule
        if rule is None or not isinstance(rule.outcome, CloseAs):
            continue
        closing = closing_of(matter, ruling, rule, rule.outcome.verdict)
        key = meaning(ruling.playbook, rule)
        yield Guarded(
            playbook=ruling.playbook.name,
            rule=rule.name,
            ground=closing.ground,
            licence=matter.context.licence(key, matter.account.tier).level,
            checks=checked(closing),
        )
