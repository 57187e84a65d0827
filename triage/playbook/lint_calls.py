"""Would AWS take the calls that a fix makes? Against AWS's own models, without asking AWS.

botocore checks names and types when a call is made, and no word of a closed list ever.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from triage.domain.api import ApiCall, Apis, Shape
from triage.playbook.document import Path
from triage.playbook.lint_runbooks import lint_runbooks
from triage.playbook.page import Page, article, short
from triage.playbook.problem import nearest
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a call: the lint rule, where below its parameters, what was meant."""

    rule: str
    message: str
    at: Path = ()
    near: str = ""
    key: bool = False


class Filled:
    """A value that only the moment of the call knows."""


FILLED = Filled()


def lint_calls(page: Page, playbook: Playbook, vocabulary: Vocabulary) -> None:
    """Note every call of the playbook's fixes that AWS would refuse; none where no model is."""
    _by_hand(page, playbook, vocabulary)
    lint_runbooks(page, fixes_of(page, playbook), vocabulary)
    if vocabulary.apis is None:
        return
    for written, at in fixes_of(page, playbook):
        fix = vocabulary.fixes.get(str(written.get("fix")))
        for call in fix.calls if fix else ():
            _call(page, call, written, at, vocabulary.apis)


def _by_hand(page: Page, playbook: Playbook, vocabulary: Vocabulary) -> None:
    for written, at in fixes_of(page, playbook):
        fix = vocabulary.fixes.get(str(written.get("fix")))
        if fix and fix.by_hand and at[2] == "resolve":
            message = f"{written['fix']} has neither proof nor undo; only `suggest` may name it"
            page.say("outcome", message, (*at, "fix"))


def fixes_of(page: Page, playbook: Playbook) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Every fix as it is written, and where."""
    rules = page.document.content.get("rules", [])
    for rule in playbook.rules:
        for word in ("suggest", "resolve"):
            listed = rules[rule.place].get(word)
            for index, written in enumerate(listed if isinstance(listed, list) else []):
                if isinstance(written, Mapping):
                    yield written, ("rules", rule.place, word, index)


def _call(page: Page, call: ApiCall, written: Mapping[str, Any], at: Path, apis: Apis) -> None:
    """A fault in what the playbook gave is told where it was given, any other at the fix."""
    name, origin = _given(call.call, written)
    parameters, below = _given(call.parameters, written)
    if not isinstance(name, str):
        return
    for fault in faults(name, parameters, apis):
        path = (origin if fault.rule == "unknown-call" else below) or "fix"
        where = (*at, path, *(fault.at if path != "fix" else ()))
        message = (
            fault.message if path != "fix" else f"{written['fix']} calls {name}: {fault.message}"
        )
        page.say(fault.rule, message, where, key=fault.key and path != "fix", near=fault.near)


def _given(template: object, written: Mapping[str, Any]) -> tuple[object, str]:
    """What a template stands for, and the key of the playbook that gave it."""
    if isinstance(template, str) and template.startswith("{") and template.endswith("}"):
        key = template[1:-1]
        return (written[key], key) if key in written else (FILLED, "")
    return _filled(template, written), ""


def _filled(template: object, written: Mapping[str, Any]) -> object:
    match template:
        case Mapping():
            return {key: _filled(value, written) for key, value in template.items()}
        case list() | tuple():
            return [_filled(value, written) for value in template]
        case str() if "{" in template:
            return _given(template, written)[0] if template.endswith("}") else FILLED
        case _:
            return template


def faults(call: str, parameters: object, apis: Apis) -> Iterator[Fault]:
    """Everything AWS would refuse about a call."""
    service, dot, operation = call.partition(".")
    services = list(apis.services())
    if service not in services or not dot:
        message = f"AWS has no service {short(service)}" if dot else "write service.operation"
        yield Fault("unknown-call", message, near=nearest(service, services))
        return
    takes = apis.takes(service, operation)
    if takes is None:
        near = nearest(operation, apis.operations(service))
        message = f"{service} has no operation {short(operation)}"
        yield Fault("unknown-call", message, near=f"{service}.{near}" if near else "")
        return
    yield from _place(parameters, takes, (), operation)


def _place(value: object, shape: Shape, at: Path, name: str) -> Iterator[Fault]:
    if isinstance(value, Filled) or shape.kind == "any":
        return
    fits = KINDS.get(shape.kind)
    if fits is None or not fits(value):
        yield Fault("call-value", f"{name} takes {article(shape.kind)}, not {short(value)}", at)
        return
    yield from _bounded(value, shape, at, name)
    yield from _INSIDE.get(shape.kind, _word)(value, shape, at, name)


def _structure(value: Any, shape: Shape, at: Path, name: str) -> Iterator[Fault]:
    for key, inner in value.items():
        member = shape.members.get(key)
        if member is None:
            message = f"{name} has no parameter {short(key)}"
            near = nearest(key, shape.members)
            yield Fault("call-parameter", message, (*at, key), near, key=True)
        else:
            yield from _place(inner, member, (*at, key), key)
    for key in sorted(shape.required - set(value)):
        yield Fault("call-parameter", f"{name} needs the parameter {key!r}", at)


def _list(value: Any, shape: Shape, at: Path, name: str) -> Iterator[Fault]:
    for index, inner in enumerate(value):
        yield from _place(inner, shape.of or shape, (*at, index), name)


def _map(value: Any, shape: Shape, at: Path, _name: str) -> Iterator[Fault]:
    for key, inner in value.items():
        yield from _place(inner, shape.of or shape, (*at, key), str(key))


def _word(value: Any, shape: Shape, at: Path, name: str) -> Iterator[Fault]:
    if shape.words and value not in shape.words:
        near = nearest(str(value), shape.words)
        listed = "" if near else f"; it takes {', '.join(shape.words[:10])}"
        yield Fault("call-value", f"{name} is never {short(value)}{listed}", at, near)


def _bounded(value: Any, shape: Shape, at: Path, name: str) -> Iterator[Fault]:
    size = value if isinstance(value, int | float) else len(value)
    if isinstance(value, bool):
        return
    what = "" if isinstance(value, int | float) else " long"
    if shape.least is not None and size < shape.least:
        yield Fault("call-value", f"{name} is at least {shape.least:g}{what}", at)
    if shape.most is not None and size > shape.most:
        yield Fault("call-value", f"{name} is at most {shape.most:g}{what}", at)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> bool:
    return isinstance(value, str)


KINDS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "structure": lambda value: isinstance(value, Mapping),
        "map": lambda value: isinstance(value, Mapping),
        "list": lambda value: isinstance(value, list | tuple),
        "string": _text,
        "character": _text,
        "blob": _text,
        "timestamp": lambda value: _text(value) or _number(value),
        "integer": _whole,
        "long": _whole,
        "float": _number,
        "double": _number,
        "boolean": lambda value: isinstance(value, bool),
    }
)
_INSIDE: Mapping[str, Callable[[Any, Shape, Path, str], Iterator[Fault]]] = MappingProxyType(
    {"structure": _structure, "list": _list, "map": _map}
)
