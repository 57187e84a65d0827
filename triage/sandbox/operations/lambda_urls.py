"""Lambda is moto's, but for listing a function's URLs, which moto keeps and does not list.

Facts: Lambda API reference, ListFunctionUrlConfigs: a function that is not there is a
ResourceNotFoundException with HTTP 404, as it is for the calls that moto answers.
"""

from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends

from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.world import World

NOT_FOUND = 404


def list_function_url_configs(_world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFunctionUrlConfigs; a function without aliases has one URL at most."""
    name = call.parameters["FunctionName"]
    try:
        function = lambda_backends[call.account][call.region].get_function(name)
    except UnknownFunctionException as error:
        text = f"Function not found: {name}"
        raise Refused(code="ResourceNotFoundException", message=text, status=NOT_FOUND) from error
    url = function.url_config
    return {"FunctionUrlConfigs": [_told(function.function_arn, url)] if url else []}


def _told(arn: str, url: Any) -> Mapping[str, Any]:
    made = url.to_dict()
    return {
        "FunctionUrl": made["FunctionUrl"],
        "FunctionArn": arn,
        "CreationTime": made["CreationTime"],
        "LastModifiedTime": made["LastModifiedTime"],
        "AuthType": made["AuthType"],
    }


OPERATIONS: Mapping[str, Operation] = {
    "lambda.ListFunctionUrlConfigs": list_function_url_configs,
}
