"""YAML 1.2 with a line and a column for everything, and bounds on everything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from triage.playbook.problem import Problem

Path = tuple[str | int, ...]
Place = tuple[int, int]
BYTES_MAX = 256 * 1024
NODES_MAX = 20_000
DEPTH_MAX = 32


class Unfit(Exception):
    """The text is no document; carries the problem."""

    def __init__(self, rule: str, message: str, place: Place = (1, 1)) -> None:
        super().__init__(message)
        self.rule = rule
        self.place = place


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data and, by path, where each value starts; `keys` has where its key stands."""

    content: Mapping[str, Any]
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def place(self, path: Path) -> Place:
        """Where a value is, or the nearest thing around it that has a place."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def key(self, path: Path) -> Place:
        """Where a key is."""
        return self.keys.get(path) or self.place(path)


@dataclass
class _Build:
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[tuple[str, str, Place]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


def read(path: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Read YAML. Never raises; what keeps it from being a document is a problem."""
    build = _Build()
    try:
        content = _value(_compose(text), (), build)
    except Unfit as unfit:
        build.problems.append((unfit.rule, str(unfit), unfit.place))
        return None, _problems(path, build)
    except RecursionError:
        build.problems.append(("yaml-depth", "it is nested too deeply", (1, 1)))
        return None, _problems(path, build)
    if not isinstance(content, dict):
        build.problems.append(("yaml-shape", "a playbook is a mapping of keys to values", (1, 1)))
        return None, _problems(path, build)
    return Document(content, build.values, build.keys), _problems(path, build)


def _problems(path: str, build: _Build) -> list[Problem]:
    return [
        Problem(path=path, rule=rule, message=message, line=line, column=column)
        for rule, message, (line, column) in build.problems
    ]


def _compose(text: str) -> Node:
    if len(text) > BYTES_MAX:
        raise Unfit("yaml-size", f"a playbook has at most {BYTES_MAX // 1024} KiB")
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unfit("yaml-syntax", f"this is no YAML: {error.problem or error}", place) from error
    except (YAMLError, ValueError) as error:
        raise Unfit(
            "yaml-syntax", f"this is no YAML: {str(error).splitlines()[0][:200]}"
        ) from error
    if node is None:
        raise Unfit("yaml-shape", "the file is empty")
    return node


def _place(node: Node) -> Place:
    return (node.start_mark.line + 1, node.start_mark.column + 1)


def _value(node: Node, path: Path, build: _Build) -> Any:
    if id(node) in build.seen:
        raise Unfit("yaml-alias", "anchors and aliases are not allowed here", _place(node))
    build.seen.add(id(node))
    build.values[path] = _place(node)
    if len(path) > DEPTH_MAX or len(build.values) > NODES_MAX:
        raise Unfit("yaml-depth", "it is nested too deeply or too large", _place(node))
    match node:
        case MappingNode():
            return _mapping(node, path, build)
        case SequenceNode():
            return [_value(one, (*path, at), build) for at, one in enumerate(node.value)]
        case ScalarNode():
            return _scalar(node)
        case _:
            raise Unfit("yaml-shape", "this is no value", _place(node))


def _mapping(node: MappingNode, path: Path, build: _Build) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, ScalarNode) else None
        if key is None:
            raise Unfit("yaml-key", "a key is a word", _place(key_node))
        if key == "<<":
            raise Unfit("yaml-merge", "merge keys are not allowed here", _place(key_node))
        if key in content:
            build.problems.append(("yaml-twice", f"{key!r} is here twice", _place(key_node)))
        build.keys[(*path, key)] = _place(key_node)
        content[key] = _value(value_node, (*path, key), build)
    return content


YAML_ORG = "tag:yaml.org,2002:"
WORDS: Mapping[str, bool] = {"true": True, "false": False}


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


SCALARS: Mapping[str, Callable[[str], Any]] = {
    "null": lambda _text: None,
    # A KeyError keeps the text: `yes` is a word, whatever a %YAML directive says.
    "bool": lambda text: WORDS[text.lower()],
    "int": lambda text: int(text.replace("_", ""), 0),
    "float": _number,
    # Times stay text: what a field means is for its reader to say.
    "timestamp": str,
    "str": str,
    "value": str,
    "merge": str,
}


def _scalar(node: ScalarNode) -> Any:
    tag = str(node.tag)
    read_as = SCALARS.get(tag.removeprefix(YAML_ORG)) if tag.startswith(YAML_ORG) else None
    if read_as is None:
        raise Unfit("yaml-tag", f"tags such as {tag[:60]!r} are not allowed here", _place(node))
    try:
        return read_as(node.value)
    except (ValueError, KeyError):
        return node.value
