"""What a role's policy lacks, and what it allows beside what is needed.

Wildcards are expanded over the calls that AWS's service models name. A condition on what is allowed
is not evaluated, and said; one on what is denied is taken not to hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from triage.domain.api import Apis
from triage.playbook.permissions.actions import actions_of
from triage.playbook.permissions.resources import resources_of

WILD = frozenset("*?")
ALLOW, DENY = "Allow", "Deny"


class NoPolicy(ValueError):
    """The document is no IAM policy; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy. `without` is set where it names what it is *not* about."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    without_actions: bool = False
    without_resources: bool = False
    conditional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row: `verdict` is missing, denied, conditional, too wide or too much."""

    verdict: str
    action: str
    resource: str
    because: str


def read_policy(document: Any) -> tuple[Statement, ...]:
    """Read a policy as IAM writes it. Raises NoPolicy."""
    inner = document.get("PolicyDocument", document) if isinstance(document, Mapping) else document
    found = inner.get("Statement") if isinstance(inner, Mapping) else None
    listed = [found] if isinstance(found, Mapping) else found
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise NoPolicy("a policy has a Statement, which is one or a list of them")
    return tuple(_statement(one) for one in listed)


def _statement(node: Mapping[str, Any]) -> Statement:
    if node.get("Effect") not in {ALLOW, DENY}:
        raise NoPolicy(f"Effect is Allow or Deny, not {node.get('Effect')!r}")
    if ("Action" in node) is ("NotAction" in node):
        raise NoPolicy("a statement has exactly one of Action and NotAction")
    return Statement(
        allows=node["Effect"] == ALLOW,
        actions=_texts(node.get("Action", node.get("NotAction"))),
        resources=_texts(node.get("Resource", node.get("NotResource", "*"))),
        without_actions="NotAction" in node,
        without_resources="NotResource" in node,
        conditional=bool(node.get("Condition")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise NoPolicy("actions and resources are texts or lists of them")
    return tuple(listed)


def difference(
    needed: Iterable[str], statements: Sequence[Statement], apis: Apis, partition: str = "aws"
) -> tuple[Difference, ...]:
    """Compare what is needed with what a role's policies say together."""
    wanted = sorted(set(needed))
    lacking = [row for action in wanted for row in _lacking(action, statements, partition)]
    wide = [row for action in wanted for row in _wide(action, statements, partition)]
    return (*lacking, *wide, *_beyond(frozenset(wanted), statements, apis))


def _lacking(action: str, statements: Sequence[Statement], partition: str) -> Iterator[Difference]:
    about = [one for one in statements if _names(one, action)]
    for resource in resources_of(action, partition):
        if any(_denies(one, resource) for one in about):
            why = "a statement denies it"
            yield Difference(verdict="denied", action=action, resource=resource, because=why)
            continue
        allowing = [one for one in about if one.allows and _covers(one, resource)]
        if not allowing:
            why = "no statement allows it"
            yield Difference(verdict="missing", action=action, resource=resource, because=why)
        elif all(one.conditional for one in allowing):
            why = "it is allowed under a condition only"
            yield Difference(verdict="conditional", action=action, resource=resource, because=why)


def _wide(action: str, statements: Sequence[Statement], partition: str) -> Iterator[Difference]:
    held = resources_of(action, partition)
    if held == ("*",):
        return
    for one in statements:
        if one.allows and _names(one, action) and "*" in one.resources:
            why = f"it can be held to {', '.join(held)}"
            yield Difference(verdict="too wide", action=action, resource="*", because=why)
            return


def _beyond(
    needed: frozenset[str], statements: Sequence[Statement], apis: Apis
) -> Iterator[Difference]:
    known = {action.lower() for action in needed}
    told: set[str] = set()
    for one in statements:
        for pattern in one.actions if one.allows else ():
            for action in _expanded(one, pattern, apis):
                if action.lower() not in known | told:
                    told.add(action.lower())
                    why = f"nothing needs it; {_quoted(one, pattern)} allows it"
                    yield Difference(
                        verdict="too much",
                        action=action,
                        resource=", ".join(one.resources),
                        because=why,
                    )


def _quoted(statement: Statement, pattern: str) -> str:
    return f"{'NotAction' if statement.without_actions else 'Action'} {pattern!r}"


def _expanded(statement: Statement, pattern: str, apis: Apis) -> list[str]:
    """The actions that a pattern stands for; itself where it stands for more than a service."""
    if statement.without_actions:
        return [f"everything but {', '.join(statement.actions)}"]
    prefix, _, name = pattern.partition(":")
    if set(prefix) & WILD or not name:
        return [pattern]
    if not set(name) & WILD:
        return [pattern]
    test = _pattern(pattern.lower())
    found = sorted(one for one in actions_of(prefix.lower(), apis) if test.fullmatch(one.lower()))
    return found or [pattern]


def _names(statement: Statement, action: str) -> bool:
    named = any(_pattern(one.lower()).fullmatch(action.lower()) for one in statement.actions)
    return named is not statement.without_actions


def _covers(statement: Statement, resource: str) -> bool:
    """Tell whether everything this ARN stands for is meant."""
    if statement.without_resources:
        return not any(_meet(one, resource) for one in statement.resources)
    return any(_pattern(one).fullmatch(resource) for one in statement.resources)


def _denies(statement: Statement, resource: str) -> bool:
    """Tell whether all of it is denied, whatever else allows it."""
    return not statement.allows and not statement.conditional and _covers(statement, resource)


def _meet(one: str, other: str) -> bool:
    return bool(_pattern(one).fullmatch(other) or _pattern(other).fullmatch(one))


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards. A question mark is one character, and no asterisk stands for one."""
    parts = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in text), re.DOTALL)
