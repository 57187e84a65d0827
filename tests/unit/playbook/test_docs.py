"""What the docs say about playbooks is true: blocks lint, their tests hold, tables are fresh."""

import json
import re

import pytest

from scripts import reference
from tests.builders import a_ticket, an_account
from tests.playbooks import ROOT, SHIPPED, checked
from triage.playbook.document import read
from triage.playbook.fields import TICKET
from triage.playbook.problem import Severity
from triage.playbook.schema import schema
from triage.playbook.view import ticket_view
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.rehearse import rehearse

PAGES = ("README.md", "docs/how-to/write-a-playbook.md", "docs/how-to/review-a-playbook.md")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
PLAYBOOKS = [
    (page, block)
    for page in PAGES
    for block in BLOCK.findall((ROOT / page).read_text())
    if "playbook:" in block
]


@pytest.mark.parametrize(("page", "text"), PLAYBOOKS)
def test_every_playbook_in_the_docs_is_one_and_passes_its_tests(page, text):
    found = checked(text)
    assert [str(one) for one in found.problems if one.severity is Severity.ERROR] == [], page
    assert [one.problem for one in rehearse(found.playbook, VOCABULARY) if one.problem] == []


def test_both_pages_show_playbooks():
    assert {page for page, _ in PLAYBOOKS} == set(PAGES)


def test_the_references_say_what_the_tables_say():
    stale = [path.name for path, text in reference.pages().items() if path.read_text() != text]
    assert stale == [], "run scripts/reference.py"


def test_a_ticket_shows_exactly_the_fields_that_are_documented():
    view = ticket_view(a_ticket(), an_account())
    assert set(view) == set(TICKET)
    for name in ("account", "subject", "severity"):
        assert set(view[name]) == set(TICKET[name].fields)


def fits(value, shape):
    """Tell whether a value fits the parts of JSON Schema that ours uses."""
    if "const" in shape:
        return value == shape["const"]
    if "enum" in shape:
        return value in shape["enum"]
    if "anyOf" in shape and not any(fits(value, one) for one in shape["anyOf"]):
        return False
    if "oneOf" in shape and sum(fits(value, one) for one in shape["oneOf"]) != 1:
        return False
    return _of_type(value, shape) and _of_shape(value, shape)


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}


def _of_type(value, shape):
    named = shape.get("type", list(TYPES))
    return any(
        isinstance(value, TYPES[one]) for one in ([named] if isinstance(named, str) else named)
    )


def _of_shape(value, shape):
    if isinstance(value, list):
        return all(fits(one, shape.get("items", {})) for one in value)
    if not isinstance(value, dict):
        return True
    rest = shape.get("additionalProperties", {})
    known = shape.get("properties", {})
    return all(name in value for name in shape.get("required", [])) and all(
        rest is not False
        if name not in known and isinstance(rest, bool)
        else fits(one, known.get(name, rest))
        for name, one in value.items()
    )


def content(text):
    """A playbook as its file says it."""
    return read("p.yaml", text)[0].content


@pytest.mark.parametrize("path", SHIPPED)
def test_what_ships_fits_the_schema_that_its_first_line_names(path):
    named = SHIPPED[path].splitlines()[0].partition("$schema=")[2]
    described = json.loads((ROOT / path).parent.joinpath(named).read_text())
    assert described == json.loads(json.dumps(schema(VOCABULARY)))
    assert fits(content(SHIPPED[path]), described)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("owner:", "ownr:"),
        ("close: no longer present", "close: gone"),
        ("ask: s3.public_access", "ask: s3.public_acess"),
        ("like: securityhub-s3.8", "like: x"),
        ("limits: { at_most: auto", "limits: { at_most: automatic"),
    ],
)
def test_the_schema_refuses_what_lint_refuses(old, new):
    text = SHIPPED["playbooks/storage/bucket-public-access-not-blocked.yaml"]
    assert not fits(content(text.replace(old, new)), schema(VOCABULARY))
