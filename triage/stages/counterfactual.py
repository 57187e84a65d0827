"""What would have had to be otherwise? The smallest sets of facts whose change changes a decision.

Facts are what the conditions of the matching playbooks look at, and what else a decision rests on:
answers, the source's word, signatures, licences, the classifier, the account's tier. Small sets are
tried one after the other, and each is proven by making the pure decision again. The number of tries
is bounded, so a larger set may exist that is not found; none that is shown is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations, islice, product
from typing import Any, Final

from jinja2 import nodes

from triage.domain.account import Tier
from triage.domain.decision import Close, Decision, Escalate, Level, Resolve
from triage.domain.evidence import Absent, Answer, Known, Unknown
from triage.domain.permission import Permission, licence_key
from triage.domain.person import Signature
from triage.playbook.expression import parse
from triage.playbook.meaning import meaning
from triage.playbook.page import short
from triage.playbook.paths import Names, functions, names_of, readings
from triage.playbook.syntax import Ask, CloseAs, Playbook
from triage.stages.conclude import Conclusion
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE
from triage.stages.match import rule
from triage.stages.matter import Matter

SIZE_MAX: Final = 3
TRIES_MAX: Final = 3000
ALTERNATIVES_MAX: Final = 5
"""Sets of one size that lead to the same, so many of which are told."""
FIELDS_MAX: Final = 4
"""Fields of one answer that are varied together, where nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that could have been otherwise: all of it, or a `part` of it."""

    fact: str
    words: str
    apply: Callable[[Matter], Matter]
    part: str = ""

    def rules_out(self, other: "Change") -> bool:
        """Whether not both can be true."""
        parts = (self.part, other.part)
        return self.fact == other.fact and ("" in parts or self.part == other.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """If all of these had been so, it would have come to this."""

    changes: tuple[str, ...]
    outcome: str


def otherwise(conclusion: Conclusion) -> tuple[Otherwise, ...]:
    """For every other outcome within reach, the smallest sets of changes found that lead there."""
    playbooks = tuple(ruling.playbook for ruling in conclusion.rulings)
    matter, now = conclusion.matter, outcome(conclusion.decision)
    proven: dict[str, list[Otherwise]] = {}
    for some in _sets(tuple(_changes(conclusion, playbooks))):
        told = outcome(_again(matter, some, playbooks))
        known = proven.setdefault(told, [])
        smallest = not known or len(known[0].changes) == len(some)
        if told != now and smallest and len(known) < ALTERNATIVES_MAX:
            known.append(Otherwise(changes=tuple(one.words for one in some), outcome=told))
    return tuple(one for several in proven.values() for one in several)


def outcome(decision: Decision) -> str:
    """A decision without its words."""
    match decision:
        case Close(verdict=verdict, ground=ground):
            return f"close as {verdict} by {ground}"
        case Resolve():
            return "resolve"
        case Escalate(priority=priority):
            return f"escalate {priority}"


def _again(matter: Matter, changes: Iterable[Change], playbooks: Iterable[Playbook]) -> Decision:
    for one in changes:
        matter = one.apply(matter)
    rulings = rule(matter.ticket, playbooks, matter.evidence, matter.context)
    return decide(matter, rulings)


def _sets(changes: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    """Small sets first, each fact at most once, and no more of them than a moment allows."""
    every = (some for size in range(1, SIZE_MAX + 1) for some in combinations(changes, size))
    return islice(filter(_together, every), TRIES_MAX)


def _together(some: tuple[Change, ...]) -> bool:
    return not any(one.rules_out(other) for one, other in combinations(some, 2))


def _changes(conclusion: Conclusion, playbooks: Iterable[Playbook]) -> Iterator[Change]:
    matter = conclusion.matter
    conditions = [
        (playbook, parse(one.when)) for playbook in playbooks for one in playbook.rules if one.when
    ]
    yield from _answers(matter, conditions)
    yield from _at_source(matter)
    yield from _signed(matter, [condition for _, condition in conditions])
    yield from _licensed(matter, playbooks)
    yield from _classifier(matter)
    if any(_asks_tier(condition) for _, condition in conditions):
        yield from _tiers(matter)


# --- answers --------------------------------------------------------------------------------------

Conditions = Iterable[tuple[Playbook, nodes.Node]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An answer that conditions look at: which fields, and the values worth trying of each."""

    name: str
    ask: Ask
    fields: dict[Names, list[Any]]


