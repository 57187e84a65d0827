"""Owners, manager chains and networks; and the map survives being written down."""

import pytest

from tests.organisations import PROD, SHOP, a_file, a_member, a_snapshot, in_file
from triage.domain.account import Account, Organisation, Origin, Team, Tier, Unit, path_text
from triage.domain.json import canonical
from triage.domain.network import Network, NetworkKind
from triage.domain.snapshot import snapshot_as_json, snapshot_from_json
from triage.stages.inputs_organisation import organisation_as_json, organisation_from_json

OFFICE = Network(
    name="head-office", kind=NetworkKind.OFFICE, cidrs=("198.51.100.0/24", "2001:db8::/32")
)
NAT = Network(name="shop-nat", kind=NetworkKind.NAT, cidrs=("198.51.100.7/32",))


def test_an_account_belongs_to_its_owner_team():
    team = Team(name="shop-team", people=("alice",), contact="shop@example.com")
    organisation = a_file(in_file(owner="shop-team"), teams={"shop-team": team})
    assert organisation.owner_of(SHOP) == team
    assert a_file(in_file(owner="others")).owner_of(SHOP) == Team(name="others")
    assert a_file().owner_of(SHOP) is None


def test_the_chain_of_managers_ends_at_the_top_and_never_goes_round():
    chain = Organisation(managers={"alice": "bob", "bob": "carol"})
    assert chain.manager_chain("alice") == ("bob", "carol")
    assert chain.manager_chain("carol") == ()
    circle = Organisation(managers={"alice": "bob", "bob": "carol", "carol": "bob"})
    assert circle.manager_chain("alice") == ("bob", "carol")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.8", OFFICE),
        ("198.51.100.7", NAT),
        ("::ffff:198.51.100.7", NAT),
        ("2001:db8::1", OFFICE),
        ("203.0.113.9", None),
        ("not an address", None),
        ("", None),
    ],
)
def test_an_address_is_in_the_narrowest_of_our_networks(address, network):
    organisation = Organisation(networks={one.name: one for one in (OFFICE, NAT)})
    assert organisation.network_of(address) == network


def test_a_slash_within_a_name_is_no_step_of_a_path():
    assert path_text(("Root", "a/b")) == "Root/a%2Fb"


def test_a_map_written_down_is_read_back_equal_to_the_byte():
    account = Account(
        id=SHOP,
        name="shop",
        tier=Tier.STAGING,
        owner="shop-team",
        listed=True,
        ou=PROD,
        email="shop@example.com",
        contact="@shop",
        suspended=True,
        origins={"tier": Origin.UNIT, "name": Origin.ORGANIZATIONS},
    )
    whole = Organisation(
        accounts={SHOP: account, "unusual": Account(id="")},
        engine_roles=frozenset({"arn:aws:iam::111122223333:role/triage"}),
        break_glass=frozenset({"arn:aws:iam::111122223333:user/help"}),
        ci_roles=frozenset({"arn:aws:iam::111122223333:role/deploy"}),
        units={PROD: Unit(tier=Tier.STAGING, owner="x"), ("Root",): Unit(owner="y")},
        teams={"t": Team(name="t", people=("alice",), contact="c", manager="bob")},
        networks={one.name: one for one in (OFFICE, NAT)},
        managers={"alice": "bob"},
    )
    row = organisation_as_json(whole)
    again = organisation_from_json(row)
    assert again == whole
    assert canonical(organisation_as_json(again)) == canonical(row)


def test_a_map_of_an_earlier_version_can_still_be_read():
    row = {
        "accounts": {SHOP: {"name": "shop", "tier": "staging", "owner": "team"}},
        "engine_roles": [],
        "break_glass": [],
    }
    shop = Account(id=SHOP, name="shop", tier=Tier.STAGING, owner="team", listed=True)
    assert organisation_from_json(row) == Organisation(accounts={SHOP: shop})


def test_a_snapshot_written_down_is_read_back_equal():
    snapshot = a_snapshot(a_member(tags={"tier": "sandbox"}, state="ACTIVE"))
    assert snapshot_from_json(snapshot_as_json(snapshot)) == snapshot
