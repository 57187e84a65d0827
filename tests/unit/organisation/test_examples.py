"""The example that ships holds."""

from pathlib import Path

from triage.adapters.files.organisation import read_organisation
from triage.domain.account import Tier
from triage.domain.person import People, Person

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "organization.toml.example"


def test_the_example_that_ships_holds():
    people = People(people={name: Person(name=name) for name in ("alice", "bob", "carol")})
    organisation = read_organisation(EXAMPLE, people)
    owner = organisation.owner_of("111122223333")
    assert owner is not None
    assert (owner.contact, organisation.account("444455556666").tier) == (
        "shop@example.com",
        Tier.STAGING,
    )