def _answers(matter: Matter, conditions: Conditions) -> Iterator[Change]:
    """Every answer that a condition looks at: another value of a field, known or absent at all."""
    for one in _looked_at(conditions):
        now = matter.evidence.answers.get(one.ask.name)
        if () in one.fields and not isinstance(now, Absent):
            yield _answered(one.ask, f"{one.name} were absent", _absent(matter))
        values = {path: options for path, options in one.fields.items() if path}
        if isinstance(now, Known):
            yield from _varied(one, now, values)
        else:
            yield from _supposed(one, matter, values)


def _looked_at(conditions: Conditions) -> Iterable[Looked]:
    found: dict[tuple[str, str], Looked] = {}
    for playbook, condition in conditions:
        for reading in readings(condition):
            name, path = reading.names[0], reading.names[1:]
            ask = playbook.evidence.get(name)
            if ask is not None:
                looked = Looked(name=name, ask=ask, fields={})
                fields = found.setdefault((name, ask.name), looked).fields
                options = fields.setdefault(path, [])
                fresh = _options(condition, reading.names)
                options += [one for one in fresh if one not in options]
    return found.values()


def _options(condition: nodes.Node, names: Names) -> list[Any]:
    """Values worth trying of what is read there: both truths, or around what it is compared to."""
    here = [condition] if isinstance(condition, nodes.Compare) else []
    for node in (*here, *condition.find_all(nodes.Compare)):
        sides = [node.expr, node.ops[0].expr]
        if names not in [names_of(side) for side in sides]:
            continue
        constants = [side.value for side in sides if isinstance(side, nodes.Const)]
        return [value for one in constants for value in _around(one)]
    return [True, False]


