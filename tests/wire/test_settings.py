"""client.properties to settings: what is accepted, and one sentence for what is not."""

import subprocess

import pytest
import trustme

from kdiag.errors import UsageError
from kdiag.wire.librdkafka import as_librdkafka
from kdiag.wire.settings import ClientSettings, read_settings, settings_from
from kdiag.wire.tls import tls_context

KEY = "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----"
MODULES = "org.apache.kafka.common.security"
PLAIN = f'{MODULES}.plain.PlainLoginModule required username="alice" password="s3cret";'
SCRAM = f'{MODULES}.scram.ScramLoginModule required username="bob" password="s3cret";'
SASL = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.jaas.config": PLAIN}


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    """A directory with ca.pem, client.pem (key and chain), encrypted.pem (password: keypw)."""
    directory = tmp_path_factory.mktemp("pems")
    authority = trustme.CA()
    client = authority.issue_cert("client@example.com")
    authority.cert_pem.write_to_path(directory / "ca.pem")
    client.private_key_pem.write_to_path(directory / "key.pem")
    chain = b"".join(blob.bytes() for blob in client.cert_chain_pems)
    (directory / "chain.pem").write_bytes(chain)
    for name, options in (
        ("client.pem", ["-nocrypt"]),
        ("encrypted.pem", ["-passout", "pass:keypw"]),
    ):
        command = ["openssl", "pkcs8", "-topk8", "-in", str(directory / "key.pem"), *options]
        key = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
        (directory / name).write_bytes(key + chain)
    return directory


def ssl(pems, **keys):
    known = {
        "security.protocol": "SSL",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(pems / "ca.pem"),
    }
    return known | {key.replace("_", "."): value for key, value in keys.items()}


def test_an_empty_mapping_means_plaintext():
    assert settings_from({}, "f") == ClientSettings()


def test_a_whole_file(tmp_path, pems):
    file = tmp_path / "client.properties"
    file.write_text(
        "bootstrap.servers=b1:9093,b2:9093\nclient.id = ops\nsecurity.protocol=SASL_SSL\n"
        f"ssl.truststore.type=PEM\nssl.truststore.location={pems / 'ca.pem'}\n"
        "sasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=\\\n"
        "  org.apache.kafka.common.security.scram.ScramLoginModule required \\\n"
        '  username="bob" \\\n  password="s3\\\\"cret";\n'
        "acks=all\n"
    )
    settings = read_settings(file)
    assert settings.bootstrap_servers == "b1:9093,b2:9093"
    assert settings.client_id == "ops"
    assert settings.sasl.username == "bob"
    assert settings.sasl.password.value == 's3"cret'
    assert settings.tls.ca.startswith("-----BEGIN CERTIFICATE-----")
    assert settings.tls.check_hostname
    assert settings.warnings == (f"{file}: acks is not used",)


