"""How much a pattern matches: nothing that any source sends, or nearly all of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from triage.domain.account import Account, Tier
from triage.domain.ticket import Source
from triage.playbook.fields import WORDS
from triage.playbook.page import Page, short
from triage.playbook.paths import Names
from triage.playbook.pattern import PatternInvalid, compile_pattern
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.pattern import Branch, Pattern
from triage.playbook.samples import SAMPLES
from triage.playbook.syntax import Playbook
from triage.playbook.view import ticket_view
from triage.questions.negates import NEGATES

SHARE_MAX = 0.8
"""Of the sample tickets, in production as in a sandbox, that one playbook may speak about."""
SCORES = range(101)
TYPES: Mapping[Source, re.Pattern[str]] = MappingProxyType(
    {
        Source.GUARDDUTY: re.compile(r"[A-Za-z]+:[A-Za-z0-9]+/.+"),
        Source.MACIE: re.compile(r"(SensitiveData|Policy):.+/.+"),
        Source.CLOUDTRAIL: re.compile(r"[^:\s]+:.+"),
        Source.INSPECTOR: re.compile(r"[A-Z_]+"),
        Source.CLOUDWATCH: re.compile(r"alarm:.+"),
        Source.HEALTH: re.compile(r"[A-Z0-9_]+"),
    }
)
"""What finding types of a source look like; any other source's may look like anything.

https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html,
.../macie/latest/user/findings-types.html, .../health/latest/APIReference/API_EventType.html,
.../inspector/v2/APIReference/API_Finding.html
"""
SOURCE: Names = ("source",)
TYPE: Names = ("type",)
SCORE: Names = ("severity", "score")


def lint_scope(page: Page, playbook: Playbook) -> None:
    """Note what can never match, and what nearly always does."""
    try:
        pattern = compile_pattern(playbook.match)
    except PatternInvalid:
        return
    for branch in pattern.branches:
        _dead(page, branch)
    if not pattern.exact("type") and _share(pattern) > SHARE_MAX:
        message = "this matches nearly every ticket there is; name the types it is about"
        page.say("matches-everything", message, ("match",), key=True)


def _dead(page: Page, branch: Branch) -> None:
    clauses = {clause.path: clause for clause in branch}
    for clause in branch:
        words = WORDS.get(("ticket", *clause.path))
        if words and not _any(clause, words):
            _never(page, clause, f"no {'.'.join(clause.path)} there is matches this")
        if clause.path == SCORE and not _any(clause, SCORES):
            _never(page, clause, "a severity's score is 0 to 100, so this never matches")
    if TYPE in clauses:
        _typed(page, clauses[TYPE], clauses.get(SOURCE))


def _typed(page: Page, types: Clause, source: Clause | None) -> None:
    sources = [one for one in Source if source is None or source.holds(str(one))]
    for type_ in sorted(types.strings):
        near = _known_types().get(type_.casefold(), type_)
        if near != type_:
            page.say(
                "never-matches", f"{short(type_)} is the type of no finding", _at(types), near=near
            )
        elif sources and not any(_has(one, type_) for one in sources):
            named = ", ".join(sources)
            _never(page, types, f"{named} has no findings of type {short(type_)}")


def sources_of(playbook: Playbook) -> frozenset[Source]:
    """The sources whose tickets it may speak about."""
    try:
        pattern = compile_pattern(playbook.match)
    except PatternInvalid:
        return frozenset(Source)
    return frozenset().union(*(_sources(branch) for branch in pattern.branches))


def _sources(branch: Branch) -> frozenset[Source]:
    clauses = {clause.path: clause for clause in branch}
    source, types = clauses.get(SOURCE), clauses.get(TYPE)
    return frozenset(
        one
        for one in Source
        if (source is None or source.holds(str(one)))
        and (types is None or not types.strings or any(_has(one, type_) for type_ in types.strings))
    )


def _has(source: Source, type_: str) -> bool:
    shape = TYPES.get(source)
    return shape is None or shape.fullmatch(type_) is not None


@lru_cache(maxsize=1)
def _known_types() -> Mapping[str, str]:
    known = {*NEGATES, *(ticket.type for ticket in SAMPLES.values())}
    return {type_.casefold(): type_ for type_ in known}


def _any(clause: Clause, values: Iterable[object]) -> bool:
    return clause.absent or any(clause.holds(value) for value in values)


def _never(page: Page, clause: Clause, message: str) -> None:
    page.say("never-matches", message, _at(clause))


def _at(clause: Clause) -> tuple[str, ...]:
    return ("match", *clause.path)


def _share(pattern: Pattern) -> float:
    views = list(_views())
    return sum(pattern.matches(view) for view in views) / len(views)


def _views() -> Iterator[Mapping[str, object]]:
    for ticket in SAMPLES.values():
        for tier in (Tier.PRODUCTION, Tier.SANDBOX):
            yield ticket_view(ticket, Account(id=ticket.account, tier=tier))
