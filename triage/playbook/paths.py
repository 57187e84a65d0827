"""Which names, and which fields of them, an expression reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import nodes

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One chain of fields that an expression reads, such as `change.principal.name`.

    `identifies` is set where it only names whom a signature has to be about, `presence` where
    it is only asked whether the answer is absent.
    """

    names: Names
    identifies: bool = False
    presence: bool = False


def names_of(node: nodes.Node) -> Names | None:
    """Follow `a.b["c"]` down to its name; None for anything else."""
    match node:
        case nodes.Name(name=name):
            return (name,)
        case nodes.Getattr(node=inner, attr=key):
            outer = names_of(inner)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as key)):
            outer = names_of(inner)
        case _:
            return None
    return (*outer, key) if outer else None


def readings(node: nodes.Node) -> Iterator[Reading]:
    """Every chain, each as long as it goes."""
    names = names_of(node)
    if names is not None:
        yield Reading(names)
        return
    match node:
        case nodes.Test(node=inner, name="absent") if (asked := names_of(inner)) is not None:
            yield Reading(asked, presence=True)
        case nodes.Call(node=nodes.Name(name=function), args=arguments):
            yield from _arguments(function, arguments)
        case _:
            for child in node.iter_child_nodes():
                yield from readings(child)


def _arguments(function: str, arguments: list[nodes.Expr]) -> Iterator[Reading]:
    for place, argument in enumerate(arguments):
        names = names_of(argument)
        if function == "signed" and place == 1 and names is not None:
            yield Reading(names, identifies=True)
        else:
            yield from readings(argument)


def functions(node: nodes.Node) -> Iterator[nodes.Call]:
    """Every call."""
    if isinstance(node, nodes.Call):
        yield node
    for child in node.iter_child_nodes():
        yield from functions(child)
