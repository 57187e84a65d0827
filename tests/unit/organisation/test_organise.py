"""The file and AWS Organizations become one map; doubt never makes an account milder."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from tests.organisations import (
    LAB,
    LABS,
    MANAGEMENT,
    PROD,
    SANDBOXES,
    SHOP,
    a_file,
    a_member,
    a_snapshot,
    in_file,
)
from triage.domain.account import Account, Organisation, Origin, Team, Tier, Unit
from triage.stages.organise import Terms, organise

TERMS = Terms(age_max=timedelta(hours=24))
LATE = NOON + timedelta(hours=25)


def merged(written=None, snapshot=None, *, now=NOON) -> Organisation:
    return organise(written or a_file(), snapshot, TERMS, now)


def tier(written, snapshot, account=SHOP, *, now=NOON):
    found = merged(written, snapshot, now=now).account(account)
    return found.tier, found.origin("tier")


def test_an_account_nobody_lists_is_production():
    assert merged().account(SHOP) == Account(id=SHOP, tier=Tier.PRODUCTION, listed=False)


def test_an_account_without_a_word_on_its_tier_is_production():
    assert tier(a_file(), a_snapshot(a_member())) == (Tier.PRODUCTION, Origin.DEFAULT)


def test_each_value_says_where_it_comes_from():
    written = a_file(
        in_file(name="till", owner="shop-team"),
        units={PROD: Unit(tier=Tier.STAGING)},
        teams={"shop-team": Team(name="shop-team", contact="shop@example.com")},
    )
    snapshot = a_snapshot(a_member(state="SUSPENDED"))
    assert merged(written, snapshot).account(SHOP) == Account(
        id=SHOP,
        name="till",
        tier=Tier.STAGING,
        owner="shop-team",
        contact="shop@example.com",
        listed=True,
        ou=PROD,
        email="shop@example.com",
        suspended=True,
        origins={
            "name": Origin.FILE,
            "tier": Origin.UNIT,
            "owner": Origin.FILE,
            "ou": Origin.ORGANIZATIONS,
            "email": Origin.ORGANIZATIONS,
            "suspended": Origin.ORGANIZATIONS,
        },
    )


def test_the_file_wins_over_units_and_tags():
    written = a_file(in_file(tier=Tier.STAGING), units={PROD: Unit(tier=Tier.SANDBOX)})
    snapshot = a_snapshot(a_member(tags={"tier": "development"}))
    assert tier(written, snapshot) == (Tier.STAGING, Origin.FILE)


def test_the_nearest_unit_wins_over_those_above_it_and_over_a_tag():
    units = {
        ("Root",): Unit(tier=Tier.STAGING),
        PROD[:2]: Unit(tier=Tier.DEVELOPMENT, owner="platform"),
        PROD: Unit(owner="shop-team"),
    }
    snapshot = a_snapshot(a_member(tags={"tier": "sandbox", "owner": "somebody"}))
    account = merged(a_file(units=units), snapshot).account(SHOP)
    assert (account.tier, account.owner) == (Tier.DEVELOPMENT, "shop-team")


def test_a_unit_named_like_a_path_is_not_that_path():
    disguised = a_member(ou=("Root", "Sandboxes/Deep"))
    written = a_file(units={("Root", "Sandboxes", "Deep"): Unit(tier=Tier.SANDBOX)})
    assert tier(written, a_snapshot(disguised)) == (Tier.PRODUCTION, Origin.DEFAULT)


@pytest.mark.parametrize("tag", ["Sandbox", "sand-box", "", " sandbox"])
def test_a_tag_that_is_no_tier_says_nothing(tag):
    assert tier(a_file(), a_snapshot(a_member(tags={"tier": tag})))[0] is Tier.PRODUCTION


def test_a_tag_speaks_where_nothing_else_does():
    snapshot = a_snapshot(a_member(tags={"tier": "sandbox", "owner": "lab-team"}))
    account = merged(a_file(), snapshot).account(SHOP)
    assert (account.tier, account.owner) == (Tier.SANDBOX, "lab-team")
    assert account.origin("tier") is Origin.ORGANIZATIONS


def test_the_management_account_is_known_without_being_listed():
    written = a_file(units={("Root",): Unit(tier=Tier.SANDBOX)})
    assert tier(written, a_snapshot(), MANAGEMENT) == (Tier.MANAGEMENT, Origin.ORGANIZATIONS)


def test_a_name_chosen_inside_the_account_is_kept_from_playbooks():
    assert merged(a_file(), a_snapshot(a_member())).account(SHOP).trusted_name == ""
    assert merged(a_file(in_file(name="till")), None).account(SHOP).trusted_name == "till"


def test_what_only_an_old_snapshot_knows_is_unlisted():
    found = merged(a_file(units=SANDBOXES), a_snapshot(a_member(LAB, ou=LABS)), now=LATE)
    assert found.account(LAB) == Account(id=LAB)


def test_an_old_snapshot_still_knows_the_management_account():
    assert tier(a_file(), a_snapshot(), MANAGEMENT, now=LATE)[0] is Tier.MANAGEMENT


def test_a_snapshot_from_the_future_is_not_believed():
    snapshot = a_snapshot(a_member(LAB, ou=LABS), as_of=NOON + timedelta(hours=1))
    assert tier(a_file(units=SANDBOXES), snapshot, LAB)[0] is Tier.PRODUCTION


def test_what_the_file_says_stands_whatever_becomes_of_the_snapshot():
    written = a_file(in_file(LAB, tier=Tier.SANDBOX, name="lab", owner="lab-team"))
    snapshot = a_snapshot(a_member(LAB, ou=LABS))
    said = [
        merged(written, None),
        merged(written, snapshot, now=LATE),
        merged(written, snapshot),
    ]
    known = {(one.account(LAB).tier, one.account(LAB).owner) for one in said}
    assert known == {(Tier.SANDBOX, "lab-team")}


PATHS = st.sampled_from([(), ("Root",), PROD, LABS])
MEMBERS = st.builds(
    a_member,
    st.sampled_from([SHOP, LAB]),
    ou=PATHS,
    tags=st.dictionaries(st.just("tier"), st.sampled_from([*Tier, "other"])),
)
UNITS = st.dictionaries(PATHS, st.builds(Unit, tier=st.sampled_from([None, *Tier])))
GRAVE = {Tier.PRODUCTION, Tier.MANAGEMENT}


@given(members=st.lists(MEMBERS), units=UNITS)
def test_losing_the_snapshot_never_makes_an_account_milder(members, units):
    written, snapshot = a_file(units=units), a_snapshot(*members)
    fresh, old = merged(written, snapshot), merged(written, snapshot, now=LATE)
    for key in (SHOP, LAB, MANAGEMENT):
        before, after = fresh.account(key).tier, old.account(key).tier
        assert after in GRAVE
        assert before is not Tier.MANAGEMENT or after is Tier.MANAGEMENT
