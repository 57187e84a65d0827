"""How the server speaks HTTP: 1.1, so that `Expect: 100-continue` is answered, and silently."""

from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler


class Handler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped
    """moto's own handler, which keeps S3's header names, without a line per request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Keep no server log: the sandbox has its own, of calls."""
