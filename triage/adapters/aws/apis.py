"""AWS's service models, as they ship with botocore: read from disk, never asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from typing_extensions import override

from triage.domain.api import ANY, Apis, Shape

DEPTH_MAX = 16
"""Shapes may hold themselves; nobody writes parameters deeper than this."""
SERVICES_KEPT = 8
"""EC2's model alone takes tens of megabytes once it is read."""


class ServiceModels(Apis):
    """Reads a service's model when it is first asked about."""

    def __init__(self) -> None:
        self._loader = create_loader()
        self._model = lru_cache(SERVICES_KEPT)(self._load)

    @override
    def services(self) -> Iterable[str]:
        return tuple(self._loader.list_available_services("service-2"))

    @override
    def operations(self, service: str) -> Iterable[str]:
        return tuple(self._names(service))

    @override
    def name(self, service: str, operation: str) -> str | None:
        return self._names(service).get(xform_name(operation))

    @override
    def takes(self, service: str, operation: str) -> Shape | None:
        name = self.name(service, operation)
        if name is None:
            return None
        found = self._model(service)[0].operation_model(name).input_shape
        return _shape(found, DEPTH_MAX) if found is not None else Shape(kind="structure")

    def _names(self, service: str) -> Mapping[str, str]:
        try:
            return self._model(service)[1]
        except UnknownServiceError:
            return {}

    def _load(self, service: str) -> tuple[ServiceModel, Mapping[str, str]]:
        model = ServiceModel(self._loader.load_service_model(service, "service-2"), service)
        return model, {xform_name(name): name for name in model.operation_names}


def _shape(found: Any, depth: int) -> Shape:
    if depth == 0 or getattr(found, "is_document_type", False):
        return ANY
    match found.type_name:
        case "structure":
            return Shape(
                kind="structure",
                members={name: _shape(one, depth - 1) for name, one in found.members.items()},
                required=frozenset(found.required_members),
            )
        case "list":
            return _bounded(found, Shape(kind="list", of=_shape(found.member, depth - 1)))
        case "map":
            return _bounded(found, Shape(kind="map", of=_shape(found.value, depth - 1)))
        case kind:
            words = tuple(found.enum) if kind == "string" else ()
            return _bounded(found, Shape(kind=kind, words=words))


def _bounded(found: Any, shape: Shape) -> Shape:
    return replace(shape, least=found.metadata.get("min"), most=found.metadata.get("max"))
