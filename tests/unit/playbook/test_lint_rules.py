"""Every lint rule has a page, and its page is true: the wrong part is found, the right one not."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scripts import reference
from tests.playbooks import ROOT, SOUND
from triage.adapters.aws.apis import ServiceModels
from triage.playbook.check import check
from triage.playbook.document import BYTES_MAX
from triage.playbook.lint_rules import RULES, Of
from triage.playbook.lint_rules.sample import SAMPLE, spliced
from triage.playbook.lint_signatures import check_signatures
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY

WITH_APIS = replace(VOCABULARY, apis=ServiceModels())
KINDS = ("public-website", "scanner")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _ids(problems):
    return {one.rule for one in problems}


FINDS = {
    Of.SECTION: lambda part: _ids(check("p.yaml", spliced(part), WITH_APIS).problems),
    Of.TEXT: lambda text: _ids(check("p.yaml", text, VOCABULARY).problems),
    Of.SET: lambda part: _ids(
        load({"a.yaml": SAMPLE, "b.yaml": spliced(part)}, VOCABULARY).problems
    ),
    Of.SIGNATURES: lambda text: _ids(check_signatures("signatures.toml", text, NOW, KINDS)),
}
PAD = {"yaml-size": "# " + "x" * BYTES_MAX}
"""What a page only tells of."""


def test_the_sample_that_the_pages_are_parts_of_has_no_problem():
    assert SAMPLE == SOUND
    assert check("p.yaml", SAMPLE, WITH_APIS).problems == ()


@pytest.mark.parametrize("id_", RULES)
def test_what_a_page_calls_wrong_is_found_and_what_it_calls_right_is_not(id_):
    rule = RULES[id_]
    assert id_ in FINDS[rule.of](PAD.get(id_, rule.wrong))
    assert id_ not in FINDS[rule.of](rule.right)


@pytest.mark.parametrize("id_", [id_ for id_ in RULES if RULES[id_].of is not Of.TEXT])
def test_what_a_page_calls_right_has_no_error_at_all(id_):
    rule = RULES[id_]
    graver = [one for one in FINDS[rule.of](rule.right) if RULES[one].severity == "error"]
    assert graver == []


def test_every_id_that_the_code_reports_is_in_the_table():
    said = re.compile(r'(?:say|Fault|Unfit|rule=)\(?\s*"([a-z]+(?:-[a-z]+)*)"')
    files = (ROOT / "triage" / "playbook").rglob("*.py")
    found = {id_ for path in files for id_ in said.findall(path.read_text())}
    assert len(found) > 30
    assert found - RULES.keys() == set()


def test_there_is_one_page_a_rule_and_no_other():
    pages = {path.name for path in (ROOT / "docs/reference/lint").glob("*.md")}
    assert pages == {"README.md", *(f"{id_}.md" for id_ in RULES)}
    assert {path.name for path in reference.pages() if path.parent.name == "lint"} == pages
