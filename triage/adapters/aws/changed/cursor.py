"""Where a listing goes on when it is made of several lists: texts as JSON, so that they keep."""

from collections.abc import Mapping
from typing import Any

import orjson

from triage.adapters.aws.paging import Cut


def written(**parts: Any) -> str:
    """Write a cursor."""
    return orjson.dumps(parts).decode()


def read(cursor: str) -> Mapping[str, Any]:
    """Read one; nothing yet for "". Raises Cut for what nobody here wrote."""
    if not cursor:
        return {}
    try:
        parts = orjson.loads(cursor)
    except orjson.JSONDecodeError as error:
        raise Cut from error
    if not isinstance(parts, dict):
        raise Cut
    return parts


class SwitchedOff(Exception):
    """The service is not in use here, so that it lists nothing and proves nothing."""
