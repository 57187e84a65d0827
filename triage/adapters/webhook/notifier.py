"""Notices as signed JSON over HTTP."""

import hashlib
import hmac
from dataclasses import dataclass, field

import httpx2
import orjson

from triage.ports.notifier import Notice, Undelivered

SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotifier:
    """The notifier port over HTTP POST; `contact` is the URL.

    `Idempotency-Key` is the notice's id: a receiver that has seen it may drop the second copy.
    With a secret, `Triage-Signature` is HMAC-SHA256 over the body, in hex. Redirects are not
    followed: the URL that was configured is the one that is told.
    """

    secret: str = ""
    timeout_seconds: float = 10.0
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        client = httpx2.Client(timeout=self.timeout_seconds, follow_redirects=False)
        object.__setattr__(self, "client", client)

    def notify(self, contact: str, notice: Notice) -> str:
        body = orjson.dumps(
            {
                "id": notice.id,
                "case": notice.case,
                "priority": notice.priority,
                "title": notice.title,
                "text": notice.text,
            }
        )
        try:
            status = self._post(contact, body, self._headers(notice, body))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Undelivered(f"webhook {_host(contact)}: {type(error).__name__}") from error
        if status not in SUCCESS:
            raise Undelivered(f"webhook {_host(contact)} answered {status}")
        return f"posted to {_host(contact)}"

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        # Only the status matters; an answer without end is never read.
        with self.client.stream("POST", url, content=body, headers=headers) as answer:
            return answer.status_code

    def close(self) -> None:
        """Close the connections that were kept."""
        self.client.close()

    def _headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice.id}
        if self.secret:
            signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["Triage-Signature"] = signature
        return headers


def _host(url: str) -> str:
    # A webhook's path is often its secret; it is not for logs.
    try:
        return httpx2.URL(url).host
    except httpx2.InvalidURL:
        return "(no valid address)"
