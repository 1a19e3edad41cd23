"""E-mail, on a real SMTP server: with STARTTLS and login, with TLS from the start, and without."""

import ssl
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from kdiag.audit.deliver import deliver, preview
from kdiag.lab.plan import free_ports
from tests.audit.deliver.reports import SECRET, written

# aiosmtpd takes a connection that was TLS from the start for one in clear.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

TLS = 'ca_file = "ca.pem"\n'
LOGIN = 'username = "kdiag"\npassword_file = "secret"\n'
FROM = 'from = "kdiag@example.com"\n'
TO = 'to = ["team@example.com", "lead@example.com"]\n'


class Inbox:
    """Takes mail. refusing: recipient → what it is answered, once where it begins with 4."""

    def __init__(self):
        self.mails, self.refusing, self.answers = [], {}, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.refusing.get(address)
        if answer:
            if answer.startswith("4"):
                del self.refusing[address]
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 OK"


def _login(server, session, envelope, mechanism, data):
    right = LoginPassword(b"kdiag", SECRET.encode())
    return AuthResult(success=data == right, handled=False)


@pytest.fixture
def smtp(authority):
    """Return what starts a server, as (its inbox, `server` and `security` of the table)."""
    started = []

    def start(security):
        inbox, context = Inbox(), authority[1]
        more = {
            "starttls": {"tls_context": context, "require_starttls": True},
            "tls": {"ssl_context": context},
            "none": {},
        }[security]
        if security != "none":
            is_late = security == "starttls"
            more |= {"authenticator": _login, "auth_required": True, "auth_require_tls": is_late}
        port = free_ports(1)[0]
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **more)
        controller.start()
        started.append(controller)
        table = f'[audit.email]\nserver = "127.0.0.1:{port}"\nsecurity = "{security}"\n'
        return inbox, table

    yield start
    for controller in started:
        controller.stop()


def parsed(inbox):
    [(_, _, content)] = inbox.mails
    return message_from_bytes(content, policy=policy.default)


@pytest.mark.parametrize(
    ("security", "more"), [("starttls", TLS + LOGIN), ("tls", TLS + LOGIN), ("none", "")]
)
def test_a_mail_has_a_summary_in_text_and_html_and_the_page(
    channels, smtp, tmp_path, security, more
):
    inbox, table = smtp(security)
    report = written(tmp_path)

    assert deliver(channels(table + FROM + TO + more), report) == []

    assert inbox.mails[0][:2] == ("kdiag@example.com", ["team@example.com", "lead@example.com"])
    mail = parsed(inbox)
    assert mail["Subject"] == "[kdiag] fraud-prod: 1 critical, 1 warning, 1 info, 2 new"
    assert mail["To"] == "team@example.com, lead@example.com"
    assert mail["List-Id"] == "<fraud-prod.kdiag.example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/mixed"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.startswith("CRITICAL: Broker 3 is down")
    assert "<code>systemctl status kafka</code>" in html
    [page] = mail.iter_attachments()
    assert page.get_filename() == report.html.name
    assert page.get_content_type() == "text/html"
    assert page.get_content().splitlines() == report.html.read_text().splitlines()


