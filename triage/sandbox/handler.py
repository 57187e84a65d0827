"""How the server speaks HTTP: 1.1, so that `Expect: 100-continue` is answered, and silently."""

from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler


def _silent(_self: Any, _code: Any = "-", _size: Any = "-") -> None:
    """Keep no server log: the sandbox has its own, of calls."""


Handler = type(
    "Handler", (MotoRequestHandler,), {"protocol_version": "HTTP/1.1", "log_request": _silent}
)
"""moto's own handler, which keeps the names of S3's metadata headers."""
