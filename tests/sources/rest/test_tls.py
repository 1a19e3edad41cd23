"""Services over TLS: they are checked, and shown our certificate where they ask for it."""

import asyncio
import ssl

import pytest
import trustme

from kdiag.errors import RequestError
from kdiag.sources.http import worded
from kdiag.sources.rest.allowlist import WORKER
from kdiag.sources.rest.endpoints import each
from tests.sources.rest.serving import asking, server, serving

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


def test_tls_that_ends_late_is_one_sentence():
    """TLS 1.3: a server that misses our certificate says so with the first answer."""
    error = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] certificate required")

    async def late():
        async with worded(server("https://registry:8081"), 5):
            raise error

    with pytest.raises(RequestError, match=r"ends TLS: \[SSL: TLSV13_ALERT_CERTIFICATE_REQ"):
        asyncio.run(late())


def test_our_certificate_is_shown(authority, ca_file, tmp_path):
    ours = tmp_path / "ours.pem"
    authority.issue_cert("kdiag.example").private_key_and_cert_chain_pem.write_to_path(str(ours))
    tls = context(authority, "127.0.0.1", wants_ours=True)

    answer, _ = told(tls, ca_file=ca_file, certificate_file=str(ours))
    assert answer == {"version": "4.4.0"}

    answer, _ = told(tls, ca_file=ca_file)
    assert answer != {"version": "4.4.0"}
    assert answer.reason
