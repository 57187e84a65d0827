"""Is the configuration sound? Every file and setting, all problems together."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from triage.adapters.files.problems import InvalidFile
from triage.adapters.ssh.verifier import unusable_because
from triage.adapters.system.clock import SystemClock
from triage.domain.errors import TriageError
from triage.domain.person import People
from triage.ports.object_store import Unreachable
from triage.settings import Contact, InvalidSettings, Settings
from triage.wiring import attested, bootstrap, directory, queueing
from triage.wiring.database import checked


def problems() -> Iterator[str]:
    """Every problem of every file and setting, each once."""
    try:
        found = bootstrap.settings()
    except InvalidSettings as invalid:
        yield from invalid.problems
        return
    yield from dict.fromkeys([*_of_files(found), *_of_folders(found), *reachable(found)])


def _of_files(found: Settings) -> Iterator[str]:
    parts: tuple[Callable[[Settings], list[str]], ...] = (
        _people,
        _organisation,
        lambda settings: attested.signatures(settings)[1],
        lambda settings: [
            str(one) for one in bootstrap.loaded_playbooks(settings.paths.playbooks).problems
        ],
        _model,
        _ranges,
    )
    for part in parts:
        try:
            yield from part(found)
        except InvalidFile as invalid:
            yield from invalid.problems
        except TriageError as error:
            yield str(error)


def _ranges(found: Settings) -> list[str]:
    bootstrap.ip_ranges(found)
    return []


def _people(found: Settings) -> list[str]:
    listed = bootstrap.people()
    if listed is None:
        unchecked = found.paths.signatures is not None
        return ["paths.people: signatures need it, to know whose keys count"] * unchecked
    return [f"{found.paths.people}: {one}" for one in _keys(listed)]


def _keys(listed: People) -> Iterator[str]:
    for person in listed.people.values():
        for place, key in enumerate(person.keys, start=1):
            if why := unusable_because(key):
                yield f"people.{person.name}.keys: key {place} cannot be used: {why}"


def _organisation(found: Settings) -> list[str]:
    directory.written(found)
    return []


def _model(found: Settings) -> list[str]:
    bootstrap.model(found)
    return []


def _of_folders(found: Settings) -> Iterator[str]:
    above = _existing(found.paths.data)
    if not above.is_dir() or not os.access(above, os.W_OK):
        yield f"paths.data: {found.paths.data} cannot be written"
    yield from _database(found)
    yield from _archive(found)
    yield from _queue(found)


def _database(found: Settings) -> Iterator[str]:
    """What keeps PostgreSQL from being used, where it is set; asks it."""
    if not found.database.url.get_secret_value():
        return
    try:
        checked(found)
    except TriageError as error:
        yield f"database.url: {error}"


def _queue(found: Settings) -> Iterator[str]:
    """What is wrong with how the queue is set up, where one is set; asks it."""
    try:
        yield from queueing.unsound(found, SystemClock())
    except TriageError as error:
        yield f"queue.url: {error}"


def _archive(found: Settings) -> Iterator[str]:
    """What keeps the trail archive from being read; asks for one of its files."""
    store = bootstrap.object_store(found)
    if store is None:
        return
    try:
        store.list(after="", at_most=1)
    except Unreachable as error:
        yield f"paths.archive: {error}"
    finally:
        store.close()


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.resolve().parent)


def reachable(found: Settings) -> list[str]:
    """What keeps an escalation from reaching somebody."""
    contacts = found.notify.contacts
    if not contacts:
        return ["notify.contacts: nobody is told of an escalation; name at least one contact"]
    wrong = [
        f"notify.contacts: {one.name}: {why}"
        for one in contacts
        if (why := ADDRESSES[one.channel](one))
    ]
    if any(one.channel == "email" for one in contacts) and not found.smtp.host:
        wrong.append("smtp.host: a contact wants e-mail and no mail server is named")
    return wrong


def _no_mailbox(contact: Contact) -> str:
    name, at, domain = contact.address.rpartition("@")
    fits = name and at and domain and contact.address.isprintable() and " " not in contact.address
    return "" if fits else "address is an e-mail address such as oncall@example.com"


def _no_url(contact: Contact) -> str:
    try:
        url = urlsplit(contact.address)
        fits = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        fits = False
    # The address itself stays unsaid: a webhook's path is often its secret.
    return "" if fits else "address is a URL such as https://hooks.example.com/triage"


ADDRESSES: dict[str, Callable[[Contact], str]] = {
    "email": _no_mailbox,
    "webhook": _no_url,
    "terminal": lambda _contact: "",
}
"""Why an address cannot be told anything, by channel; empty when it can."""
