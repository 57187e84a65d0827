"""Wiring of whom to tell and by what channel."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack

from triage.adapters.terminal.notifier import TerminalNotifier
from triage.engine.world import Contact
from triage.ports.notifier import Notifier
from triage.settings import Settings


def notifiers(found: Settings, stack: ExitStack) -> Mapping[str, Notifier]:
    """The channels that are configured."""
    from triage.adapters.smtp.notifier import SmtpNotifier
    from triage.adapters.webhook.notifier import WebhookNotifier

    webhook = WebhookNotifier(
        secret=found.webhook.secret.get_secret_value(),
        timeout_seconds=found.webhook.timeout_seconds,
    )
    stack.callback(webhook.close)
    channels: dict[str, Notifier] = {
        "terminal": TerminalNotifier(stream=sys.stdout),
        "webhook": webhook,
    }
    if found.smtp.host:
        channels["email"] = SmtpNotifier(
            host=found.smtp.host,
            port=found.smtp.port,
            sender=found.smtp.sender,
            starttls=found.smtp.starttls,
            user=found.smtp.user,
            password=found.smtp.password.get_secret_value(),
            timeout_seconds=found.smtp.timeout_seconds,
        )
    return channels


def contacts(found: Settings) -> tuple[Contact, ...]:
    """Who is told, in the order of escalation."""
    return tuple(
        Contact(name=one.name, channel=one.channel, address=one.address)
        for one in found.notify.contacts
    )
