"""Services over TLS: they are checked, and shown our certificate where they ask for it."""

import asyncio
import re
import ssl

import pytest
import trustme

from kdiag.errors import RequestError
from kdiag.sources.http import worded
from kdiag.sources.rest.allowlist import WORKER
from kdiag.sources.rest.endpoints import each
from tests.sources.rest.serving import asking, server, serving
from tests.sources.rest.talking import OK, answering, run, talking
from tests.sources.rest.talking import told as told_of

ANSWERS = {"/": (200, {"version": "4.4.0"})}


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def context(authority, host, *, wants_ours=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(made)
    if wants_ours:
        authority.configure_trust(made)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def told(tls, **more):
    """What an endpoint tells, or why not."""
    with serving(ANSWERS, tls) as service:

        async def read(rest):
            return [await rest.ask(WORKER) for _ in range(2)][-1]

        [answer] = asyncio.run(each([server(service.url, **more)], asking(), read)).values()
        return answer, service.connections


@pytest.fixture
def ca_file(authority, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def test_one_with_a_certificate_of_a_known_authority_is_asked(authority, ca_file):
    answer, connections = told(context(authority, "127.0.0.1"), ca_file=ca_file)

    assert answer == {"version": "4.4.0"}
    assert connections == 1


def test_one_of_an_unknown_authority_is_not(authority):
    answer, _ = told(context(authority, "127.0.0.1"))

    assert "cannot be reached" in answer.reason
    assert "certificate verify failed" in answer.reason


def test_a_certificate_for_another_host_is_refused(authority, ca_file):
    answer, _ = told(context(authority, "elsewhere.example"), ca_file=ca_file)

    assert "certificate verify failed" in answer.reason


def test_http_where_tls_is_wanted_and_the_reverse(authority, ca_file):
    async def both():
        tls = context(authority, "127.0.0.1")

        async def at_once(talker, reader, writer):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with talking(at_once) as plain, talking(answering(OK), tls=tls) as over_tls:
            return [
                (await told_of(url, lambda rest: rest.ask(WORKER), ca_file=ca_file)).reason
                for url in (
                    plain.url.replace("http:", "https:"),
                    over_tls.url.replace("https:", "http:"),
                )
            ]

    no_tls, no_http = run(both())

    assert no_tls.endswith("cannot be reached: what answers there does not speak TLS")
    assert no_http.endswith("closes the connection without an answer; does it want https?")


def test_tls_that_ends_late_is_one_sentence():
    """TLS 1.3: a server that misses our certificate says so with the first answer."""
    error = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] certificate required")
    error.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"

    async def late():
        async with worded(server("https://registry:8081"), 5):
            raise error

    with pytest.raises(RequestError, match=r"ends TLS: tlsv13 alert certificate required$"):
        asyncio.run(late())


def test_our_certificate_is_shown(authority, ca_file, tmp_path):
    ours = tmp_path / "ours.pem"
    authority.issue_cert("kdiag.example").private_key_and_cert_chain_pem.write_to_path(str(ours))
    tls = context(authority, "127.0.0.1", wants_ours=True)

    answer, _ = told(tls, ca_file=ca_file, certificate_file=str(ours))
    assert answer == {"version": "4.4.0"}

    answer, _ = told(tls, ca_file=ca_file)
    assert re.search(r"ends (TLS|the connection): |without an answer", answer.reason)
    assert answer.reason.endswith(("certificate required", "does it want a certificate of ours?"))
