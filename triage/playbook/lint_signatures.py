"""What is wrong with a file of signatures before any key is looked at.

Whether the people are listed and their signatures hold is for whoever verifies them.
"""

from collections.abc import Callable, Mapping
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
LISTS = ("signature", "signatures")
"""Under which key a file holds its entries; a YAML file may also be one entry."""
WILD = frozenset("*?")
EXACT = ("subject", "account")


def check_signatures(path: str, text: str, now: datetime) -> tuple[Problem, ...]:
    """Check one file, TOML or YAML by its name. Never raises, whatever the text."""
    read = read_toml if path.endswith(".toml") else read_yaml
    document, problems = read(path, text)
    if document is None:
        return tuple(problems)
    page = Page(path=path, document=document, problems=problems)
    for at, entry in _entries(page, document):
        if isinstance(entry, dict):
            _entry(page, entry, at, now)
        else:
            page.say("signature-entry", "a signature is a table of its parts", at)
    return tuple(sorted(page.problems, key=lambda one: (one.line, one.column, one.message)))


def _entries(page: Page, document: Document) -> list[tuple[Path, Any]]:
    content = document.content
    found = next((key for key in LISTS if key in content), None)
    if found is None:
        return [((), content)] if content else []
    for key in content:
        if key != found:
            message = f"unknown key {short(key)}"
            page.say("signature-entry", message, (key,), key=True, near=nearest(key, LISTS[:1]))
    listed = content[found]
    if not isinstance(listed, list):
        page.say("signature-entry", "entries are a list, as [[signature]]", (found,), key=True)
        return []
    return [((found, index), entry) for index, entry in enumerate(listed)]


def _entry(page: Page, entry: Mapping[str, Any], at: Path, now: datetime) -> None:
    words = (*KEYS, *OPTIONAL)
    for key in entry:
        if key not in words:
            message, near = f"unknown key {short(key)}", nearest(key, words)
            page.say("signature-entry", message, (*at, key), key=True, near=near)
    for key in KEYS:
        if key not in entry and not (key == "subject" and entry.get("pattern")):
            page.say(LACKING.get(key, "signature-entry"), f"{key!r} is missing", at)
    for key, check in CHECKS.items():
        if key in entry:
            check(page, entry, at, now)


def _people(page: Page, entry: Mapping[str, Any], at: Path, _now: datetime) -> None:
    by = entry["by"]
    signers = {str(one) for one in by} if isinstance(by, dict | list) else {str(by)}
    if len(signers) < PEOPLE_MIN:
        message = "it needs two different people"
        page.say("signature-people", message, (*at, "by"), key=True)


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
        **{key: _exact(key) for key in EXACT},
    }
)
