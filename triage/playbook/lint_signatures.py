"""What is wrong with a file of signatures before any key is looked at.

Whether the people are listed and their signatures hold is for whoever verifies them.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from triage.domain.person import DAYS_MAX, PEOPLE_MIN
from triage.playbook.document import Document, Path
from triage.playbook.document import read as read_yaml
from triage.playbook.page import Page, short
from triage.playbook.problem import Problem, nearest
from triage.playbook.toml_document import read_toml

KEYS = ("id", "kind", "subject", "account", "types", "because", "signed", "expires", "by")
OPTIONAL = ("actions", "identities", "pattern", "window", "requester", "per_day", "revoked")
HEAD = "signature"
"""Under which key a file of TOML holds its entries; a YAML file is one entry."""
PER_DAY_MAX = 1000
WILD = frozenset("*?")
EXACT = ("subject", "account")


def check_signatures(
    path: str, text: str, now: datetime, kinds: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Check one file, TOML or YAML by its name. Never raises, whatever the text.

    `kinds` are those that anything asks for; none when that is not known.
    """
    read = read_toml if path.endswith(".toml") else read_yaml
    document, problems = read(path, text)
    if document is None:
        return tuple(problems)
    page = Page(path=path, document=document, problems=problems)
    for at, entry in _entries(page, document):
        if isinstance(entry, dict):
            _entry(page, entry, at, now)
            _kind(page, entry, at, kinds)
        else:
            page.say("signature-entry", "a signature is a table of its parts", at)
    return tuple(sorted(page.problems, key=lambda one: (one.line, one.column, one.message)))


def _entries(page: Page, document: Document) -> list[tuple[Path, Any]]:
    content = document.content
    if not page.path.endswith(".toml"):
        return [((), content)] if content else []
    for key in content:
        if key != HEAD:
            message, near = f"unknown key {short(key)}", nearest(key, (HEAD,))
            page.say("signature-entry", message, (key,), key=True, near=near)
    listed = content.get(HEAD, [])
    if not isinstance(listed, list):
        page.say("signature-entry", "entries are a list, as [[signature]]", (HEAD,), key=True)
        return []
    return [((HEAD, index), entry) for index, entry in enumerate(listed)]


def _entry(page: Page, entry: Mapping[str, Any], at: Path, now: datetime) -> None:
    words = (*KEYS, *OPTIONAL)
    for key in entry:
        if key not in words:
            message, near = f"unknown key {short(key)}", nearest(key, words)
            page.say("signature-entry", message, (*at, key), key=True, near=near)
    if entry.get("revoked"):
        # It counts for nothing any more, whatever it says.
        return
    for key in KEYS:
        if key not in entry and not (key == "subject" and entry.get("pattern")):
            page.say(LACKING.get(key, "signature-entry"), f"{key!r} is missing", at)
    for key, check in CHECKS.items():
        if key in entry:
            check(page, entry, at, now)


def _kind(page: Page, entry: Mapping[str, Any], at: Path, kinds: Collection[str]) -> None:
    kind = entry.get("kind")
    if kinds and isinstance(kind, str) and kind not in kinds and not entry.get("revoked"):
        message, near = f"nothing asks for {short(kind)}", nearest(kind, sorted(kinds))
        page.say("signature-kind", message, (*at, "kind"), near=near)


def _people(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    by = entry["by"]
    signers = {str(one) for one in by} if isinstance(by, dict) else set()
    if not isinstance(by, dict):
        message = "'by' names each person with their signature"
        page.say("signature-people", message, (*at, "by"), key=True)
    elif len(signers) < PEOPLE_MIN:
        message = "it needs two different people"
        page.say("signature-people", message, (*at, "by"), key=True)
    elif (requester := str(entry.get("requester", ""))) in signers:
        message = f"{short(requester)} asked for it and cannot approve it"
        page.say("signature-people", message, (*at, "requester"))


def _expires(page: Page, entry: Mapping[str, Any], at: Path, now: datetime) -> None:
    signed, expires = (_time(entry.get(key)) for key in ("signed", "expires"))
    place = (*at, "expires")
    if expires is None:
        page.say("signature-entry", "'expires' is a time such as 2027-01-15T00:00:00Z", place)
    elif signed is not None and expires <= signed:
        page.say("signature-expiry", "it expires before it begins", place)
    elif signed is not None and expires - signed > timedelta(days=DAYS_MAX):
        days = (expires - signed).days
        message = f"it runs for {days} days, and {DAYS_MAX} is the most"
        page.say("signature-expiry", message, place)
    elif expires <= now:
        page.say("signature-over", f"it expired on {expires.date()}", place)


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _signed(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    if _time(entry["signed"]) is None:
        message = "'signed' is a time such as 2026-11-01T00:00:00Z"
        page.say("signature-entry", message, (*at, "signed"))


def _exact(key: str) -> Callable[[Page, Mapping[str, Any], Path, datetime], None]:
    def check(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
        _one(page, entry[key], key, (*at, key))

    return check


def _one(page: Page, value: object, what: str, at: Path) -> None:
    if not isinstance(value, str) or not value:
        page.say("signature-entry", f"{what} is a text, and not an empty one", at)
    elif set(value) & WILD:
        message = f"{short(value)} covers more than its signers saw; {what} is exact"
        page.say("signature-broad", message, at)


def _types(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    types = entry["types"]
    if not isinstance(types, list):
        page.say("signature-entry", "'types' is a list of finding types", (*at, "types"))
    elif not types:
        message = "no types would be every type; name those it covers"
        page.say("signature-broad", message, (*at, "types"))
    else:
        for index, one in enumerate(types):
            _one(page, one, "a type", (*at, "types", index))


def _several(key: str) -> Callable[[Page, Mapping[str, Any], Path, datetime], None]:
    def check(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
        values = entry[key]
        if not isinstance(values, list):
            page.say("signature-entry", f"{key!r} is a list of texts", (*at, key))
            return
        for index, one in enumerate(values):
            _one(page, one, f"one of {key}", (*at, key, index))

    return check


def _pattern(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    if entry["pattern"] and entry.get("subject"):
        message = "it has a subject or a pattern, not both"
        page.say("signature-entry", message, (*at, "pattern"), key=True)


def _window(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    window, place = entry["window"], (*at, "window")
    if window is None:
        return
    times = [_time(one) for one in window] if isinstance(window, list) else []
    whole = [one for one in times if one is not None]
    if len(whole) != len(times) or len(whole) != len(ENDS):
        page.say("signature-entry", "'window' is two times, from and to", place)
    elif whole[0] >= whole[1]:
        page.say("signature-entry", "its window ends before it begins", place)


def _per_day(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    value = entry["per_day"]
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 1 <= value <= PER_DAY_MAX:
        message = f"'per_day' is a whole number from 1 to {PER_DAY_MAX}"
        page.say("signature-entry", message, (*at, "per_day"))


ENDS = ("from", "to")
LACKING: Mapping[str, str] = MappingProxyType(
    {"by": "signature-people", "expires": "signature-expiry"}
)
"""Which rule a missing key breaks, where it is not just an entry that is not whole."""
CHECKS: Mapping[str, Callable[[Page, Mapping[str, Any], Path, datetime], None]] = MappingProxyType(
    {
        "by": _people,
        "signed": _signed,
        "expires": _expires,
        "types": _types,
        "pattern": _pattern,
        "window": _window,
        "per_day": _per_day,
        "actions": _several("actions"),
        "identities": _several("identities"),
        **{key: _exact(key) for key in EXACT},
    }
)
