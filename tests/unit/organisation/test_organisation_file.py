"""organization.toml: what holds, and every problem of what does not."""

from pathlib import Path

import pytest

from tests.organisations import a_member, a_snapshot
from triage.adapters.files.organisation import read_organisation
from triage.adapters.files.problems import InvalidFile
from triage.adapters.files.snapshot import SnapshotFile
from triage.domain.account import Account, Organisation, Origin, Team, Tier, Unit
from triage.domain.network import Network, NetworkKind
from triage.domain.person import People, Person

ROLE = "arn:aws:iam::111122223333:role/deploy"
PEOPLE = People(
    people={
        "alice": Person(name="alice", manager="carol"),
        "carol": Person(name="carol"),
    }
)


def written(folder: Path, text: str) -> Path:
    path = folder / "organization.toml"
    path.write_text(text)
    return path


def problems(folder: Path, text: str, people: People | None = None) -> list[str]:
    path = written(folder, text)
    with pytest.raises(InvalidFile) as caught:
        read_organisation(path, people)
    return [one.removeprefix(f"{path}: ") for one in caught.value.problems]


def test_the_file_says_accounts_units_teams_networks_and_principals(tmp_path):
    path = written(
        tmp_path,
        f"""
engine_roles = ["arn:aws:iam::111122223333:role/triage"]
break_glass = ["arn:aws:iam::111122223333:user/help"]
ci_roles = ["{ROLE}"]
[accounts.111122223333]
name = "shop"
tier = "staging"
ou = "Root/Workloads"
[accounts.444455556666]
owner = "shop-team"
[ous."Root/Workloads"]
tier = "development"
owner = "shop-team"
[ous.Root]
owner = "platform"
[teams.shop-team]
people = ["alice"]
contact = "shop@example.com"
manager = "carol"
[networks.head-office]
kind = "office"
cidrs = ["198.51.100.0/24", "2001:db8:40::/48"]
""",
    )
    said = dict.fromkeys(("name", "tier", "ou"), Origin.FILE)
    shop = Account(
        id="111122223333",
        name="shop",
        tier=Tier.STAGING,
        ou=("Root", "Workloads"),
        listed=True,
        origins=said,
    )
    other = Account(
        id="444455556666", owner="shop-team", listed=True, origins={"owner": Origin.FILE}
    )
    team = Team(name="shop-team", people=("alice",), contact="shop@example.com", manager="carol")
    office = Network(
        name="head-office",
        kind=NetworkKind.OFFICE,
        cidrs=("198.51.100.0/24", "2001:db8:40::/48"),
    )
    assert read_organisation(path, PEOPLE) == Organisation(
        accounts={shop.id: shop, other.id: other},
        engine_roles=frozenset({"arn:aws:iam::111122223333:role/triage"}),
        break_glass=frozenset({"arn:aws:iam::111122223333:user/help"}),
        ci_roles=frozenset({ROLE}),
        units={
            ("Root", "Workloads"): Unit(tier=Tier.DEVELOPMENT, owner="shop-team"),
            ("Root",): Unit(owner="platform"),
        },
        teams={"shop-team": team},
        networks={"head-office": office},
        managers={"alice": "carol"},
    )


