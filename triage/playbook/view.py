"""What `match` and the expressions see of a ticket. Read-only, plain data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from triage.domain.account import Account, path_text
from triage.domain.ticket import Subject, Ticket


def subject_view(subject: Subject) -> Mapping[str, Any]:
    """A subject's fields."""
    return {"id": subject.id, "name": subject.name, "kind": subject.kind, "arn": subject.arn}


def account_view(account: Account) -> Mapping[str, Any]:
    """An account's fields, from the organisation map and never from the ticket."""
    return {
        "id": account.id,
        "name": account.trusted_name,
        "tier": str(account.tier),
        "owner": account.owner,
        "contact": account.contact,
        "ou": path_text(account.ou),
        "listed": account.listed,
    }


def ticket_view(ticket: Ticket, account: Account) -> Mapping[str, Any]:
    """A ticket's fields; `event` is the vendor's own record."""
    return MappingProxyType(
        {
            "source": str(ticket.source),
            "format": str(ticket.format),
            "type": ticket.type,
            "class": str(ticket.finding_class),
            "severity": {"label": str(ticket.severity.label), "score": ticket.severity.score},
            "account": account_view(account),
            "region": ticket.region,
            "subject": subject_view(ticket.subject),
            "title": ticket.title,
            "count": ticket.count,
            "status": str(ticket.status),
            "sample": ticket.sample,
            "product": ticket.product,
            "principal": ticket.principal,
            "occurred": ticket.occurred,
            "event": ticket.record,
        }
    )
