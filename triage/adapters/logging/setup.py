"""structlog: JSON off a terminal, readable on one, secrets out of both."""

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

HIDDEN = "[hidden]"
SECRET_KEYS = re.compile(
    r"secret|password|passwd|token|authorization|private_key|session_key", re.IGNORECASE
)
SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
        r"(?i)(?<=secret_access_key=)\S+",
    )
)
TEXT_MAX = 2000
REPLACED = "\N{REPLACEMENT CHARACTER}"


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Hide what looks like a secret, by key and by shape; bound every text, make it harmless."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if SECRET_KEYS.search(str(key)):
        return HIDDEN
    if isinstance(value, dict):
        return {name: _clean(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, one) for one in value[:100]]
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    for secret in SECRETS:
        value = secret.sub(HIDDEN, value)
    shown = value if len(value) <= TEXT_MAX else value[:TEXT_MAX] + "…"
    return "".join(char if char.isprintable() or char == "\n" else REPLACED for char in shown)


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging once, at the entry of a process."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            *_rendering(out),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def _rendering(out: TextIO) -> list[Processor]:
    if out.isatty():
        return [structlog.dev.ConsoleRenderer(colors=True)]
    return [structlog.processors.JSONRenderer()]
