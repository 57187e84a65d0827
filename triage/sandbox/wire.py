"""Between bytes and documents, by the service models that botocore ships.

Routing, parsing and writing of the protocols are moto's; the credential scope of the signature
says which service and Region are meant. The signature itself is not checked.
"""

import io
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.utils import parse_to_aware_datetime
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from werkzeug.exceptions import NotFound

from triage.sandbox.call import Call, Refused, Reply
from triage.sandbox.errors import invalid
from triage.sandbox.validation import problems

SCOPE = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)


def request_of(environ: Mapping[str, Any]) -> Any:
    """Look at a WSGI environment as moto does."""
    return Request(dict(environ))


def scope_of(request: Any) -> Mapping[str, str] | None:
    """Return key, Region and service of a SigV4 signature, in the header or in the query."""
    signed = request.headers.get("Authorization", "")
    if not signed and "X-Amz-Credential" in request.args:
        signed = f"Credential={request.args['X-Amz-Credential']}"
    found = SCOPE.search(signed)
    return found.groupdict() if found else None


SIGNS_AS = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
}
"""Signing name to the name of the service model, where the two differ."""


def service_of(scope: Mapping[str, str], path: str) -> str:
    """Name the service; S3 Control signs as S3 and is told by its path."""
    control = scope["service"] == "s3" and path.startswith("/v20180820/")
    return "s3control" if control else SIGNS_AS.get(scope["service"], scope["service"])


def route(request: Any, service: str) -> tuple[Any, Mapping[str, str]]:
    """Find the operation a request means, or (None, {}) when no model knows it."""
    try:
        model, path = get_service_router(service).match(request)
    except (NotFound, NotImplementedError, LookupError, ValueError):
        return None, {}
    except Exception as error:
        if type(error).__name__ == "UnknownServiceError":
            return None, {}
        raise
    return model, path


def decode(call: Call) -> Mapping[str, Any]:
    """Read and validate the parameters. Raises Refused with the service's own code."""
    request = request_of({**call.environ, "wsgi.input": stream(call.body)})
    protocol = determine_request_protocol(call.model.service_model, request.content_type)
    _check_json(call, protocol)
    parser = PROTOCOL_PARSERS[protocol](call.model, timestamp_parser=_timestamp)
    fields: Any = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": call.body,
        "url_path": request.path,
        "url_params": call.path,
    }
    try:
        parameters: Mapping[str, Any] = parser.parse(fields)
    except (RequestParserError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Refused(
            code="SerializationException", message=f"The request cannot be read: {error}"
        ) from error
    return _validated(call, parameters)


def _timestamp(value: Any) -> datetime:
    moment: datetime = parse_to_aware_datetime(value)
    return moment


def _check_json(call: Call, protocol: str) -> None:
    if not protocol.endswith("json") or not call.body:
        return
    try:
        document = json.loads(call.body)
    except ValueError as error:
        raise Refused(
            code="SerializationException", message=f"The body is not JSON: {error}"
        ) from error
    if not isinstance(document, dict):
        raise Refused(code="SerializationException", message="The body is not a JSON object")


def _validated(call: Call, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    shape = call.model.input_shape
    found = problems(parameters, shape) if shape is not None else []
    if found:
        raise invalid(call, "; ".join(found))
    return parameters


def encode(call: Call, result: Mapping[str, Any]) -> Reply:
    """Write the result in the protocol the request came in."""
    service = call.model.service_model
    protocol = determine_request_protocol(service, call.environ.get("CONTENT_TYPE", ""))
    writer = get_serializer_class(service.service_name, protocol)(operation_model=call.model)
    written = writer.serialize(result)
    body = written["body"]
    return Reply(
        status=written["status_code"],
        headers=[(name, str(value)) for name, value in written["headers"].items()],
        body=body if isinstance(body, bytes) else body.encode(),
    )


def checked(call: Call, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the result of one of our own operations, if it has the service's own shape.

    Raises AssertionError: an answer AWS could not have given is a defect of the sandbox or of
    its scenario, and must not look like anything else.
    """
    shape = call.model.output_shape
    found = problems(result, shape) if shape is not None else [*result]
    if found:
        text = f"the sandbox's answer to {call.name} breaks the service model: {'; '.join(found)}"
        raise AssertionError(text)
    return result


def stream(body: bytes) -> io.BytesIO:
    """Make bytes readable as a WSGI input."""
    return io.BytesIO(body)
