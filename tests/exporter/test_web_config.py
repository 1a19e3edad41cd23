import ssl

import bcrypt
import pytest
import trustme

from kdiag.errors import UsageError
from kdiag.exporter.web.auth import Users
from kdiag.exporter.web.config import read_web_config

HASH = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()


@pytest.fixture
def write(tmp_path):
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    server.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    server.private_key_pem.write_to_path(tmp_path / "server.key")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    def written(text):
        file = tmp_path / "web.yml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


TLS = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"


def test_without_a_file_everybody_is_let_in_without_tls():
    config = read_web_config(None)

    assert config.context is None
    assert Users(config.users).lets_in(None)


def test_paths_are_relative_to_the_file_and_old_tls_is_off(write):
    config = read_web_config(write(TLS))

    assert config.context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert config.context.verify_mode is ssl.CERT_NONE
    assert [file.name for file in config.files] == ["web.yml", "server.pem", "server.key"]


def test_client_certificates_are_asked_for(write):
    more = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
    config = read_web_config(write(f"{TLS}{more}  client_allowed_sans: [prometheus.example]\n"))

    assert config.context.verify_mode is ssl.CERT_REQUIRED
    assert config.allowed_sans == ("prometheus.example",)


def test_versions_suites_and_curves_are_taken(write):
    more = (
        "  min_version: TLS13\n  curve_preferences: [CurveP256]\n"
        "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]\n"
    )
    context = read_web_config(write(TLS + more)).context

    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    names = {each["name"] for each in context.get_ciphers()}
    assert {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"} <= names


def test_headers_and_users_are_taken(write):
    text = f"basic_auth_users:\n  prometheus: {HASH}\nhttp_server_config:\n  headers:\n"
    config = read_web_config(write(text + "    X-Frame-Options: deny\n"))

    assert config.headers == {"X-Frame-Options": "deny"}
    assert config.users == {"prometheus": HASH}
    assert HASH not in repr(config)


WRONG = {
    "tls_server_config: [": "is not YAML (line 1)",
    "[1, 2]": "is no table",
    "tls_config: {}": "tls_config is not known; allowed are basic_auth_users, http_server_config",
    "tls_server_config: 3": "tls_server_config must be a table",
    "tls_server_config: {cert: x}": "tls_server_config.cert is not known; allowed are",
    "tls_server_config: {cert_file: server.pem}": "tls_server_config.key_file is missing",
    "tls_server_config: {cert_file: no.pem, key_file: server.key}": "no.pem: cannot be read",
    "tls_server_config: {cert_file: server.pem, key_file: ca.pem}": "no certificate with its key",
    TLS + "  min_version: TLS10\n": "min_version TLS10 is not offered; allowed are TLS12, TLS13",
    TLS + "  client_auth_type: RequireAnyClientCert\n": "RequireAnyClientCert is not offered",
    TLS + "  client_ca_file: ca.pem\n": "need a client_auth_type that verifies",
    TLS + "  client_auth_type: VerifyClientCertIfGiven\n": "client_ca_file is missing",
    TLS + "  cipher_suites: [TLS_MADE_UP]\n": "tls_server_config.cipher_suites",
    TLS + "  curve_preferences: [X25519, CurveP256]\n": "curve_preferences takes one",
    "basic_auth_users: {alice: plain}": "basic_auth_users.alice must be a bcrypt hash",
    "http_server_config: {headers: {Server: x}}": "header Server cannot be set; allowed are",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_one_sentence_with_the_file(write, text):
    file = write(text)

    with pytest.raises(UsageError) as error:
        read_web_config(file)

    assert WRONG[text] in str(error.value)
    assert str(file.parent) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"web\.yml: cannot be read: No such file"):
        read_web_config(tmp_path / "web.yml")


@pytest.mark.parametrize(
    ("header", "is_let_in"),
    [
        ("Basic YWxpY2U6czNjcmV0", True),
        ("basic YWxpY2U6czNjcmV0", True),
        ("Basic YWxpY2U6d3Jvbmc=", False),
        ("Basic Ym9iOnMzY3JldA==", False),
        ("Basic !!", False),
        ("Basic YWxpY2U=", False),
        ("Bearer YWxpY2U6czNjcmV0", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_right_password_lets_in(header, is_let_in):
    users = Users({"alice": HASH})

    assert users.lets_in(header) is is_let_in
    assert users.lets_in(header) is is_let_in
