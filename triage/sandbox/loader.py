"""Puts a scenario into a running sandbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from triage.domain.json import Record
from triage.sandbox import resources, resources_infra
from triage.sandbox.organisation import organise
from triage.sandbox.records import SHELVES, keep
from triage.sandbox.resources import Site
from triage.sandbox.scenario import SECTIONS, Furnished, Scenario, ScenarioInvalid
from triage.sandbox.world import Place, World

Clients = Callable[[str, str, str], Any]
"""Makes a client: service, account, Region."""


BUILDERS = {**resources.BUILDERS, **resources_infra.BUILDERS}


def load(scenario: Scenario, *, world: World, clients: Clients, now: datetime) -> None:
    """Build everything, in an order in which each thing finds what it needs.

    Raises ScenarioInvalid with the account, the section and the number of the item.
    """
    if scenario.management:
        organise(scenario, clients("organizations", scenario.management, "us-east-1"))
    for section in SECTIONS:
        for account in scenario.accounts:
            for number, item in enumerate(account.sections[section], start=1):
                place = f"account {account.id}: {section} {number}"
                where = _place(scenario, account, item)
                bare = {key: value for key, value in item.items() if key != "region"}
                _build(section, where, bare, (world, clients, now), place)


def _place(scenario: Scenario, account: Furnished, item: Record) -> Place:
    return Place(account=account.id, region=str(item.get("region", scenario.region)))


def _build(
    section: str,
    where: Place,
    item: Record,
    into: tuple[World, Clients, datetime],
    place: str,
) -> None:
    world, clients, now = into
    site = Site(
        account=where.account,
        region=where.region,
        client=lambda service: clients(service, where.account, where.region),
    )
    try:
        if section in SHELVES:
            keep(world, section, where, item, now)
        else:
            BUILDERS[section](site, item)
    except Exception as error:
        raise ScenarioInvalid(place, f"{type(error).__name__}: {error}") from error
