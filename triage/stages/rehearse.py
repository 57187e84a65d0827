"""The tests that travel with a playbook, run through the whole decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from triage.domain.account import Account, Organisation, Tier
from triage.domain.decision import Close, Decision, Escalate, Resolve
from triage.domain.errors import TriageError
from triage.domain.evidence import Absent, Answer, Evidence, Known, Unknown
from triage.domain.person import Signature
from triage.domain.ticket import Ticket
from triage.judgement.score import Model
from triage.playbook.index import Index
from triage.playbook.lint_tests import AT_SOURCE
from triage.playbook.loader import Loaded
from triage.playbook.problem import did_you_mean
from triage.playbook.samples import CHANGES, SAMPLES, sample
from triage.playbook.syntax import Example, Playbook
from triage.playbook.vocabulary import Vocabulary
from triage.stages.classify import classify
from triage.stages.context import Context
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE
from triage.stages.match import rule, speaking
from triage.stages.matter import Matter

QUIET = Model(name="none", intercept=-10.0, weights={}, veto_at=1.0)
"""Tests are about playbooks, so the classifier has no say in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How one test of a playbook went; `problem` is empty when it holds."""

    playbook: str
    path: str
    line: int
    name: str
    rule: str | None
    problem: str


class ExampleInvalid(TriageError):
    """A test says something that cannot be set up."""


def rehearse(playbook: Playbook, vocabulary: Vocabulary) -> tuple[Rehearsal, ...]:
    """Run every test of a playbook. Never raises."""
    return tuple(_one(playbook, example, vocabulary) for example in playbook.tests)


def _one(playbook: Playbook, example: Example, vocabulary: Vocabulary) -> Rehearsal:
    rule_name, problem = None, ""
    try:
        decisions = {
            type_: _decide(playbook, example, ticket, vocabulary)
            for type_, ticket in tickets_of(example)
        }
        rule_name = _rule(next(iter(decisions.values())))
        told = ((type_, _differs(example, decision)) for type_, decision in decisions.items())
        problem = next((type_ + wrong for type_, wrong in told if wrong), "")
    except ExampleInvalid as invalid:
        problem = str(invalid)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        problem = f"the test cannot be set up: {error}"
    return Rehearsal(
        playbook=playbook.name,
        path=playbook.path,
        line=example.line,
        name=example.name,
        rule=rule_name,
        problem=problem,
    )


def tickets_of(example: Example) -> list[tuple[str, Ticket]]:
    """The test's own ticket, and the same one for every further type it speaks for."""
    ticket = ticket_of(example)
    further = [str(one) for one in example.content.get("also") or []]
    return [("", ticket), *((f"{type_}: ", replace(ticket, type=type_)) for type_ in further)]


def _decide(
    playbook: Playbook, example: Example, ticket: Ticket, vocabulary: Vocabulary
) -> Decision:
    context = _context(playbook, example, ticket, vocabulary)
    account = context.account(ticket.account)
    speaking_ = speaking(ticket, account, context)
    if not speaking_:
        raise ExampleInvalid(f"the playbook's match does not hold for a {ticket.type}")
    evidence = _evidence(playbook, example, ticket, context.now)
    matter = Matter(
        ticket=ticket,
        evidence=evidence,
        opinion=classify(ticket, account, context.model, context.history),
        context=context,
    )
    return decide(matter, rule(ticket, speaking_, evidence, context))


def ticket_of(example: Example) -> Ticket:
    """The ticket that a test is about. Raises ExampleInvalid."""
    content = dict(example.content.get("ticket") or {})
    like = content.pop("like", None)
    if like not in SAMPLES:
        raise ExampleInvalid(f"no sample is called {like!r}{did_you_mean(str(like), SAMPLES)}")
    for name in content:
        if name not in CHANGES:
            raise ExampleInvalid(f"a test cannot set {name!r}{did_you_mean(name, CHANGES)}")
    return sample(like, content)


def _context(
    playbook: Playbook, example: Example, ticket: Ticket, vocabulary: Vocabulary
) -> Context:
    now = _moment(example.content.get("at")) or ticket.version + timedelta(hours=1)
    return Context(
        now=now,
        playbooks=Loaded(playbooks=(playbook,), index=Index.of([playbook]), problems=(), digest=""),
        vocabulary=vocabulary,
        organisation=Organisation(accounts={ticket.account: account_of(example, ticket)}),
        signatures=tuple(
            _signature(one, ticket, now) for one in example.content.get("signatures", [])
        ),
        model=QUIET,
    )


