"""Where the file and AWS Organizations do not agree, one sentence each."""

from datetime import timedelta

from tests.builders import NOON
from tests.organisations import LAB, LABS, MANAGEMENT, PROD, SHOP, a_file, a_member, a_snapshot
from tests.organisations import in_file as listed
from triage.domain.account import Team, Tier, Unit
from triage.stages.disagree import disagreements
from triage.stages.organise import Terms

ROOT = {("Root",): Unit(tier=Tier.PRODUCTION)}


def said(written, snapshot=None, *, hours=0.0):
    return list(disagreements(written, snapshot, Terms(), NOON + timedelta(hours=hours)))


def test_a_file_and_an_organisation_that_agree_have_nothing_to_say():
    written = a_file(listed(name="shop", tier=Tier.PRODUCTION, ou=PROD), units=ROOT)
    assert said(written, a_snapshot(a_member())) == []


def test_every_field_that_differs_is_told_and_the_file_holds():
    written = a_file(
        listed(name="till", tier=Tier.PRODUCTION, owner="shop-team", ou=LABS),
        units={PROD: Unit(tier=Tier.STAGING), LABS: Unit(tier=Tier.SANDBOX), **ROOT},
    )
    snapshot = a_snapshot(a_member(tags={"owner": "others"}))
    place = f"account {SHOP} (till):"
    assert said(written, snapshot) == [
        'ous."Root/Workloads/Prod" matches no account',
        f"{place} name is till in the file, shop by organizations; the file holds",
        (
            f"{place} ou is Root/Sandboxes in the file, Root/Workloads/Prod by organizations;"
            " the file holds"
        ),
        (
            f"{place} tier is production in the file, sandbox by organization.toml [ous];"
            " the file holds"
        ),
        f"{place} owner is shop-team in the file, others by organizations; the file holds",
    ]


def test_what_is_only_in_the_file_and_what_nobody_rates_is_told():
    written = a_file(listed(LAB, tier=Tier.SANDBOX))
    snapshot = a_snapshot(a_member(tags={"tier": "stagin"}))
    assert said(written, snapshot) == [
        f"account {LAB}: in the file, not in the organisation",
        f"account {SHOP}: its tag tier is 'stagin', no tier; did you mean 'staging'?",
        f"account {SHOP} (shop): nobody says its tier; it counts as production",
    ]


def test_a_rule_that_matches_nothing_names_the_nearest_unit():
    rule = {("Root", "Workload", "Prod"): Unit(tier=Tier.SANDBOX)}
    assert said(a_file(units={**ROOT, **rule}), a_snapshot(a_member())) == [
        "ous.\"Root/Workload/Prod\" matches no account; did you mean 'Root/Workloads/Prod'?"
    ]


def test_rules_are_not_judged_where_no_place_is_known():
    assert said(a_file(listed(tier=Tier.SANDBOX), units=ROOT)) == []


def test_an_owner_who_is_no_team_is_told():
    written = a_file(
        listed(tier=Tier.SANDBOX, owner="shop-taem"), teams={"shop-team": Team(name="shop-team")}
    )
    assert said(written) == [
        f"account {SHOP}: its owner 'shop-taem' is no team; did you mean 'shop-team'?"
    ]


def test_a_snapshot_that_is_no_longer_believed_is_told():
    (first, *_) = said(a_file(units=ROOT), a_snapshot(), hours=30)
    assert first.startswith("the snapshot is 30 h old") or MANAGEMENT in first
    assert any("30 h old" in one for one in said(a_file(units=ROOT), a_snapshot(), hours=30))
