"""Builds a scenario's accounts in moto's Organizations: units, members, tags."""

from typing import Any

from triage.sandbox.resources import drawing
from triage.sandbox.scenario import Furnished, Scenario


def organise(scenario: Scenario, client: Any) -> None:
    """Make the organisation of its management account and put every other account in its place."""
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    units: dict[tuple[str, ...], str] = {(): root}
    for account in scenario.accounts:
        if account.id != scenario.management:
            _enlist(account, client)
            place = _unit(account.ou, client, units)
            if place != root:
                client.move_account(
                    AccountId=account.id, SourceParentId=root, DestinationParentId=place
                )
        tags = [{"Key": key, "Value": value} for key, value in account.tags.items()]
        if tags:
            client.tag_resource(ResourceId=account.id, Tags=tags)


def _enlist(account: Furnished, client: Any) -> None:
    name = account.name or account.id
    with drawing("account", account.id):
        client.create_account(AccountName=name, Email=f"aws+{account.id}@example.com")


def _unit(path: tuple[str, ...], client: Any, units: dict[tuple[str, ...], str]) -> str:
    if path not in units:
        above = _unit(path[:-1], client, units)
        made = client.create_organizational_unit(ParentId=above, Name=path[-1])
        units[path] = made["OrganizationalUnit"]["Id"]
    return units[path]
