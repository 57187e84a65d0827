"""The first answer every distinct request got, so that a stale answer can be given later."""

from collections import OrderedDict
from threading import Lock

from triage.domain.json import digest
from triage.sandbox.call import Call, Reply

REMEMBERED_MAX = 2_000


class Memory:
    """Bounded: past REMEMBERED_MAX requests the oldest is forgotten."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._replies: OrderedDict[tuple[str, ...], Reply] = OrderedDict()

    def earliest(self, call: Call) -> Reply | None:
        with self._lock:
            return self._replies.get(_key(call))

    def keep(self, call: Call, reply: Reply) -> None:
        with self._lock:
            self._replies.setdefault(_key(call), reply)
            if len(self._replies) > REMEMBERED_MAX:
                self._replies.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._replies.clear()


def _key(call: Call) -> tuple[str, ...]:
    asked = f"{call.environ.get('REQUEST_METHOD')} {call.environ.get('RAW_URI')}"
    return (call.account, call.region, call.name, asked, digest(call.body))