def account_of(example: Example, ticket: Ticket) -> Account:
    """Whose the account of that ticket is, as the test says."""
    content = (example.content.get("ticket") or {}).get("account") or {}
    return Account(
        id=ticket.account,
        name=str(content.get("name", "sample")),
        tier=Tier(content.get("tier", Tier.DEVELOPMENT)),
        owner=str(content.get("owner", "sample-team")),
        listed=bool(content.get("listed", True)),
    )


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _signature(content: Mapping[str, Any], ticket: Ticket, now: datetime) -> Signature:
    expires = _moment(content.get("expires")) or now + timedelta(days=30)
    return Signature(
        id="sample",
        kind=str(content["kind"]),
        subject=str(content.get("subject", ticket.subject.id)),
        account=str(content.get("account", ticket.account)),
        types=tuple(content.get("types", [ticket.type])),
        because="a sample",
        signed=min(now, expires, ticket.occurred) - timedelta(days=1),
        expires=expires,
        people=tuple(content.get("people", ["one", "another"])),
    )


def _evidence(playbook: Playbook, example: Example, ticket: Ticket, now: datetime) -> Evidence:
    given = dict(example.content.get("evidence") or {})
    at_source = given.pop(AT_SOURCE, _confirmed(ticket))
    for name in given:
        if name not in playbook.evidence:
            hint = did_you_mean(name, playbook.evidence)
            raise ExampleInvalid(f"the playbook asks for no {name!r}{hint}")
    answers = {
        ask.name: _answer(given.get(name, "unknown"), now)
        for name, ask in playbook.evidence.items()
    }
    return Evidence(answers={**answers, SOURCE.name: _answer(at_source, now)})


def _confirmed(ticket: Ticket) -> Mapping[str, Any]:
    began = ticket.occurred.isoformat()
    return {"confirmed": True, "sample": ticket.sample, "began": began}


def _answer(content: Any, now: datetime) -> Answer:
    match content:
        case "unknown":
            return Unknown(reason="not known in this test")
        case "absent":
            return Absent(source="test", as_of=now)
        case dict():
            return Known(value=content, source="test", as_of=now)
        case _:
            raise ExampleInvalid(f"an answer is a mapping, unknown or absent, not {content!r}")


def _differs(example: Example, decision: Decision) -> str:
    expected = dict(example.content.get("expect") or {})
    if not expected:
        return "the test expects nothing"
    for word in expected:
        if word not in EXPECTATIONS:
            return f"a test cannot expect {word!r}{did_you_mean(word, EXPECTATIONS)}"
    return next(
        (
            f"expected {word}: {value}, got {_told(decision)}"
            for word, value in expected.items()
            if not EXPECTATIONS[word](decision, value)
        ),
        "",
    )


def _rule(decision: Decision) -> str | None:
    return decision.rule.partition(": ")[2] if decision.rule else None


def _told(decision: Decision) -> str:
    reasons = "; ".join(decision.reasons)
    match decision:
        case Close(verdict=verdict, ground=ground):
            return f"close: {verdict} by {ground} ({_rule(decision)}): {reasons}"
        case Resolve():
            return f"resolve ({_rule(decision)}): {reasons}"
        case Escalate(priority=priority):
            would = f", would {decision.would}" if decision.would else ""
            return f"escalate: {priority}{would} ({_rule(decision)}): {reasons}"


def _closes(decision: Decision, verdict: Any) -> bool:
    return isinstance(decision, Close) and decision.verdict == verdict


def _escalates(decision: Decision, priority: Any) -> bool:
    return isinstance(decision, Escalate) and priority in {"any", str(decision.priority)}


def _resolves(decision: Decision, fixes: Any) -> bool:
    names = fixes if isinstance(fixes, list) else [fixes]
    if isinstance(decision, Resolve):
        return [one.fix for one in decision.fixes] == names
    wanted = "resolve: " + ", ".join(names)
    return isinstance(decision, Escalate) and decision.would == wanted


EXPECTATIONS: Mapping[str, Callable[[Decision, Any], bool]] = MappingProxyType(
    {
        "close": _closes,
        "escalate": _escalates,
        "resolve": _resolves,
        "ground": lambda decision, word: isinstance(decision, Close) and decision.ground == word,
        "rule": lambda decision, name: _rule(decision) == name,
        "because": lambda decision, part: str(part) in " ".join(decision.reasons),
        "would": lambda decision, what: isinstance(decision, Escalate) and decision.would == what,
    }
)
