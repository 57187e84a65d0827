"""A YAML text and where its parts stand, so that lines can be moved and nothing else changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from triage.playbook.document import Path


class NotYaml(ValueError):
    """The text is no YAML; the text of the error says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """One node, where it is in the document, and the lines (0-based, half open) that are its own.

    Comments above a key belong to the key, those above an item to the item.
    """

    path: Path
    node: Node
    first: int
    after: int


@lru_cache(maxsize=4)
def compose(text: str) -> Node:
    """Read the nodes of a text, which takes far longer than anything done with them.

    Raises NotYaml.
    """
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise NotYaml(str(error).splitlines()[0][:200]) from error
    if node is None:
        raise NotYaml("the file is empty")
    return node


def blocks(text: str) -> Iterator[Found]:
    """Every mapping and list that is written as a block, outer ones first."""
    lines = text.split("\n")
    yield from _blocks(Found((), compose(text), 0, len(lines)), lines)


def _blocks(found: Found, lines: list[str]) -> Iterator[Found]:
    if isinstance(found.node, MappingNode | SequenceNode) and not found.node.flow_style:
        yield found
        for part in parts(found, lines):
            yield from _blocks(part, lines)


def parts(found: Found, lines: list[str]) -> list[Found]:
    """The values of a mapping by their keys, or the items of a list, each with its lines."""
    named = list(_named(found))
    heads = [_head(node.start_mark.line, node.start_mark.column, lines) for _, node, _ in named]
    # What stands above the first one is the head of the whole, and stays where it is.
    firsts = [named[0][1].start_mark.line, *heads[1:]] if named else []
    ends = [*firsts[1:], found.after]
    return [
        Found((*found.path, name), value, first, after)
        for (name, _, value), first, after in zip(named, firsts, ends, strict=True)
    ]


def _named(found: Found) -> Iterator[tuple[str | int, Node, Node]]:
    """Name, the node that begins it, and its value."""
    if isinstance(found.node, MappingNode):
        for key, value in found.node.value:
            yield str(key.value), key, value
    else:
        for place, item in enumerate(found.node.value):
            yield place, item, item


def _head(line: int, column: int, lines: list[str]) -> int:
    """Where the comments above a line begin, if they stand no further in than it does."""
    first = line
    while first and lines[first - 1].lstrip().startswith("#"):
        above = lines[first - 1]
        if len(above) - len(above.lstrip()) > column:
            break
        first -= 1
    return first


def scalars(node: Node) -> Iterator[ScalarNode]:
    """Every single value, keys included."""
    match node:
        case ScalarNode():
            yield node
        case MappingNode():
            for key, value in node.value:
                yield from scalars(key)
                yield from scalars(value)
        case SequenceNode():
            for item in node.value:
                yield from scalars(item)
        case _:
            return


def inside_texts(text: str) -> frozenset[int]:
    """The lines (0-based) whose spaces are part of a text of several lines."""
    found: set[int] = set()
    for node in scalars(compose(text)):
        found |= set(range(node.start_mark.line, node.end_mark.line))
    return frozenset(found)
