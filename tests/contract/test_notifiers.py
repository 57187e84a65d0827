"""Notifiers over real sockets: what arrives, and one sentence for everything that can go wrong."""

import hashlib
import hmac
import io
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from triage.adapters.smtp.notifier import SmtpNotifier
from triage.adapters.terminal.notifier import TerminalNotifier
from triage.adapters.webhook.notifier import WebhookNotifier
from triage.ports.notifier import Notice, Undelivered

NOTICE = Notice(
    id="e" * 32,
    case="abcdefghijkl",
    priority="high",
    title="[high] S3.8: Bücher",
    text="first line\nbecause   the block is off",
)
PASSWORD = "hunter2"


# --- e-mail --------------------------------------------------------------------------------------


class Mailbox:
    """A mail server's handler that keeps what it is given, and refuses one address."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Any]] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's own name and arguments
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's own name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


@contextmanager
def a_mail_server(**options: Any) -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=a_free_port(), **options)
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_mailer(port: int, **changes: Any) -> SmtpNotifier:
    fields = {"host": "127.0.0.1", "port": port, "sender": "triage@example.com"}
    return SmtpNotifier(**({**fields, "timeout_seconds": 5.0} | changes))


def mail_refused(port: int, contact: str = "a@example.com", **changes: Any) -> str:
    with pytest.raises(Undelivered) as refused:
        a_mailer(port, **changes).notify(contact, changes.pop("notice", NOTICE))
    return str(refused.value)


def test_a_mail_says_everything_and_names_the_notice_it_is():
    with a_mail_server() as (mailbox, port):
        said = a_mailer(port).notify("oncall@example.com", NOTICE)
    ((recipients, mail),) = mailbox.mails
    assert said == "mailed to oncall@example.com"
    assert recipients == ["oncall@example.com"]
    assert {
        name: mail[name] for name in ("Subject", "From", "To", "Message-ID", "X-Triage-Case")
    } == {
        "Subject": NOTICE.title,
        "From": "triage@example.com",
        "To": "oncall@example.com",
        "Message-ID": f"<{NOTICE.id}@triage>",
        "X-Triage-Case": NOTICE.case,
    }
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content().splitlines() == NOTICE.text.splitlines()


@pytest.mark.parametrize(
    "contact",
    ["a@example.com\nBcc: eve@example.com", "a@example.com\r\n\r\nbody", "a@example.com\0"],
)
def test_an_address_cannot_smuggle_in_a_header(contact):
    with a_mail_server() as (mailbox, port), pytest.raises(Undelivered):
        a_mailer(port).notify(contact, NOTICE)
    assert mailbox.mails == []


def test_a_title_cannot_smuggle_in_a_header():
    notice = Notice(
        id=NOTICE.id, case="c", priority="low", title="x\r\nBcc: eve@example.com", text="-"
    )
    with a_mail_server() as (mailbox, port), pytest.raises(Undelivered):
        a_mailer(port).notify("a@example.com", notice)
    assert mailbox.mails == []


def test_a_line_with_a_dot_alone_does_not_end_the_mail():
    notice = Notice(id=NOTICE.id, case="c", priority="low", title="t", text="a\n.\nRCPT TO:<x@y>")
    with a_mail_server() as (mailbox, port):
        a_mailer(port).notify("a@example.com", notice)
    ((_, mail),) = mailbox.mails
    assert mail.get_content().splitlines() == ["a", ".", "RCPT TO:<x@y>"]


def test_a_refused_recipient_is_undelivered():
    with a_mail_server() as (mailbox, port):
        assert "no such mailbox" in mail_refused(port, "nobody@example.com")
    assert mailbox.mails == []


def test_no_server_is_undelivered():
    assert "Connection refused" in mail_refused(a_free_port())


def test_a_server_that_never_answers_is_undelivered():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert "timed out" in mail_refused(port, timeout_seconds=0.2)


def a_login(_server, _session, _envelope, _mechanism, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_it_logs_in_where_it_is_told_to():
    options = {
        "authenticator": a_login,
        "auth_required": True,
        "auth_require_tls": False,
        "auth_exclude_mechanism": ["LOGIN"],
    }
    with a_mail_server(**options) as (mailbox, port):
        a_mailer(port, user="triage", password=PASSWORD).notify("a@example.com", NOTICE)
        assert len(mailbox.mails) == 1
        wrong = mail_refused(port, user="triage", password="swordfish")
        assert "535" in wrong
        assert "swordfish" not in wrong
        assert "530" in mail_refused(port)
    assert len(mailbox.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a certificate for 127.0.0.1 that nobody else vouches for; key and all in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the real time
    subjects = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(subjects, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return str(path)


@contextmanager
def a_tls_server(certificate: str) -> Iterator[tuple[Mailbox, int]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with a_mail_server(tls_context=context, require_starttls=True) as server:
        yield server


def test_starttls_encrypts_to_a_server_whose_name_is_vouched_for(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with a_tls_server(certificate) as (mailbox, port):
        a_mailer(port, host="localhost", starttls=True).notify("a@example.com", NOTICE)
        assert len(mailbox.mails) == 1
        assert "530" in mail_refused(port)


def test_starttls_with_a_stranger_is_undelivered(certificate):
    with a_tls_server(certificate) as (mailbox, port):
        assert "certificate" in mail_refused(port, host="localhost", starttls=True).lower()
    assert mailbox.mails == []


def test_a_server_without_starttls_gets_nothing_in_the_clear():
    with a_mail_server() as (mailbox, port):
        assert "STARTTLS" in mail_refused(port, starttls=True)
    assert mailbox.mails == []


# --- webhook -------------------------------------------------------------------------------------

Reply = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def a_receiver(reply: Reply) -> Iterator[tuple[list[tuple[str, dict[str, str], bytes]], str]]:
    """A loopback HTTP server: what it was sent, and its address."""
    got: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            reply(self)

        do_GET = do_POST  # noqa: N815 - the library's own name

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield got, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def status(code: int, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()

    return reply


@contextmanager
def a_webhook(**changes: Any) -> Iterator[WebhookNotifier]:
    notifier = WebhookNotifier(**({"timeout_seconds": 5.0} | changes))
    try:
        yield notifier
    finally:
        notifier.close()


def hook_refused(url: str, **changes: Any) -> str:
    with a_webhook(**changes) as notifier, pytest.raises(Undelivered) as refused:
        notifier.notify(url, NOTICE)
    return str(refused.value)


def test_a_webhook_gets_the_notice_as_json_with_its_key_and_signature():
    with a_receiver(status(204)) as (got, url), a_webhook(secret=PASSWORD) as notifier:
        assert notifier.notify(f"{url}/hook", NOTICE) == "posted to 127.0.0.1"
    ((path, headers, body),) = got
    assert path == "/hook"
    assert json.loads(body) == {
        "id": NOTICE.id,
        "case": NOTICE.case,
        "priority": "high",
        "title": NOTICE.title,
        "text": NOTICE.text,
    }
    assert headers["content-type"] == "application/json"
    assert headers["idempotency-key"] == NOTICE.id
    signed = hmac.new(PASSWORD.encode(), body, hashlib.sha256).hexdigest()
    assert headers["triage-signature"] == signed


def test_a_second_try_carries_the_same_key():
    with a_receiver(status(200)) as (got, url), a_webhook() as notifier:
        notifier.notify(url, NOTICE)
        notifier.notify(url, NOTICE)
    assert [headers["idempotency-key"] for _, headers, _ in got] == [NOTICE.id, NOTICE.id]


def test_without_a_secret_there_is_no_signature():
    with a_receiver(status(200)) as (got, url), a_webhook() as notifier:
        notifier.notify(url, NOTICE)
    assert "triage-signature" not in got[0][1]


@pytest.mark.parametrize("code", [400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_undelivered(code):
    with a_receiver(status(code)) as (_, url):
        assert hook_refused(url) == f"webhook 127.0.0.1 answered {code}"


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(code):
    with (
        a_receiver(status(200)) as (elsewhere, other),
        a_receiver(status(code, Location=f"{other}/steal")) as (_, url),
    ):
        assert hook_refused(url) == f"webhook 127.0.0.1 answered {code}"
    assert elsewhere == []


def test_an_answer_without_end_is_never_read():
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True

    with a_receiver(endless) as (_, url), a_webhook() as notifier:
        assert notifier.notify(url, NOTICE) == "posted to 127.0.0.1"


def test_a_server_that_is_silent_gone_or_no_server_is_undelivered():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        said = hook_refused(f"http://127.0.0.1:{port}/", timeout_seconds=0.2)
    assert said == "webhook 127.0.0.1: ReadTimeout"
    assert hook_refused(f"http://127.0.0.1:{a_free_port()}") == "webhook 127.0.0.1: ConnectError"


@pytest.mark.parametrize(
    "url", ["", "hooks.example.com", "ftp://127.0.0.1/", "http://[", "http://"]
)
def test_an_address_that_is_no_url_is_undelivered(url):
    assert hook_refused(url).startswith("webhook ")


def test_a_path_that_may_be_a_secret_is_in_no_message():
    assert "s3cret" not in hook_refused(f"http://127.0.0.1:{a_free_port()}/s3cret?token=s3cret")


# --- terminal ------------------------------------------------------------------------------------


def test_a_terminal_shows_the_notice_and_nothing_it_would_act_on():
    stream = io.StringIO()
    hostile = Notice(
        id="e", case="c", priority="low", title="\x1b[2Jt\u202e", text="a\x07\nb\x9b31m"
    )
    assert TerminalNotifier(stream=stream).notify("on\rcall", hostile) == "shown on the terminal"
    assert stream.getvalue() == "�[2Jt�  (case c, for on�call)\n    a�\n    b�31m\n"


def test_a_terminal_that_is_gone_is_undelivered():
    stream = io.StringIO()
    stream.close()
    with pytest.raises(Undelivered, match="the terminal is gone"):
        TerminalNotifier(stream=stream).notify("x", NOTICE)
