"""Where the file and AWS Organizations do not agree, and what neither of them says."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches

from triage.domain.account import Account, Organisation, Origin, Tier, path_text
from triage.domain.snapshot import Member, Snapshot
from triage.stages.organise import (
    Terms,
    Told,
    organise,
    owner_elsewhere,
    tag_of,
    tier_elsewhere,
)


def disagreements(
    written: Organisation, snapshot: Snapshot | None, terms: Terms, now: datetime
) -> Iterator[str]:
    """One sentence each. Without a snapshot only the file can be looked at."""
    merged = organise(written, snapshot, terms, now)
    yield from _unknown_teams(merged)
    yield from _idle_rules(merged, snapshot)
    if snapshot is None:
        return
    if not snapshot.holds(now, terms.age_max):
        age = snapshot.age(now).total_seconds() / 3600
        yield f"the snapshot is {age:.0f} h old: accounts known only from it count as production"
    for key, account in sorted(written.accounts.items()):
        yield from _about(account, snapshot, written, terms, key)
    for member in snapshot.members.values():
        yield from _tags(member, terms)
    for account in merged.accounts.values():
        if account.origin("tier") is Origin.DEFAULT:
            yield f"account {_named(account)}: nobody says its tier; it counts as production"


def _about(
    account: Account, snapshot: Snapshot, written: Organisation, terms: Terms, key: str
) -> Iterator[str]:
    member = snapshot.members.get(key)
    if member is None:
        yield f"account {_named(account)}: in the file, not in the organisation"
        return
    told = Told(id=key, written=account, member=member, managing=key == snapshot.management)
    others = {name: told.by_organizations(name) for name in ("name", "email", "ou")}
    others["tier"] = tier_elsewhere(told, written.units, terms)
    others["owner"] = owner_elsewhere(told, written.units, terms)
    for name, other in others.items():
        mine = told.by_file(name)
        if mine and other and mine[0] != other[0]:
            yield (
                f"account {_named(account)}: {name} is {_shown(mine[0])} in the file, "
                f"{_shown(other[0])} by {other[1]}; the file holds"
            )


def _tags(member: Member, terms: Terms) -> Iterator[str]:
    word = tag_of(member, terms.tier_tag)
    if word and word not in set(Tier):
        near = _near(word, Tier)
        yield f"account {member.id}: its tag {terms.tier_tag} is {word!r}, no tier{near}"


def _unknown_teams(merged: Organisation) -> Iterator[str]:
    if not merged.teams:
        return
    for account in merged.accounts.values():
        if account.owner and account.owner not in merged.teams:
            near = _near(account.owner, merged.teams)
            yield f"account {_named(account)}: its owner {account.owner!r} is no team{near}"


def _idle_rules(merged: Organisation, snapshot: Snapshot | None) -> Iterator[str]:
    places = {one.ou for one in merged.accounts.values() if one.ou}
    if snapshot is None and not places:
        return
    above = {ou[:depth] for ou in places for depth in range(1, len(ou) + 1)}
    known = [path_text(ou) for ou in above]
    for path in merged.units:
        if path not in above:
            text = path_text(path)
            yield f'ous."{text}" matches no account{_near(text, known)}'


def _named(account: Account) -> str:
    return f"{account.id} ({account.name})" if account.name else account.id


def _shown(value: object) -> str:
    return path_text(value) if isinstance(value, tuple) else str(value)


def _near(word: str, words: Iterable[str]) -> str:
    found = get_close_matches(word, [str(one) for one in words], n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
