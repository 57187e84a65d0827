"""signatures.toml: what two people attested, each entry signed by both.

    [[signature]]
    id = "shop-www"
    kind = "public-website"
    subject = "arn:aws:s3:::shop-www"
    account = "111122223333"
    types = ["S3.8", "S3.2"]
    because = "The shop's public pages."
    signed = 2026-11-01T00:00:00Z
    expires = 2027-01-15T00:00:00Z
    by = { alice = "-----BEGIN SSH SIGNATURE-----...", bob = "..." }

An entry that does not hold counts for nothing; the others still count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from triage.adapters.files.problems import InvalidFile, nearest, read_toml, unknown_keys
from triage.domain.errors import Unverified
from triage.domain.person import DAYS_MAX, PEOPLE_MIN, People, Person, Signature
from triage.ports.verifier import Verifier

KEYS = ("id", "kind", "subject", "account", "types", "because", "signed", "expires", "by")
OPTIONAL = ("actions",)
WILD = frozenset("*?")


def read_signatures(
    path: Path, people: People, verifier: Verifier
) -> tuple[tuple[Signature, ...], list[str]]:
    """Read every entry that holds, and say why the others do not. Raises InvalidFile."""
    content = read_toml(path)
    problems = unknown_keys(path, "the file", content, ["signature"])
    held = []
    for place, entry in enumerate(entries(path, content), start=1):
        found, wrong = _entry(entry, people, verifier)
        problems += [_warning(path, place, entry, one) for one in wrong]
        held += [found] if found and not wrong else []
    return tuple(held), problems


def entries(path: Path, content: Mapping[str, Any]) -> list[Any]:
    """List the entries as they are written. Raises InvalidFile."""
    found = content.get("signature", [])
    if not isinstance(found, list):
        raise InvalidFile([f"{path}: entries begin with [[signature]], in double brackets"])
    return found


def _warning(path: Path, place: int, entry: Any, problem: str) -> str:
    # A warning: without it a person gets the ticket, and the daemon need not stop for that.
    name = entry.get("id", place) if isinstance(entry, dict) else place
    return f"{path}  warning: signature {name}: {problem}; it counts for nothing"


def unsigned(entry: Mapping[str, Any]) -> Signature:
    """An entry as the value its people sign. Raises KeyError, TypeError or ValueError."""
    return Signature(
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        subject=str(entry["subject"]),
        account=str(entry["account"]),
        types=tuple(str(one) for one in entry["types"]),
        because=str(entry["because"]),
        signed=_time(entry["signed"]),
        expires=_time(entry["expires"]),
        people=(),
        actions=tuple(str(one) for one in entry.get("actions", ())),
    )


def _time(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no time such as 2026-11-01T00:00:00Z")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _entry(entry: Any, people: People, verifier: Verifier) -> tuple[Signature | None, list[str]]:
    if not isinstance(entry, dict):
        return None, ["it is a table"]
    lacking = [f"{key!r} is missing" for key in KEYS if key not in entry]
    words = [*KEYS, *OPTIONAL]
    unknown = [f"it has no key {key!r}{nearest(key, words)}" for key in entry if key not in words]
    if lacking or unknown:
        return None, lacking + unknown
    try:
        signature = unsigned(entry)
    except (TypeError, ValueError) as error:
        return None, [str(error)]
    signers, wrong = _signers(signature, entry["by"], people, verifier)
    return replace(signature, people=signers), [*_bounds(signature), *wrong]


def _bounds(signature: Signature) -> list[str]:
    problems = []
    if signature.expires - signature.signed > timedelta(days=DAYS_MAX):
        problems.append(f"it runs for more than {DAYS_MAX} days")
    if signature.expires <= signature.signed:
        problems.append("it expires before it begins")
    exact = (signature.subject, signature.account, *signature.types)
    if any(set(one) & WILD or not one for one in exact) or not signature.types:
        problems.append("subject, account and types are exact; there are no wildcards")
    return problems


def _share_a_key(signers: Sequence[Person]) -> bool:
    keys = [tuple(key.split()[:2]) for person in signers for key in set(person.keys)]
    return len(keys) > len(set(keys))


def _signers(
    signature: Signature, by: Any, people: People, verifier: Verifier
) -> tuple[tuple[str, ...], list[str]]:
    signers, problems = [], []
    for name, armour in (by if isinstance(by, dict) else {}).items():
        person = people.get(name)
        if person is None:
            problems.append(f"{name} is not listed in people.toml")
            continue
        try:
            verifier.verify(person, signature.statement(), str(armour))
        except Unverified as error:
            problems.append(str(error))
        else:
            signers.append(name)
    if len(signers) < PEOPLE_MIN:
        problems.append("it needs two different people")
    if _share_a_key([people.people[name] for name in signers]):
        problems.append("one key is not two people")
    return tuple(sorted(signers)), problems
