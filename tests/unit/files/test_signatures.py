"""signatures.toml: an entry counts when two listed people signed exactly it, and never else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage.adapters.files.problems import InvalidFile
from triage.adapters.files.signatures import read_signatures, unsigned
from triage.adapters.ssh.signer import public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.person import People, Person

KEYS = {name: Ed25519PrivateKey.generate() for name in ("alice", "bob", "eve")}
PEOPLE = People(
    people={name: Person(name=name, keys=(public_line(KEYS[name]),)) for name in ("alice", "bob")}
)
ENTRY = {
    "id": "www",
    "kind": "public-website",
    "subject": "arn:aws:s3:::www",
    "account": "111122223333",
    "types": ["S3.8"],
    "because": "The shop's pages.",
    "signed": datetime(2026, 11, 1, tzinfo=UTC),
    "expires": datetime(2027, 1, 15, tzinfo=UTC),
}


def toml(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return f'"""{value}"""'


def an_entry(*signers: str, signed_as: dict | None = None, **changes: object) -> str:
    """An entry as people write it; `signed_as` is what they signed when it is not this."""
    fields = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    said = unsigned(ENTRY | (signed_as if signed_as is not None else changes)).statement()
    rows = [f"{key} = {toml(value)}" for key, value in fields.items()]
    by = [f'{name} = """{sign_with(KEYS[name], said)}"""' for name in signers]
    return "\n".join(["[[signature]]", *rows, "[signature.by]", *by, ""])


def read(tmp_path: Path, text: str):
    path = tmp_path / "signatures.toml"
    path.write_text(text)
    held, problems = read_signatures(path, PEOPLE, SshVerifier())
    return held, [one.replace(f"{path}  warning: signature ", "") for one in problems]


def test_what_two_listed_people_signed_holds(tmp_path):
    held, problems = read(tmp_path, an_entry("alice", "bob", actions=["s3:GetObject"]))
    assert problems == []
    assert [(one.id, one.people, one.actions) for one in held] == [
        ("www", ("alice", "bob"), ("s3:GetObject",))
    ]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (an_entry("alice"), "it needs two different people"),
        (an_entry(), "it needs two different people"),
        (an_entry("alice", "eve"), "eve is not listed in people.toml"),
        (
            an_entry("alice", "bob", signed_as={"subject": "arn:aws:s3:::other"}),
            "the signature is not alice's over exactly this",
        ),
        (
            an_entry(
                "alice",
                "bob",
                expires=datetime(2027, 2, 15, tzinfo=UTC),
            ),
            "it runs for more than 90 days",
        ),
        (
            an_entry("alice", "bob", expires=datetime(2026, 10, 1, tzinfo=UTC)),
            "it expires before it begins",
        ),
        (an_entry("alice", "bob", subject="arn:aws:s3:::*"), "there are no wildcards"),
        (an_entry("alice", "bob", types=[]), "there are no wildcards"),
        (an_entry("alice", "bob", account=""), "there are no wildcards"),
        (an_entry("alice", "bob", signed_as={}, because=None), "'because' is missing"),
        (an_entry("alice", "bob", signed_as={}, typs=["S3.8"]), "did you mean 'types'?"),
        (an_entry("alice", "bob", signed_as={}, expires="soon"), "'soon' is no time such as"),
    ],
)
def test_anything_else_counts_for_nothing_and_says_why(tmp_path, entry, sentence):
    held, problems = read(tmp_path, entry)
    assert held == ()
    assert sentence in " ".join(problems)
    assert all(one.startswith("www: ") and one.endswith("counts for nothing") for one in problems)


def test_what_is_wrong_with_one_entry_does_not_touch_the_others(tmp_path):
    held, problems = read(tmp_path, an_entry("alice") + an_entry("alice", "bob", id="other"))
    assert [one.id for one in held] == ["other"]
    assert problems == ["www: it needs two different people; it counts for nothing"]


def test_one_person_under_two_names_is_one_person(tmp_path):
    twice = People(
        people=PEOPLE.people | {"alias": Person(name="alias", keys=PEOPLE.people["alice"].keys)}
    )
    path = tmp_path / "signatures.toml"
    text = an_entry("alice")
    line = next(part for part in text.split("[signature.by]\n")[1:])
    path.write_text(text + line.replace("alice", "alias", 1))
    held, problems = read_signatures(path, twice, SshVerifier())
    assert held == ()
    assert "one key is not two people" in problems[0]


def test_a_file_in_another_shape_is_a_sentence(tmp_path):
    with pytest.raises(InvalidFile, match="in double brackets"):
        read(tmp_path, "[signature]\nid = 'x'\n")
    held, (problem,) = read(tmp_path, "signature = [1]\n")
    assert held == ()
    assert problem == "1: it is a table; it counts for nothing"
    _, (unknown,) = read(tmp_path, "signatures = 1\n")
    assert "did you mean 'signature'?" in unknown
