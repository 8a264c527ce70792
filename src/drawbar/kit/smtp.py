"""Handing a message to the operator's mail server, over SMTP with its certificate checked.

The server is the operator's own setting, often in their own network, so the guard against private
addresses (`kit.outgoing`), which protects from addresses that customers type, is not for it.
"""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

PORTS = {"starttls": 587, "none": 25, "implicit": 465}
"""RFC 6409 §3.1 and RFC 8314 §3.3; 25 is where relays in one's own network listen."""
SHAPE = "write smtp://user:password@host:587, or smtps://user:password@host"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PATIENCE_S = 30


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where letters are handed in; `tls` is `starttls`, `implicit` or `none`."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"SmtpServer({self.host!r}, {self.port}, {self.tls!r})"


def smtp_server(url: str) -> SmtpServer:
    """Read `smtp://user:password@host:port?tls=starttls|none` or `smtps://…`.

    Encryption is the default: `tls=none` must be said, and then no password leaves this machine.
    Raises ValueError with what is wrong, never with the password.
    """
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(f"it cannot be read; {SHAPE}") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"it is no address of a mail server; {SHAPE}")
    tls = "implicit" if parts.scheme == "smtps" else query.pop("tls", ["starttls"])[-1]
    if query or tls not in PORTS or (tls == "implicit") != (parts.scheme == "smtps"):
        raise ValueError("the only option is ?tls=starttls (the default of smtp://) or ?tls=none")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if tls == "none" and password and parts.hostname not in LOOPBACK:
        raise ValueError("with ?tls=none the password would travel in the clear; leave one out")
    return SmtpServer(
        host=parts.hostname, port=port or PORTS[tls], tls=tls, user=user, password=password
    )


def sender_parts(text: str) -> tuple[str, str]:
    """Read `Name <address>`, or an address alone, as name and address.

    Not by `email.utils.parseaddr`: what it makes of odd names differs between Pythons.
    """
    name, bracket, address = text.strip().rpartition("<")
    return name.strip().strip('"'), address.removesuffix(">") if bracket else text.strip()


def hand_in(
    server: SmtpServer, message: EmailMessage, *, trust: ssl.SSLContext | None = None
) -> None:
    """Give the message to the server; blocks, so run it in a thread.

    `trust` says whose certificates count, by default the machine's (`SSL_CERT_FILE` adds one's
    own). Raises smtplib.SMTPException or OSError.
    """
    trust = trust or ssl.create_default_context()
    if server.tls == "implicit":
        connected: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE_S, context=trust
        )
    else:
        connected = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
    with connected:
        if server.tls == "starttls":
            connected.starttls(context=trust)
        if server.user:
            connected.login(server.user, server.password)
        connected.send_message(message)