def test_mails_on_a_cluster_are_one_thread_and_each_has_an_id_of_its_own(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    made = channels(table + FROM + TO)
    for at in ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"):
        assert deliver(made, written(tmp_path, started_at=at)) == []

    mails = [message_from_bytes(content) for _, _, content in inbox.mails]
    ids = [mail["Message-ID"] for mail in mails]
    assert ids[0] == ids[1] != ids[2]
    assert len({mail["References"] for mail in mails}) == 1
    assert mails[0]["References"] == mails[0]["In-Reply-To"] != ids[0]
    assert all(id_.endswith("@example.com>") for id_ in ids)


def test_names_are_escaped_in_html_and_start_no_header(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    report = written(tmp_path)
    report.document["cluster"]["name"] = "<b>ü\r\nBcc: x@example.com"
    report.document["findings"][0]["symptom"] = "<img src=x> is é."

    assert deliver(channels(table + FROM + TO), report) == []

    mail = parsed(inbox)
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("[kdiag] <b>ü Bcc: x@example.com: 1 critical")
    html = mail.get_body(("html",)).get_content()
    assert "&lt;img src=x&gt; is é." in html
    assert "<img" not in html
    assert all(byte < 128 for byte in inbox.mails[0][2])


def test_a_page_that_is_too_large_is_not_attached(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    report = written(tmp_path)
    report.html.write_text("x" * 2000)

    assert deliver(channels(table + FROM + TO + "attachment_mib = 0.001\n"), report) == []

    assert list(parsed(inbox).iter_attachments()) == []
    assert str(report.html) in parsed(inbox).get_body(("plain",)).get_content()


def test_a_wrong_password_is_one_sentence_without_it(channels, smtp, tmp_path):
    inbox, table = smtp("starttls")
    (tmp_path / "wrong").write_text("hunter2hunter2")
    login = 'username = "kdiag"\npassword_file = "wrong"\n'

    [sentence] = deliver(channels(table + FROM + TO + TLS + login), written(tmp_path))

    assert sentence.startswith("E-mail by 127.0.0.1:")
    assert sentence.endswith(" refuses kdiag (535)")
    assert inbox.mails == []


def test_a_certificate_of_nobody_we_trust_ends_it_before_the_login(channels, smtp, tmp_path):
    for security in ("starttls", "tls"):
        inbox, table = smtp(security)

        [sentence] = deliver(channels(table + FROM + TO + LOGIN), written(tmp_path))

        assert "its certificate is not trusted: unable to get local issuer" in sentence
        assert inbox.mails == []


def test_where_a_server_has_no_starttls_nothing_is_sent_in_clear(channels, smtp, tmp_path):
    inbox, table = smtp("none")

    [sentence] = deliver(
        channels(table.replace('"none"', '"starttls"') + FROM + TO + LOGIN), written(tmp_path)
    )

    assert sentence.endswith(": STARTTLS extension not supported by server")
    assert inbox.mails == []


def test_a_recipient_that_is_refused_is_named_and_the_others_have_it(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    inbox.refusing = {"lead@example.com": "550 no such user"}

    [sentence] = deliver(channels(table + FROM + TO), written(tmp_path))

    assert sentence.endswith(" refuses lead@example.com; others have it")
    assert inbox.mails[0][1] == ["team@example.com"]


def test_what_may_pass_is_tried_again(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    inbox.refusing = {"team@example.com": "450 later", "lead@example.com": "450 later"}
    inbox.answers = ["451 try again"]

    assert deliver(channels(table + FROM + TO), written(tmp_path)) == []

    assert len(inbox.mails) == 1


def test_what_will_not_pass_is_not(channels, smtp, tmp_path):
    inbox, table = smtp("none")
    inbox.answers = ["554 5.7.1 looks like spam"]

    [sentence] = deliver(channels(table + FROM + TO), written(tmp_path))

    assert sentence.endswith(" answers 554 (5.7.1 looks like spam)")
    assert inbox.answers == []


def test_a_server_that_is_not_there_is_tried_and_said(channels, tmp_path):
    port = free_ports(1)[0]
    table = f'[audit.email]\nserver = "127.0.0.1:{port}"\ntimeout_seconds = 0.3\n'

    [sentence] = deliver(channels(table + FROM + TO), written(tmp_path))

    assert sentence == (
        f"E-mail by 127.0.0.1:{port} cannot be reached: Connection refused, at attempt 1"
    )


def test_a_preview_has_the_text_and_no_password(channels, tmp_path):
    table = '[audit.email]\nserver = "smtp.example"\n'

    [shown] = preview(channels(table + FROM + TO + LOGIN), written(tmp_path))

    assert shown.startswith(
        "E-mail by smtp.example:587 to team@example.com, lead@example.com would get:\n"
    )
    assert "Subject: [kdiag] fraud-prod: 1 critical" in shown
    assert "Attached: kdiag-fraud-prod-20260301T120000Z.html" in shown
    assert SECRET not in shown


def test_tls_contexts_check_names_and_chains():
    """What the other tests rest on: the standard library's defaults are kept."""
    from kdiag.sources.http import authorities

    context = authorities("")
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
