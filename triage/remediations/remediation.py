"""The shape of a fix, and what all fixes share.

    inspect: reads -> State          plan: State -> Plan | Refused
    apply: the plan's calls          verify: a fresh State that shows what was wanted
    revert: a plan of its own, back to the stored before, while nobody has changed it since

A fix's file says what to read, what to write and how to take it back; everything else is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import orjson

from triage.domain.json import Record, canonical
from triage.domain.plan import Block, Call, Permission, Plan, Refused, State, Step, Target
from triage.playbook.fixes import Fix
from triage.ports.cloud import Cloud, CloudError, NotFound
from triage.questions.question import Asking

AT_ONCE = (0.0,)
TWICE = (0.0, 60.0)
"""Seconds after the last write at which a change is read again before it counts as proven.

IAM answers from copies that catch up within seconds, so what it shows at once may not last.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""
AGAIN_SECONDS = (5.0, 30.0, 120.0)
"""How long to wait before each look after one that proved nothing; then it is frozen."""
TOLD_MAX = 200
"""Characters of a fact that is not as wanted, for people to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an inspection found: the facts that the fix goes by, and the resource's tags."""

    facts: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Steps, and the facts that prove them done.

    `one_way` says why this change cannot be taken back, where others of its fix can.
    """

    steps: tuple[Step, ...]
    wanted: Mapping[str, Any]
    one_way: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """One fix of the catalogue.

    `target` names the resource a ticket is about, raising CannotAsk when it is about none.
    `reads` is what inspecting takes. `inspect` raises CloudError for whatever it could not find
    out; it never guesses. `plan` and `undo` are pure: `undo` gets the stored before and the state
    as it is now, and answers for nothing but the way back. `assigned` are facts that AWS chooses
    anew each time, as ids. `proof_seconds` is when it is read again after the last write, and
    `again_seconds` how long to wait before each look after one that proved nothing: what takes its
    time is given some. `blocks` is whom it keeps out and for how long.
    """

    fix: Fix
    target: Callable[[Asking], Target]
    reads: Callable[[Target], tuple[Permission, ...]]
    inspect: Callable[[Cloud, Target], Seen]
    plan: Callable[[Target, State], Change | Refused]
    undo: Callable[[Target, State, State], Change | Refused]
    assigned: frozenset[str] = frozenset()
    proof_seconds: tuple[float, ...] = AT_ONCE
    again_seconds: tuple[float, ...] = AGAIN_SECONDS
    blocks: Callable[[Target], Block] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A fresh read showed everything that was wanted."""

    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """It did not, or could not be made. `state` is what it showed, if anything."""

    because: str
    state: State | None = None


class Moved(CloudError):
    """The resource is no longer as it was when the plan was made."""

    def __init__(self, plan: Plan) -> None:
        super(CloudError, self).__init__(
            f"{plan.target.id} has changed since {plan.fix} was planned; nothing was written"
        )


class Journal(Protocol):
    """Where every write is recorded: what is about to be made, and what came of it."""

    def intend(self, place: int, step: Step) -> None:
        """Make the intent durable. It may raise, and then nothing is written."""

    def made(self, place: int, step: Step) -> None:
        """The step is made, now or earlier."""

    def failed(self, place: int, step: Step, why: str) -> None:
        """The call brought no answer, and why; it may have been made nevertheless."""


def inspect(remediation: Remediation, cloud: Cloud, target: Target, *, at: datetime) -> State:
    """Read the resource. Raises CloudError; a state is whole or there is none."""
    seen = remediation.inspect(cloud, target)
    facts = orjson.loads(canonical(dict(seen.facts)))
    return State(facts=facts, tags=dict(seen.tags), as_of=at)


def plan(name: str, remediation: Remediation, target: Target, state: State) -> Plan | Refused:
    """Say what would be done about a resource in this state."""
    change = remediation.plan(target, state)
    if isinstance(change, Refused):
        return change
    one_way = remediation.fix.one_way or change.one_way
    return _plan(name, remediation, target, state, change, one_way=one_way)


def revert(remediation: Remediation, applied: Plan, now: State) -> Plan | Refused:
    """Say how to take an applied plan back, or why not.

    Refused for what has no way back, and when somebody has changed the resource since.
    """
    if applied.one_way is not None:
        return Refused(because=f"{applied.fix} cannot be taken back: {applied.one_way}")
    if as_found(remediation, applied.before, now):
        return _plan(applied.fix, remediation, applied.target, now, _nothing(applied), applied)
    if not now.holds(applied.wanted):
        changed = f"{applied.target.id} is no longer as {applied.fix} left it"
        return Refused(because=f"{changed}: somebody has changed it since, and that is not ours")
    change = remediation.undo(applied.target, applied.before, now)
    if isinstance(change, Refused):
        return change
    return _plan(applied.fix, remediation, applied.target, now, change, applied)