def _around(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [True, False]
    if isinstance(value, int | float):
        return [value - 1, value, value + 1]
    return [value, f"not {value}"] if isinstance(value, str) else [value]


def _varied(looked: Looked, now: Known, values: Mapping[Names, list[Any]]) -> Iterator[Change]:
    name, ask = looked.name, looked.ask
    for path, options in values.items():
        for value in options:
            changed = _with(now.value, path, value)
            if changed != now.value:
                words = f"{name}.{'.'.join(path)} were {short(value)}"
                yield _answered(ask, words, replace(now, value=changed), ".".join(path))
    yield _answered(ask, f"{name} were unknown", Unknown(reason="it is supposed to be"))


def _supposed(
    looked: Looked, matter: Matter, values: Mapping[Names, list[Any]]
) -> Iterator[Change]:
    """Suppose that something were known: every combination of the fields that are looked at."""
    paths = list(values)[:FIELDS_MAX]
    for combination in product(*(values[path] for path in paths)):
        content: Mapping[str, Any] = {}
        for path, value in zip(paths, combination, strict=True):
            content = _with(content, path, value)
        told = ", ".join(
            f"{'.'.join(path)} {short(value)}"
            for path, value in zip(paths, combination, strict=True)
        )
        words = f"{looked.name} were known" + (f": {told}" if told else "")
        yield _answered(looked.ask, words, _known(matter, content))


def _with(content: Mapping[str, Any], path: Names, value: Any) -> Mapping[str, Any]:
    first, *rest = path
    if not rest:
        return {**content, first: value}
    inner = content.get(first)
    deeper = _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
    return {**content, first: deeper}


def _known(matter: Matter, content: Mapping[str, Any]) -> Known:
    return Known(value=content, source="supposed", as_of=matter.context.now)


def _absent(matter: Matter) -> Absent:
    return Absent(source="supposed", as_of=matter.context.now)


def _answered(ask: Ask, words: str, answer: Answer, part: str = "") -> Change:
    """An answer that were another; of a known one, parts may change together."""

    def apply(matter: Matter) -> Matter:
        answers, given = matter.evidence.answers, answer
        now = answers.get(ask.name)
        if part and isinstance(now, Known) and isinstance(answer, Known):
            path = tuple(part.split("."))
            given = replace(now, value=_with(now.value, path, _at(answer.value, path)))
        evidence = replace(matter.evidence, answers={**answers, ask.name: given})
        return replace(matter, evidence=evidence)

    return Change(fact=ask.name, words=words, apply=apply, part=part)


def _at(content: Any, path: Names) -> Any:
    for name in path:
        content = content[name]
    return content


# --- what else a decision rests on ----------------------------------------------------------------


def _at_source(matter: Matter) -> Iterator[Change]:
    said, ticket = matter.at_source, matter.ticket
    confirmed = isinstance(said, Known) and said.value.get("confirmed") is True
    if confirmed:
        yield _answered(SOURCE, "its source did not answer", Unknown(reason="supposed"))
    else:
        content = {"confirmed": True, "sample": ticket.sample, "began": ticket.occurred.isoformat()}
        yield _answered(SOURCE, "its source confirmed it", _known(matter, content))


def _signed(matter: Matter, conditions: Iterable[nodes.Node]) -> Iterator[Change]:
    """One more signature of each kind that a condition asks for, or none at all."""
    context, ticket = matter.context, matter.ticket
    calls = [call for condition in conditions for call in functions(condition)]
    kinds = [
        call.args[0].value
        for call in calls
        if isinstance(call.node, nodes.Name)
        and call.node.name == "signed"
        and isinstance(call.args[0], nodes.Const)
    ]
    for kind in dict.fromkeys(kinds):
        signature = Signature(
            id="supposed",
            kind=str(kind),
            subject=ticket.subject.id,
            account=ticket.account,
            types=(ticket.type,),
            because="it is supposed",
            signed=min(ticket.occurred, context.now) - timedelta(days=1),
            expires=context.now + timedelta(days=1),
            people=("one", "another"),
        )
        signatures = (*context.signatures, signature)
        yield _in_context(f"signed {kind}", f"it were signed as {kind}", signatures=signatures)
    if kinds and context.signatures:
        yield _in_context("signed", "no signature were in force", signatures=())


def _licensed(matter: Matter, playbooks: Iterable[Playbook]) -> Iterator[Change]:
    closing = [
        (playbook, one)
        for playbook in playbooks
        for one in playbook.rules
        if isinstance(one.outcome, CloseAs)
    ]
    for playbook, one in closing:
        key = licence_key(meaning(playbook, one), matter.account.tier)
        has = matter.context.licences.get(key, Permission()).level is Level.AUTO
        level, word = (Level.SHADOW, "no") if has else (Level.AUTO, "a")
        words = f"the rule {short(one.name)} had {word} licence"
        yield _with_licence(key, words, level)


def _with_licence(key: str, words: str, level: Level) -> Change:
    def apply(matter: Matter) -> Matter:
        licences = {**matter.context.licences, key: Permission(level=level)}
        return replace(matter, context=replace(matter.context, licences=licences))

    return Change(fact=f"licence {key}", words=words, apply=apply)


def _classifier(matter: Matter) -> Iterator[Change]:
    veto = not matter.opinion.veto
    words = "the classifier objected" if veto else "the classifier did not object"
    opinion = replace(matter.opinion, veto=veto)
    yield Change(
        fact="classifier", words=words, apply=lambda matter: replace(matter, opinion=opinion)
    )


def _asks_tier(condition: nodes.Node) -> bool:
    return any(one.names[-2:] == ("account", "tier") for one in readings(condition))


def _tiers(matter: Matter) -> Iterator[Change]:
    organisation, account = matter.context.organisation, matter.account
    for tier in Tier:
        if tier is not account.tier:
            changed = {**organisation.accounts, account.id: replace(account, tier=tier)}
            supposed = replace(organisation, accounts=changed)
            yield _in_context("tier", f"the account were {tier}", organisation=supposed)


def _in_context(fact: str, words: str, **changes: Any) -> Change:
    return Change(
        fact=fact,
        words=words,
        apply=lambda matter: replace(matter, context=replace(matter.context, **changes)),
    )