def test_secrets_are_never_printed(pems):
    keys = ssl(pems) | SASL | {"security.protocol": "SASL_SSL"}
    keys |= {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(pems / "encrypted.pem")}
    settings = settings_from(keys | {"ssl.key.password": "keypw"}, "f")
    shown = repr(settings) + str(settings.sasl.password) + f"{settings.tls.key:>10}"
    for secret in ("s3cret", "keypw", "PRIVATE KEY"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            {"security.protocol": "TLS"},
            "f: security.protocol is 'TLS'; allowed are PLAINTEXT, SSL,",
        ),
        ({"security.protocol": ""}, "f: security.protocol is ''; allowed are"),
        (
            SASL | {"sasl.mechanism": "DIGEST-MD5"},
            "f: sasl.mechanism is 'DIGEST-MD5'; allowed are PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
        ),
        (
            SASL | {"sasl.mechanism": "AWS_MSK_IAM"},
            "f: sasl.mechanism AWS_MSK_IAM is for Java; Amazon MSK takes the same identity with "
            "sasl.mechanism=OAUTHBEARER, and sasl.oauthbearer.token_command",
        ),
        (
            {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"},
            "f: sasl.jaas.config is missing; PLAIN takes user name and password from it",
        ),
        (
            SASL | {"sasl.jaas.config": SCRAM},
            "f: sasl.jaas.config names ScramLoginModule; sasl.mechanism=PLAIN needs PlainLogin",
        ),
        (
            SASL | {"sasl.jaas.config": PLAIN.replace('password="s3cret"', "")},
            'f: sasl.jaas.config has no password; it should hold password="..."',
        ),
        (
            SASL | {"sasl.jaas.config": PLAIN.replace('"s3cret"', '""')},
            "f: sasl.jaas.config has no password",
        ),
        (
            {"security.protocol": "SSL", "ssl.truststore.location": "/nowhere/ca.pem"},
            "f: ssl.truststore.location: /nowhere/ca.pem cannot be read: No such file",
        ),
        (
            {"security.protocol": "SSL", "ssl.truststore.certificates": "MIIB"},
            "f: ssl.truststore.certificates: holds no PEM block",
        ),
        (
            {"security.protocol": "SSL", "ssl.truststore.type": "BKS"},
            "f: ssl.truststore.type is 'BKS'; allowed are PEM, JKS, PKCS12",
        ),
        (
            {"security.protocol": "SSL", "ssl.keystore.key": KEY},
            "f: ssl.keystore has no certificate; it needs both",
        ),
        (
            SASL | {"sasl.jaas.config": "${env:KDIAG_TEST_NOT_SET}"},
            "f: sasl.jaas.config refers to KDIAG_TEST_NOT_SET, which is not in the environment",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(keys, sentence):
    with pytest.raises(UsageError) as caught:
        settings_from(keys, "f")
    assert str(caught.value).startswith(sentence)
    assert "s3cret" not in str(caught.value)


def test_what_is_not_used_is_a_warning():
    keys = {
        "ssl.truststore.location": "/nowhere",
        "sasl.mechanism": "GSSAPI",
        "fetch.min.bytes": "1",
    }
    assert settings_from(keys, "f").warnings == (
        "f: fetch.min.bytes is not used",
        "f: sasl.mechanism is not used with security.protocol=PLAINTEXT",
        "f: ssl.truststore.location is not used with security.protocol=PLAINTEXT",
    )


def test_references_to_environment_and_files(tmp_path, monkeypatch):
    monkeypatch.setenv("KDIAG_TEST_JAAS", PLAIN)
    (tmp_path / "secrets").write_text("user=carol\n")
    keys = SASL | {
        "config.providers": "env,file",
        "config.providers.env.class": "any.EnvVarConfigProvider",
        "sasl.jaas.config": "${env:KDIAG_TEST_JAAS}",
        "client.id": f"${{file:{tmp_path / 'secrets'}:user}}-${{other:x}}",
    }
    settings = settings_from(keys, "f")
    assert settings.sasl.username == "alice"
    assert settings.client_id == "carol-${other:x}"
    assert settings.warnings == ()


def test_inline_pem_with_blanks_for_line_breaks(pems):
    flat = (pems / "ca.pem").read_text().replace("\n", " ")
    keys = ssl(pems) | {"ssl.truststore.certificates": flat}
    del keys["ssl.truststore.location"]
    assert len(tls_context(settings_from(keys, "f").tls).get_ca_certs()) == 1


def test_an_inline_identity(pems):
    text = (pems / "client.pem").read_text()
    end = text.index("-----BEGIN CERT")
    keys = ssl(pems) | {
        "ssl.keystore.key": text[:end].replace("\n", " "),
        "ssl.keystore.certificate.chain": text[end:].replace("\n", " "),
    }
    tls_context(settings_from(keys, "f").tls)


@pytest.mark.parametrize("algorithm", ["", "https", None])
def test_an_empty_algorithm_turns_off_the_host_name_check(pems, algorithm):
    keys = ssl(pems)
    if algorithm is not None:
        keys["ssl.endpoint.identification.algorithm"] = algorithm
    assert tls_context(settings_from(keys, "f").tls).check_hostname is (algorithm != "")


def test_an_encrypted_key_needs_its_password(pems):
    keys = ssl(pems) | {"ssl.keystore.location": str(pems / "encrypted.pem")}
    tls_context(settings_from(keys | {"ssl.key.password": "keypw"}, "f").tls)
    with pytest.raises(UsageError, match=r"f: ssl\.key\.password is missing"):
        tls_context(settings_from(keys, "f").tls)
    with pytest.raises(UsageError, match=r"f: ssl\.key\.password does not open the key") as caught:
        tls_context(settings_from(keys | {"ssl.key.password": "s3cret"}, "f").tls)
    assert "s3cret" not in str(caught.value)


def test_a_broken_authority_and_a_broken_key(pems, tmp_path):
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    with pytest.raises(
        UsageError, match=r"f: ssl\.truststore holds no certificate that can be read"
    ):
        tls_context(settings_from(ssl(pems) | {"ssl.truststore.location": str(broken)}, "f").tls)
    keys = ssl(pems) | {"ssl.keystore.location": str(pems / "ca.pem")}
    with pytest.raises(UsageError, match=r"f: ssl\.keystore has no private key"):
        settings_from(keys, "f")
    keys = ssl(pems) | {"ssl.keystore.location": str(pems / "chain.pem"), "ssl.keystore.key": KEY}
    with pytest.raises(UsageError, match=r"f: ssl\.keystore holds no usable key and chain"):
        tls_context(settings_from(keys, "f").tls)
    (tmp_path / "empty.pem").write_text("")
    keys = ssl(pems) | {"ssl.truststore.location": str(tmp_path / "empty.pem")}
    with pytest.raises(UsageError, match=r"empty\.pem holds no PEM block"):
        settings_from(keys, "f")


def test_librdkafka_accepts_the_translation(pems):
    from confluent_kafka.admin import AdminClient

    keys = ssl(pems) | SASL | {"security.protocol": "SASL_SSL", "bootstrap.servers": "localhost:1"}
    keys |= {"ssl.keystore.location": str(pems / "encrypted.pem"), "ssl.key.password": "keypw"}
    keys |= {"ssl.endpoint.identification.algorithm": ""}
    conf = as_librdkafka(settings_from(keys, "f"))
    assert conf["security.protocol"] == "sasl_ssl"
    assert conf["sasl.password"] == "s3cret"
    assert conf["ssl.endpoint.identification.algorithm"] == "none"
    AdminClient(conf, logger=__import__("logging").getLogger("quiet"))
    assert as_librdkafka(ClientSettings()) == {
        "client.id": "kdiag",
        "security.protocol": "plaintext",
    }
