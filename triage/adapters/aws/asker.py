"""Asking for lists: one request, one turn of its own API's budget, in time or not at all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.failing import TooLate
from triage.adapters.aws.paging import Cut, member
from triage.ports.clock import Clock

PAGES_MAX = 100
"""More than this is no list that people wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Speaks for one account in one Region until `deadline`."""

    clients: Clients
    budget: Budget
    clock: Clock
    account: str
    region: str
    deadline: datetime

    def ask(self, kind: str, **arguments: Any) -> Mapping[str, Any]:
        """Make one request; `kind` is `service.operation` in snake case.

        Raises TooLate, and what the clients raise.
        """
        self._turn(kind)
        service, _, operation = kind.partition(".")
        client = self.clients.client(service, self.account, self.region)
        call: Callable[..., Mapping[str, Any]] = getattr(client, operation)
        return call(**{name: value for name, value in arguments.items() if value not in ("", None)})

    def every(self, kind: str, name: str, onward: str = "NextToken", **arguments: Any) -> list[Any]:
        """Every item of a member on every page. Raises Cut when a page lacks it."""
        return [
            item for page in self._pages(kind, onward, arguments) for item in member(page, name)
        ]

    def _pages(
        self, kind: str, onward: str, arguments: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        following: dict[str, Any] = {}
        for _ in range(PAGES_MAX):
            page = self.ask(kind, **arguments, **following)
            yield page
            if not page.get(onward):
                return
            following = {onward: page[onward]}
        raise Cut

    def _turn(self, kind: str) -> None:
        if not self.budget.take(kind, self.account, self.region, deadline=self.deadline):
            raise TooLate
