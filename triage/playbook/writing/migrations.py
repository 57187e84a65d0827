"""From one version of the language to the next: each a row, applied to the text itself.

1   what was written before there was a `language` key
2   `expect: { resolve: ... }` of a test is a list: a word alone and a list of one said the same
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from triage.playbook.build import LANGUAGES
from triage.playbook.document import read
from triage.playbook.writing.layout import Unwritable
from triage.playbook.writing.lines import NotYaml, compose

Migration = Callable[[str], str]


def migrated(text: str) -> str:
    """Bring a text to the last version, comments and all. Raises Unwritable."""
    try:
        return _migrated(text)
    except NotYaml as error:
        raise Unwritable(f"this is no YAML: {error}") from error


def _migrated(text: str) -> str:
    version = _version(text)
    for following in range(version + 1, LANGUAGES[-1] + 1):
        text = _stamped(MIGRATIONS[following](text), following)
    if _version(text) != LANGUAGES[-1]:
        raise Unwritable("its version could not be written; add the language key by hand")
    return text


def _version(text: str) -> int:
    document, problems = read("", text)
    if document is None or problems:
        raise Unwritable("lint finds it broken; mend that first")
    version: Any = document.content.get("language", LANGUAGES[0])
    if version not in LANGUAGES:
        raise Unwritable(f"{version!r} is no version of the language that is known here")
    return int(version)


def _stamped(text: str, version: int) -> str:
    """Write the version below the name, or over the one there is."""
    whole = compose(text)
    root = dict(_pairs(whole))
    if "language" in root:
        return _replaced(text, [(root["language"], str(version))])
    if "playbook" not in root or not isinstance(whole, MappingNode) or whole.flow_style:
        raise Unwritable("it does not begin with `playbook: its-name`")
    lines = text.split("\n")
    lines.insert(root["playbook"].end_mark.line + 1, f"language: {version}")
    return "\n".join(lines)


def _replaced(text: str, edits: Sequence[tuple[Node, str]]) -> str:
    """Put other words where nodes are, the last first."""
    for node, words in sorted(edits, key=lambda edit: -edit[0].start_mark.index):
        text = f"{text[: node.start_mark.index]}{words}{text[node.end_mark.index :]}"
    return text


def _pairs(node: Node) -> Iterator[tuple[str, Node]]:
    for key, value in node.value if isinstance(node, MappingNode) else ():
        yield str(key.value), value


def _repairs_listed(text: str) -> str:
    tests = dict(_pairs(compose(text))).get("tests")
    edits = [
        (repair, f"[{text[repair.start_mark.index : repair.end_mark.index]}]")
        for test in (tests.value if isinstance(tests, SequenceNode) else ())
        for name, expected in _pairs(test)
        if name == "expect"
        for word, repair in _pairs(expected)
        if word == "resolve" and isinstance(repair, ScalarNode)
    ]
    return _replaced(text, edits)


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({2: _repairs_listed})
"""By the version they lead to."""
