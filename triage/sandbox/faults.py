"""Things that go wrong on request: which calls, how often, and in what way."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event, Lock
from typing import Any

from triage.sandbox.call import Call, Onward, Reply
from triage.sandbox.errors import denied, failed, refusal, throttled
from triage.sandbox.memory import Memory
from triage.sandbox.wire import encode

TOKEN = re.compile(rb"\b(next-?token|marker|continuation-?token)\"?\s*[=:]", re.IGNORECASE)


class Kind(StrEnum):
    """What happens to a call that a rule strikes."""

    THROTTLE = "throttle"
    DENY = "deny"
    ERROR = "error"
    SLOW = "slow"
    EMPTY = "empty"
    PARTIAL = "partial"
    TRUNCATED = "truncated"
    STALE = "stale"
    WRONG_ACCOUNT = "wrong_account"
    TWICE = "twice"
    SHUFFLED = "shuffled"
    HALF = "half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Strikes calls that match; None matches any.

    `times` is how often it strikes before it is spent (None: for ever). `probability` draws
    from a sequence that `seed` fixes. `seconds` belongs to slow, `status` to error,
    `answers_from` (an account id) to wrong_account.

    throttle, deny and error answer with the service's own code and status. empty gives a
    well-formed answer with nothing in it. partial serves the first page and fails every later
    one with HTTP 500; truncated ends the body half-way (botocore takes JSON so cut for an answer
    without members, and says nothing). stale repeats the earliest answer this
    very request ever got, and does nothing to a request never made before. twice and shuffled
    are for sqs.ReceiveMessage: every message comes once more, or they come in no order. half is
    for batches of SQS: every other entry fails, the first included, by no fault of the sender.
    """

    kind: Kind
    service: str | None = None
    operation: str | None = None
    account: str | None = None
    region: str | None = None
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    seconds: float = 0.0
    status: int = 500
    answers_from: str = ""

    def matches(self, call: Call) -> bool:
        wanted = (self.service, self.operation, self.account, self.region)
        actual = (call.service, call.operation, call.account, call.region)
        return all(want in (None, got) for want, got in zip(wanted, actual, strict=True))


def rule_of(document: Mapping[str, Any]) -> Rule:
    """Read a rule from JSON. Raises ValueError or TypeError with what is wrong."""
    return Rule(**{**document, "kind": Kind(document.get("kind", ""))})


class Faults:
    """The rules in force. Safe to change while requests are served."""

    def __init__(self, memory: Memory, stopping: Event) -> None:
        self._lock = Lock()
        self._rules: list[Rule] = []
        self._struck: list[int] = []
        self._seen: list[int] = []
        self._memory = memory
        self._stopping = stopping

    def add(self, kind: str, **scope: Any) -> Rule:
        """Add a rule: `add("throttle", service="cloudtrail", times=2)`; see Rule."""
        rule = rule_of({"kind": kind, **scope})
        with self._lock:
            self._rules.append(rule)
            self._struck.append(0)
            self._seen.append(0)
        return rule

    def clear(self) -> None:
        with self._lock:
            self._rules, self._struck, self._seen = [], [], []

    def rules(self) -> Sequence[tuple[Rule, int]]:
        """Return every rule with how often it has struck."""
        with self._lock:
            return tuple(zip(self._rules, self._struck, strict=True))

    def around(self, call: Call, answer: Onward) -> Reply:
        """Answer the call through every rule that strikes it, the first added outermost."""
        rules = self._strike(call)
        for rule in reversed(rules):
            answer = self._wrap(rule, answer)
        reply = answer(call)
        return replace(reply, faults=tuple(rule.kind.value for rule in rules))

    def _wrap(self, rule: Rule, onward: Onward) -> Onward:
        return lambda call: EFFECTS[rule.kind](self, rule, call, onward)

    def _strike(self, call: Call) -> Sequence[Rule]:
        with self._lock:
            found = [at for at, rule in enumerate(self._rules) if self._strikes(at, rule, call)]
            for at in found:
                self._struck[at] += 1
            return [self._rules[at] for at in found]

    def _strikes(self, at: int, rule: Rule, call: Call) -> bool:
        spent = rule.times is not None and self._struck[at] >= rule.times
        if spent or not rule.matches(call) or not self._applies(rule, call):
            return False
        self._seen[at] += 1
        return _draw(rule.seed, self._seen[at]) < rule.probability

    def _applies(self, rule: Rule, call: Call) -> bool:
        if rule.kind is Kind.STALE:
            return self._memory.earliest(call) is not None
        return rule.kind is not Kind.PARTIAL or _later_page(call)

    def throttle(self, _rule: Rule, call: Call, _onward: Onward) -> Reply:
        return refusal(call, throttled(call))

    def deny(self, _rule: Rule, call: Call, _onward: Onward) -> Reply:
        return refusal(call, denied(call))

    def error(self, rule: Rule, call: Call, _onward: Onward) -> Reply:
        return refusal(call, failed(call, rule.status))

    def slow(self, rule: Rule, call: Call, onward: Onward) -> Reply:
        self._stopping.wait(rule.seconds)
        return onward(call)

    def empty(self, _rule: Rule, call: Call, _onward: Onward) -> Reply:
        return encode(call, _nothing(call.model.output_shape))

    def truncated(self, _rule: Rule, call: Call, onward: Onward) -> Reply:
        reply = onward(call)
        promised = ("Content-Length", str(len(reply.body)))
        kept = [pair for pair in reply.headers if pair[0].lower() != "content-length"]
        return replace(reply, headers=[*kept, promised], body=reply.body[: len(reply.body) // 2])

    def stale(self, _rule: Rule, call: Call, onward: Onward) -> Reply:
        return self._memory.earliest(call) or onward(call)

    def oddly(self, rule: Rule, call: Call, onward: Onward) -> Reply:
        return onward(replace(call, odd=call.odd | {rule.kind.value}))

    def wrong_account(self, rule: Rule, call: Call, onward: Onward) -> Reply:
        return onward(replace(call, account=rule.answers_from))


EFFECTS: Mapping[Kind, Callable[[Faults, Rule, Call, Onward], Reply]] = {
    Kind.THROTTLE: Faults.throttle,
    Kind.DENY: Faults.deny,
    Kind.ERROR: Faults.error,
    Kind.SLOW: Faults.slow,
    Kind.EMPTY: Faults.empty,
    Kind.PARTIAL: Faults.error,
    Kind.TRUNCATED: Faults.truncated,
    Kind.STALE: Faults.stale,
    Kind.WRONG_ACCOUNT: Faults.wrong_account,
    Kind.TWICE: Faults.oddly,
    Kind.SHUFFLED: Faults.oddly,
    Kind.HALF: Faults.oddly,
}


def _draw(seed: int, number: int) -> float:
    """Give the `number`-th of a fixed sequence of fractions below 1."""
    drawn = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(drawn[:7], "big") / 2**56


def _later_page(call: Call) -> bool:
    """Look for a page token in the query and in the body, whatever the protocol."""
    query = str(call.environ.get("QUERY_STRING", "")).encode()
    return TOKEN.search(query) is not None or TOKEN.search(call.body) is not None


def _nothing(shape: Any) -> Mapping[str, Any]:
    if shape is None:
        return {}
    return {name: [] for name, member in shape.members.items() if member.type_name == "list"}
