"""Waiting for a person."""

import signal
from threading import Event


def wait_for_signal() -> None:
    """Wait until somebody interrupts."""
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    ended.wait()
