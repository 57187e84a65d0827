"""Effects from the outbox: each under a lease, idempotent, recorded intent -> outcome."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from triage.domain.case import CaseEvent, EventKind, event_id
from triage.domain.effect import Effect, EffectStatus
from triage.domain.incident import IncidentId
from triage.engine.appending import undeterred
from triage.engine.at_source import NotLet, close_at_source
from triage.engine.escalation import NOTIFY, Raised, unreached
from triage.engine.intending import CLOSE
from triage.engine.probation import RETURNED, count_return
from triage.engine.related import REOPEN, reopen
from triage.engine.repairing.applying import apply, end
from triage.engine.repairing.planning import plan
from triage.engine.repairing.proving import prove
from triage.engine.repairing.recording import APPLY, PLAN, PROVE, Held, NotNow
from triage.engine.review_calls import ASK_REVIEW, ask_review
from triage.engine.together import raise_all, side_by_side
from triage.engine.tracing import told_before
from triage.engine.verdicts import SECOND, ask_another
from triage.engine.world import World
from triage.ports.notifier import Notice, Undelivered
from triage.stages.notice import company

KINDS = {
    EffectStatus.DONE: EventKind.EFFECT_DONE,
    EffectStatus.ABANDONED: EventKind.EFFECT_ABANDONED,
}
HELD_SECONDS = 2.0
"""How often what the kill switch holds looks whether it may go on."""
OFTEN, CUT_OFF = "it was tried as often as it may be", "no try came to an end"
REPAIRS = frozenset({PLAN, APPLY, PROVE})
MEMBERS_SHOWN = 1000


def run_effects(world: World, *, owner: str, at_most: int) -> int:
    """Run the effects that are due; return how many were taken up."""
    effects = world.outbox.claim_effects(
        now=world.clock.now(),
        owner=owner,
        at_most=at_most,
        lease_seconds=world.limits.lease_seconds,
    )
    # Side by side: a channel that hangs must not use up the leases of the others.
    ran = side_by_side(
        lambda effect: _run(world, effect, owner), effects, threads=world.limits.threads
    )
    raise_all("effects", ran.errors)
    return len(effects)


def _run(world: World, effect: Effect, owner: str) -> None:
    if effect.attempts > world.limits.effect_attempts:
        # Its last tries ended with their workers, or outlived their leases.
        _end(world, effect, owner, EffectStatus.ABANDONED, f"{OFTEN}: {effect.outcome or CUT_OFF}")
        return
    try:
        with world.tracing.part(effect.case, "effect", told_before(effect)):
            outcome = RUNNERS[effect.kind](world, effect)
    except (Undelivered, NotNow) as error:
        _try_again(world, effect, owner, str(error))
    except NotLet as error:
        _end(world, effect, owner, EffectStatus.ABANDONED, str(error))
    except Held as error:
        due = world.clock.now() + timedelta(seconds=HELD_SECONDS)
        world.outbox.postpone(effect, owner=owner, due=due, outcome=str(error), counted=False)
    except Exception as error:  # noqa: BLE001 - one channel's fault must not hold up the others
        world.metrics.failed("effects")
        _try_again(world, effect, owner, f"unexpected {type(error).__name__}: {error}")
    else:
        _end(world, effect, owner, EffectStatus.DONE, outcome)


def _deliver(world: World, effect: Effect) -> str:
    data = effect.data
    notifier = world.notifiers.get(data["channel"])
    if notifier is None:
        message = f"no channel {data['channel']} is configured any more"
        raise Undelivered(message)
    text = data["notice"]
    notice = Notice(
        id=effect.id,
        case=effect.case,
        priority=text["priority"],
        title=text["title"],
        text="\n".join(part for part in (text["text"], _company(world, effect)) if part),
    )
    return notifier.notify(data["address"], notice)


def _company(world: World, effect: Effect) -> str:
    """Who is in the incident at this moment; told with the page, never part of its intent."""
    name = world.cases.case(effect.case).incident
    if name is None or (size := world.incidents.size(IncidentId(name))) == 1:
        return ""
    members = world.incidents.members(IncidentId(name), at_most=MEMBERS_SHOWN)
    return company(members, size, name)


RUNNERS: Mapping[str, Callable[[World, Effect], str]] = {
    NOTIFY: _deliver,
    REOPEN: reopen,
    SECOND: ask_another,
    ASK_REVIEW: ask_review,
    PLAN: plan,
    APPLY: apply,
    PROVE: prove,
    CLOSE: close_at_source,
    RETURNED: count_return,
}
"""How each kind of effect is done. Each is idempotent: it may run again after a crash."""


def _try_again(world: World, effect: Effect, owner: str, problem: str) -> None:
    lost = effect.until is not None and world.clock.now() >= effect.until
    # Whoever holds it by now says how it ends.
    if effect.attempts >= world.limits.effect_attempts and not lost:
        _end(world, effect, owner, EffectStatus.ABANDONED, problem)
        return
    due = world.clock.now() + world.limits.retry_after(effect.attempts)
    world.outbox.postpone(effect, owner=owner, due=due, outcome=problem)
    world.metrics.effect(effect.kind, "postponed")


def _end(world: World, effect: Effect, owner: str, status: EffectStatus, outcome: str) -> None:
    # The case's own history first: it is idempotent by id, so a crash between the two is harmless.
    _note(world, effect, status, outcome)
    if status is EffectStatus.ABANDONED and effect.kind in REPAIRS:
        end(world, effect, outcome if outcome.startswith(OFTEN) else f"{OFTEN}: {outcome}")
    world.outbox.finish(effect, owner=owner, status=status, outcome=outcome)
    world.metrics.effect(effect.kind, status)


def give_up(world: World, effect: Effect, outcome: str) -> bool:
    """Try an effect no more, because somebody says so; False when it is done or under way."""
    if not world.outbox.give_up(effect, outcome=outcome):
        return False
    _note(world, effect, EffectStatus.ABANDONED, outcome)
    if effect.kind in REPAIRS:
        end(world, effect, outcome)
    return True


def _note(world: World, effect: Effect, status: EffectStatus, outcome: str) -> None:
    """Write an effect's end into its case, however many others write at the same time."""
    undeterred(lambda: _append(world, effect, status, outcome))


def _append(world: World, effect: Effect, status: EffectStatus, outcome: str) -> None:
    case, now, kind = world.cases.case(effect.case), world.clock.now(), KINDS[status]
    lost = status is EffectStatus.ABANDONED
    raised = unreached(world, case, effect, now) if lost else Raised()
    data = {
        "effect": effect.id,
        "kind": effect.kind,
        "outcome": outcome[:500],
        "effects": raised.intents,
    }
    event = CaseEvent(id=event_id(case.id, effect.id, kind), kind=kind, at=now, data=data)
    world.cases.append(
        case.id, event, version=case.version, effects=raised.effects, timers=raised.timers
    )
