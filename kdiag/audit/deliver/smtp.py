"""SMTP: a connection that is secured and logged in as settings say, never less."""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

from kdiag.audit.deliver.retry import Again, persist
from kdiag.errors import DeliveryError
from kdiag.sources.http import authorities
from kdiag.wire.secret import Secret

Security = Literal["starttls", "tls", "none"]

PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
"""Ways to secure a connection, and the port of each (RFC 6409, 8314, 5321)."""


@dataclass(frozen=True)
class Relay:
    """A server that takes mail. ca_file: PEM file of authorities, "" for those of the system."""

    host: str
    port: int
    security: Security = "starttls"
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str = ""
    timeout_seconds: float = 60.0

    @property
    def shown(self) -> str:
        """Host and port, for sentences."""
        return f"E-mail by {self.host}:{self.port}"


def carry(relay: Relay, message: EmailMessage, sender: str, recipients: Sequence[str]) -> None:
    """Hand a message over, and again where the server could not be reached or asks for it.

    A message that may have been taken is not sent again. Raises DeliveryError, also where one of
    the recipients is refused.
    """
    persist(lambda left: _attempt(relay, message, sender, recipients, left), relay.timeout_seconds)


def _attempt(
    relay: Relay, message: EmailMessage, sender: str, recipients: Sequence[str], seconds: float
) -> None:
    server = _connected(relay, seconds)
    try:
        _secure(server, relay)
        refused = server.send_message(message, sender, recipients)
    except (OSError, smtplib.SMTPException) as error:
        raise _failure(relay, error) from None
    finally:
        server.close()
    if refused:
        raise DeliveryError(f"{relay.shown} refuses {', '.join(refused)}; others have it")


def _connected(relay: Relay, seconds: float) -> smtplib.SMTP:
    """Connect. Raises Again where that may pass, DeliveryError for a certificate."""
    try:
        if relay.security == "tls":
            context = authorities(relay.ca_file)
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=seconds, context=context)
        return smtplib.SMTP(relay.host, relay.port, timeout=seconds)
    except ssl.SSLError as error:
        raise _failure(relay, error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Again(f"{relay.shown} cannot be reached: {_why(error)}") from None


def _secure(server: smtplib.SMTP, relay: Relay) -> None:
    """Secure a connection and log in. Without STARTTLS nothing goes on where it was asked for."""
    if relay.security == "starttls":
        server.starttls(context=authorities(relay.ca_file))
    if relay.username:
        server.login(relay.username, relay.password.value)


def _failure(relay: Relay, error: OSError | smtplib.SMTPException) -> Exception:
    """Return the error for what went wrong; an answer 4xx may pass (RFC 5321, 4.2.1)."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            sentence = f"{relay.shown} refuses {', '.join(error.recipients)}"
            codes = [code for code, _ in error.recipients.values()]
            return _passing(sentence, min(codes))
        case smtplib.SMTPAuthenticationError():
            return DeliveryError(f"{relay.shown} refuses {relay.username} ({error.smtp_code})")
        case smtplib.SMTPResponseException():
            return _passing(
                f"{relay.shown} answers {error.smtp_code}{_said(error)}", error.smtp_code
            )
    return DeliveryError(f"{relay.shown}: {_why(error)}")


def _passing(sentence: str, code: int) -> Exception:
    return Again(sentence) if 400 <= code < 500 else DeliveryError(sentence)


def _said(error: smtplib.SMTPResponseException) -> str:
    """Return the words of an answer, in one line."""
    text: str | bytes = error.smtp_error
    words = " ".join((text if isinstance(text, str) else text.decode(errors="replace")).split())
    return f" ({words[:120]})" if words else ""


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