def _nothing(applied: Plan) -> Change:
    return Change(steps=(), wanted={name: applied.before.facts[name] for name in applied.wanted})


def _plan(  # noqa: PLR0913 - a plan is made of all of them
    name: str,
    remediation: Remediation,
    target: Target,
    state: State,
    change: Change,
    undone: Plan | None = None,
    *,
    one_way: str | None = None,
) -> Plan:
    return Plan(
        fix=name,
        target=target,
        steps=change.steps,
        before=state,
        reads=remediation.reads(target),
        wanted=MappingProxyType(orjson.loads(canonical(dict(change.wanted)))),
        risk=remediation.fix.risk,
        one_way=one_way,
        undoes=undone.digest if undone else None,
        blocks=remediation.blocks(target) if remediation.blocks and undone is None else None,
    )


def as_found(remediation: Remediation, before: State, now: State) -> bool:
    """Whether a resource is as it was, but for the ids that AWS has chosen anew."""
    return _own(remediation, before) == _own(remediation, now)


def _own(remediation: Remediation, state: State) -> Record:
    return {name: fact for name, fact in state.facts.items() if name not in remediation.assigned}


def apply(
    remediation: Remediation, cloud: Cloud, plan: Plan, journal: Journal, *, at: datetime
) -> None:
    """Make the calls that are still to be made, each recorded before and after.

    Every write is preceded by a read: what an earlier, interrupted run has made is not made again,
    and a resource that somebody else has changed is left alone. Raises Moved, CloudError.
    """
    for place, step in enumerate(plan.steps):
        state = inspect(remediation, cloud, plan.target, at=at)
        if _is_made(plan, place, state):
            journal.made(place, step)
            continue
        if not _is_expected(remediation, plan, place, state):
            raise Moved(plan)
        journal.intend(place, step)
        _make(cloud, step, place, journal)


def _is_made(plan: Plan, place: int, state: State) -> bool:
    """Whether a step shows, or a later one that writes the same facts does in its stead."""
    names = set(plan.steps[place].shows)
    return any(state.holds(one.shows) for one in plan.steps[place:] if names <= set(one.shows))


def _is_expected(remediation: Remediation, plan: Plan, place: int, state: State) -> bool:
    """Whether it is the state that the plan was made for, with its first steps made."""
    written = {name for step in plan.steps[:place] for name in step.shows}
    loose = written | (remediation.assigned if place else frozenset())
    kept = {name: fact for name, fact in plan.before.facts.items() if name not in loose}
    return state.holds(kept) and all(_is_made(plan, one, state) for one in range(place))


def _make(cloud: Cloud, step: Step, place: int, journal: Journal) -> None:
    try:
        cloud.call(step.call)
    except CloudError as error:
        journal.failed(place, step, str(error))
        raise
    journal.made(place, step)


def verify(
    remediation: Remediation, cloud: Cloud, plan: Plan, *, since: datetime, at: datetime
) -> Proven | Unproven:
    """Read again and see whether everything that was wanted is so.

    `since` is when the last write was made: nothing read before it proves anything.
    """
    try:
        state = inspect(remediation, cloud, plan.target, at=at)
    except CloudError as error:
        return Unproven(because=f"it could not be read again: {error}")
    if state.as_of < since:
        return Unproven(because="what was read is older than the change", state=state)
    missing = [name for name in sorted(plan.wanted) if not state.holds({name: plan.wanted[name]})]
    if missing:
        return Unproven(because=f"not as wanted: {_told(missing, state)}", state=state)
    return Proven(state=state)


def _told(missing: Sequence[str], state: State) -> str:
    """The facts that are not as wanted, with what they are."""
    told = (canonical(state.facts.get(name)).decode()[:TOLD_MAX] for name in missing)
    return ", ".join(f"{name} is {fact}" for name, fact in zip(missing, told, strict=True))


def or_none(cloud: Cloud, call: Call) -> Record | None:
    """The answer, or None where the service itself says that there is no such thing."""
    try:
        return cloud.call(call)
    except NotFound:
        return None
