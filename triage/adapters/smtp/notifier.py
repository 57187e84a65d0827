"""Notices by e-mail through SMTP."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from triage.ports.notifier import Notice, Undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpNotifier:
    """The notifier port over SMTP; `contact` is an e-mail address.

    The Message-ID is the notice's id, so that a mail system that sees it twice can tell.
    """

    host: str
    port: int = 25
    sender: str
    starttls: bool = False
    user: str = ""
    password: str = ""
    timeout_seconds: float = 10.0

    def notify(self, contact: str, notice: Notice) -> str:
        if not contact.isprintable():
            raise Undelivered("the address holds characters that no e-mail address has")
        try:
            message = self._message(contact, notice)
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds) as server:
                self._secure(server)
                refused = server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Undelivered(f"mail to {contact} through {self.host}: {error}") from error
        if refused:
            raise Undelivered(f"mail to {contact} was refused by {self.host}")
        return f"mailed to {contact}"

    def _secure(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)

    def _message(self, contact: str, notice: Notice) -> EmailMessage:
        # EmailMessage refuses line breaks in headers; the notice has none to begin with.
        message = EmailMessage()
        message["Subject"] = notice.title
        message["From"] = self.sender
        message["To"] = contact
        message["Date"] = formatdate(usegmt=True)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers
        message["Message-ID"] = f"<{notice.id}@triage>"
        message["X-Triage-Case"] = notice.case
        message["X-Triage-Priority"] = notice.priority
        message.set_content(notice.text)
        return message
