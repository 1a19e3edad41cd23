"""E-mail: the summary as text and HTML, the page attached, one thread a cluster.

All mails on a cluster refer to one id, so that programs show them as one thread (RFC 5322, 3.6.4);
List-Id lets a filter sort them (RFC 2919); Auto-Submitted keeps absence notes away (RFC 3834).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from kdiag.audit.deliver.news import Notify
from kdiag.audit.deliver.smtp import Relay, carry
from kdiag.audit.deliver.summary import Summary, summary, text
from kdiag.audit.names import label
from kdiag.audit.written import Written
from kdiag.errors import DeliveryError

_COLOURS = {"critical": "#a30d2d", "degraded": "#8a4b00", "healthy": "#1a6b33"}


_POLICY = SMTP.clone(cte_type="7bit")
"""Of what is sent: lines that every server takes."""


@dataclass(frozen=True)
class Mail:
    """Who sends mail to whom. sender, recipients: addresses without names.

    attachment_bytes: largest page that is attached; of a larger one the mail says where it is.
    """

    relay: Relay
    sender: str
    recipients: tuple[str, ...]
    notify: Notify = "always"
    link: str = ""
    attachment_bytes: int = 10 << 20


def send(settings: Mail, written: Written) -> None:
    """Send the mail to all recipients. Raises DeliveryError, also where one of them is refused."""
    carry(settings.relay, message(settings, written), settings.sender, settings.recipients)


def preview(settings: Mail, written: Written) -> str:
    """Return the head of what would be sent, and its text."""
    made = message(settings, written)
    head = [f"{name}: {value}" for name, value in made.items() if name in ("From", "To", "Subject")]
    body = made.get_body(("plain",))
    files = [f"Attached: {part.get_filename()}" for part in made.iter_attachments()]
    return "\n".join([*head, "", body.get_content() if body else "", *files])


def message(settings: Mail, written: Written) -> EmailMessage:
    """Return the mail."""
    said = summary(written, settings.link)
    domain = Address(addr_spec=settings.sender).domain
    cluster = str(written.document["cluster"].get("id") or written.cluster)
    thread = f"<kdiag.{_digest(cluster)}@{domain}>"
    made = EmailMessage(_POLICY)
    made["Subject"] = said.title
    made["From"] = settings.sender
    made["To"] = ", ".join(settings.recipients)
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<kdiag.{_digest(written.id)}@{domain}>"
    made["In-Reply-To"] = thread
    made["References"] = thread
    made["List-Id"] = f"<{label(written.cluster)}.kdiag.{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text(said))
    made.add_alternative("\n".join(_html(said)), subtype="html")
    _attach(made, settings, written)
    return made


def _attach(made: EmailMessage, settings: Mail, written: Written) -> None:
    try:
        if written.html.stat().st_size > settings.attachment_bytes:
            return
        page = written.html.read_bytes()
    except OSError as error:
        raise DeliveryError(f"{written.html}: cannot be read: {error.strerror}") from None
    made.add_attachment(
        page,
        maintype="text",
        subtype="html",
        filename=written.name("html"),
        params={"charset": "utf-8"},
    )


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:24]


def _html(said: Summary) -> Iterator[str]:
    """Yield lines of HTML that mail programs show: one column, styles inline, no picture."""
    colour = _COLOURS.get(said.status, "#444444")
    yield '<html><body style="font-family:sans-serif;font-size:14px;color:#222222">'
    yield f'<p><strong style="color:{colour}">{escape(said.status.upper())}</strong> '
    yield f"{escape(said.sentence)}</p><p>{escape(f'{said.found} {said.changed}')}</p><ol>"
    for cause in said.top:
        action = f"<br><code>{escape(cause.action)}</code>" if cause.action else ""
        yield f"<li><strong>{escape(cause.head)}</strong> {escape(cause.symptom)}{action}</li>"
    yield "</ol>"
    for note in said.notes:
        yield f"<p>{escape(note)}</p>"
    where = escape(said.where)
    link = f'<a href="{where}">{where}</a>' if said.is_link else where
    yield f"<p>The whole report: {link}</p></body></html>"