def test_every_problem_is_told_together(tmp_path):
    text = """
acounts = 1
ci_roles = ["arn:aws:iam::111122223333:user/deploy"]
engine_roles = ["arn:aws:sts::111122223333:assumed-role/triage/x"]
break_glass = ["help"]
teams = 3
[accounts.1]
tier = "prodction"
name = 3
[accounts.111122223333]
teir = "staging"
[ous."Root//x"]
[networks.office]
kind = "ofice"
cidrs = ["198.51.100.1/24", "0.0.0.0/0", "here"]
[networks.empty]
kind = "vpn"
"""
    assert problems(tmp_path, text) == [
        "the file has no key 'acounts'; did you mean 'accounts'?",
        "accounts.1: an account id has twelve digits",
        "accounts.1.name is text, in quotes",
        "accounts.1.tier is 'prodction', no tier; did you mean 'production'?",
        "accounts.111122223333 has no key 'teir'; did you mean 'tier'?",
        'ous."Root//x": a path is names with one slash between, such as "Root/Workloads"',
        'ous."Root//x" says neither tier nor owner',
        "teams is a table, such as [teams.NAME]",
        "networks.office.kind is 'ofice', no kind of network; did you mean 'office'?",
        (
            "networks.office.cidrs: '198.51.100.1/24' is not how a range is written;"
            " did you mean '198.51.100.0/24'?"
        ),
        "networks.office.cidrs: '0.0.0.0/0' is wider than /8",
        "networks.office.cidrs: 'here' is no range of addresses",
        "networks.empty.cidrs is a list of ranges, at least one",
        (
            "engine_roles: 'arn:aws:sts::111122223333:assumed-role/triage/x' is not one of"
            " role or user ARNs; name the role, not a session of it"
        ),
        "break_glass is a list of role or user ARNs",
        "ci_roles: 'arn:aws:iam::111122223333:user/deploy' is not one of role ARNs",
    ]


def test_an_account_without_a_tier_needs_units_to_say_it(tmp_path):
    listed = "[accounts.111122223333]\n"
    assert problems(tmp_path, listed) == [
        f"accounts.111122223333 says no tier; use one of {', '.join(Tier)}"
    ]
    path = written(tmp_path, listed + '[ous.Root]\ntier = "staging"\n')
    assert read_organisation(path).account("111122223333").origin("tier") is Origin.DEFAULT


def test_an_account_is_listed_once(tmp_path):
    text = '[accounts.111122223333]\ntier = "staging"\n' * 2
    (only,) = problems(tmp_path, text)
    assert "111122223333" in only


def test_two_networks_cannot_share_a_range(tmp_path):
    text = "".join(
        f'[networks.{name}]\nkind = "nat"\ncidrs = ["198.51.100.0/24"]\n' for name in ("a", "b")
    )
    assert problems(tmp_path, text) == ["networks: '198.51.100.0/24' is in a and b at once"]


@pytest.mark.parametrize("value", ["a = 1", "a = {people = 3}", 'a = {people = ["x", 1]}'])
def test_a_team_is_a_table_of_people(tmp_path, value):
    (only,) = problems(tmp_path, f"[teams]\n{value}\n", PEOPLE)
    assert only.startswith("teams.a")


def test_people_and_managers_are_listed(tmp_path):
    text = '[teams.shop]\npeople = ["alise"]\nmanager = "dora"\n'
    assert problems(tmp_path, text, PEOPLE) == [
        "teams.shop.people: 'alise' is not in people.toml; did you mean 'alice'?",
        "teams.shop.manager: 'dora' is not in people.toml",
    ]


def test_nobody_manages_his_own_manager(tmp_path):
    chain = {"alice": "bob", "bob": "carol", "carol": "bob", "dora": "alice"}
    people = People(people={name: Person(name=name, manager=to) for name, to in chain.items()})
    assert problems(tmp_path, "", people) == [
        "people.bob.manager goes round in a circle: bob -> carol -> bob"
    ]


def test_a_snapshot_survives_a_restart(tmp_path):
    snapshot = a_snapshot(a_member(tags={"tier": "sandbox"}))
    SnapshotFile(tmp_path / "organisation.json").keep(snapshot)
    assert SnapshotFile(tmp_path / "organisation.json").load() == snapshot
    assert [one.name for one in tmp_path.iterdir()] == ["organisation.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"as_of":"2026-11-20T12:00:00","management":"","members":{}}',
        b'{"as_of":"2026-11-20T12:00:00+00:00","management":"","members":{"1":{}}}',
    ],
)
def test_a_torn_snapshot_is_none(tmp_path, content):
    path = tmp_path / "organisation.json"
    path.write_bytes(content)
    assert SnapshotFile(path).load() is None


def test_no_snapshot_is_none(tmp_path):
    assert SnapshotFile(tmp_path / "organisation.json").load() is None
