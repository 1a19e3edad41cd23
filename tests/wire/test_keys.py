"""Keys of a client.properties: secrets from elsewhere, names that are nearly right, references."""

import sys

import pytest

from kdiag.errors import UsageError
from kdiag.wire.keys import KEYS, SECRETS, Keys
from kdiag.wire.settings import read_settings, settings_from
from kdiag.wire.variables import VARIABLES

SASL = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "ann"}


def printing(text):
    return f'{sys.executable} -c "print({text!r})"'


def test_a_password_in_a_file_of_its_own(tmp_path):
    (tmp_path / "password").write_text("s3cret\n")

    settings = settings_from(SASL | {"sasl.password_file": str(tmp_path / "password")}, "f")

    assert settings.sasl.username == "ann"
    assert settings.sasl.password.value == "s3cret"
    assert settings.warnings == ()


def test_a_password_that_a_command_prints():
    settings = settings_from(SASL | {"sasl.password_command": printing("s3cret")}, "f")

    assert settings.sasl.password.value == "s3cret"


def test_a_user_in_the_login_module_and_the_password_beside_it(tmp_path):
    (tmp_path / "password").write_text("s3cret")
    jaas = 'a.b.PlainLoginModule required username="bob";'
    keys = SASL | {"sasl.jaas.config": jaas, "sasl.password_file": str(tmp_path / "password")}

    settings = settings_from(keys, "f")

    assert (settings.sasl.username, settings.sasl.password.value) == ("bob", "s3cret")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"sasl.password_file": "/nowhere/p"}, "f: sasl.password_file: /nowhere/p cannot be read"),
        (
            {"sasl.password_command": "/no/p x"},
            "f: sasl.password_command: /no/p: No such",
        ),
        ({"sasl.password_command": "false"}, "f: sasl.password_command: false ended with 1"),
        ({"sasl.password_command": "true"}, "f: sasl.password_command gives an empty value"),
        ({"sasl.password_command": "echo 'a"}, "f: sasl.password_command cannot be read: no clos"),
        ({"sasl.password_command": " "}, "f: sasl.password_command names no command"),
        (
            {"sasl.password": "s3cret", "sasl.password_file": "x"},
            "f: sasl.password and sasl.password_file exclude each other",
        ),
        ({}, "f: sasl.jaas.config has no password; it should hold password="),
    ],
)
def test_a_secret_that_cannot_be_had_is_one_sentence(more, sentence):
    with pytest.raises(UsageError) as caught:
        settings_from(SASL | more, "f")
    assert str(caught.value).startswith(sentence)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_can_come_from_a_file(tmp_path, secret):
    (tmp_path / "one").write_text("s3cret\n")

    assert Keys({f"{secret}_file": str(tmp_path / "one")}, "f").secret(secret).value == "s3cret"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ssl.trustore.location", "; did you mean ssl.truststore.location?"),
        ("sasl.mechanisms", "; did you mean sasl.mechanism?"),
        ("security.protocoll", "; did you mean security.protocol?"),
        ("acks", ""),
        ("ssl.key.password", " with security.protocol=PLAINTEXT"),
    ],
)
def test_a_key_that_is_not_used_comes_with_the_nearest_one_that_is(key, words):
    assert settings_from({key: "x"}, "f").warnings == (f"f: {key} is not used{words}",)


def test_a_secret_in_a_directory_of_secrets(tmp_path):
    (tmp_path / "password").write_text("s3cret")
    jaas = f'a.PlainLoginModule required username=a password="${{directory:{tmp_path}:password}}";'

    assert settings_from(SASL | {"sasl.jaas.config": jaas}, "f").sasl.password.value == "s3cret"
    with pytest.raises(UsageError, match="refers to user, which is not in"):
        settings_from(SASL | {"sasl.username": f"${{directory:{tmp_path}:user}}"}, "f")


def test_a_container_needs_no_file(monkeypatch, tmp_path):
    (tmp_path / "password").write_text("s3cret\n")
    monkeypatch.setenv("KDIAG_KAFKA_BOOTSTRAP_SERVERS", "b1:9092")
    monkeypatch.setenv("KDIAG_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("KDIAG_KAFKA_SASL_MECHANISM", "SCRAM-SHA-256")
    monkeypatch.setenv("KDIAG_KAFKA_SASL_USERNAME", "ann")
    monkeypatch.setenv("KDIAG_KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))

    settings = read_settings(None)

    assert settings.bootstrap_servers == "b1:9092"
    assert settings.sasl.mechanism == "SCRAM-SHA-256"
    assert settings.sasl.password.value == "s3cret"


def test_variables_beat_the_file(monkeypatch, tmp_path):
    (tmp_path / "f").write_text("client.id=file\nbootstrap.servers=a:1\n")
    monkeypatch.setenv("KDIAG_KAFKA_CLIENT_ID", "variable")

    settings = read_settings(tmp_path / "f")

    assert (settings.client_id, settings.bootstrap_servers) == ("variable", "a:1")


def test_no_two_keys_share_a_variable():
    assert len(VARIABLES) == len(KEYS)


def test_kerberos_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gssapi", None)
    keys = {"security.protocol": "SASL_SSL", "sasl.kerberos.service.name": "kafka"}

    with pytest.raises(UsageError, match=r"GSSAPI needs the package gssapi; install it with: pip"):
        settings_from(keys, "f")
