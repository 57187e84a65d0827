"""Inspector and Macie filters and switches; Access Analyzer's analyzers and archive rules.

https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFilters.html
https://docs.aws.amazon.com/macie/latest/APIReference/findingsfilters.html
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListArchiveRules.html
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import Cut, member, plain
from triage.domain.inventory import Items
from triage.domain.json import Record


def inspector_filters(asker: Asker) -> Items:
    """Every filter; one that says NONE can be made to say SUPPRESS."""
    found = asker.every("inspector2.list_filters", "filters", "nextToken")
    return {one["arn"]: plain(one) for one in found}


def inspector_status(asker: Asker) -> Items:
    """What Inspector scans in this account."""
    answer = asker.ask("inspector2.batch_get_account_status", accountIds=[asker.account])
    accounts = member(answer, "accounts")
    if not accounts:
        raise Cut
    return {one["accountId"]: _scans(plain(one)) for one in accounts}


def _scans(account: Record) -> Record:
    states = account.get("resourceState") or {}
    return {
        "status": (account.get("state") or {}).get("status"),
        **{name: (one or {}).get("status") for name, one in states.items()},
    }


def _macie(listing: str, items: str, getting: str, proof: str) -> Callable[[Asker], Items]:
    def listed(asker: Asker) -> Items:
        found = asker.every(f"macie2.{listing}", items, "nextToken")
        return {one["id"]: _one(asker, one["id"]) for one in found}

    def _one(asker: Asker, name: str) -> Record:
        answer = asker.ask(f"macie2.{getting}", id=name)
        member(answer, proof)
        return dict(plain(answer))

    return listed


def macie_session(asker: Asker) -> Items:
    """Whether Macie works, and how often it tells."""
    answer = asker.ask("macie2.get_macie_session")
    return {
        "session": {
            "status": member(answer, "status"),
            "findingPublishingFrequency": answer.get("findingPublishingFrequency"),
        }
    }


def analyzers(asker: Asker) -> Items:
    """Every analyzer, and what it leaves out."""
    kept = ("type", "status", "configuration")
    found = asker.every("accessanalyzer.list_analyzers", "analyzers", "nextToken")
    return {one["arn"]: {name: plain(one.get(name)) for name in kept} for one in found}


def archive_rules(asker: Asker) -> Items:
    """Every archive rule of every analyzer."""
    found = asker.every("accessanalyzer.list_analyzers", "analyzers", "nextToken")
    return {
        f"{analyzer['name']}/{one['ruleName']}": plain(one)
        for analyzer in found
        for one in asker.every(
            "accessanalyzer.list_archive_rules",
            "archiveRules",
            "nextToken",
            analyzerName=analyzer["name"],
        )
    }


LISTS: Mapping[str, Callable[[Asker], Items]] = MappingProxyType(
    {
        "inspector2/filter": inspector_filters,
        "inspector2/status": inspector_status,
        "macie2/findings-filter": _macie(
            "list_findings_filters",
            "findingsFilterListItems",
            "get_findings_filter",
            "findingCriteria",
        ),
        "macie2/allow-list": _macie("list_allow_lists", "allowLists", "get_allow_list", "criteria"),
        "macie2/session": macie_session,
        "accessanalyzer/analyzer": analyzers,
        "accessanalyzer/archive-rule": archive_rules,
    }
)
