"""Each way into a real broker, and the sentence for each way that is barred."""

import asyncio
from collections.abc import Iterator

import pytest

from kdiag.errors import ConnectError
from kdiag.lab import Lab
from kdiag.wire import properties
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import settings_from

pytestmark = pytest.mark.live

KINDS = ("ssl", "mtls", "sasl_plain", "scram_sha_256", "scram_sha_512", "sasl_ssl")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(1, listeners=KINDS) as lab:
        yield lab


def metadata(lab: Lab, listener: str, keys: dict[str, str]) -> dict[str, int]:
    """Log in at a kind of listener, ask for metadata, return the requests that it took."""

    async def run() -> dict[str, int]:
        settings = settings_from(keys, "client.properties")
        async with await Wire.connect(lab.bootstrap_of(listener), settings, 5) as wire:
            assert len((await wire.ask(None, "Metadata", {"topics": None})).brokers) == 1
            return dict(wire.traffic.requests)

    return asyncio.run(run())


def keys_of(lab: Lab, kind: str, **changes: str) -> dict[str, str]:
    changed = {name.replace("_", "."): value for name, value in changes.items()}
    return properties.load(lab.client_properties(kind)) | changed


@pytest.mark.parametrize("kind", ["plaintext", *KINDS])
def test_every_kind_of_listener_lets_us_in(lab: Lab, kind: str) -> None:
    requests = metadata(lab, kind, keys_of(lab, kind))
    tokens = {"sasl_plain": 1, "scram_sha_256": 2, "scram_sha_512": 2, "sasl_ssl": 2}.get(kind, 0)
    expected = {"ApiVersions": 1, "Metadata": 1}
    if tokens:
        expected |= {"SaslHandshake": 1, "SaslAuthenticate": tokens}
    assert requests == expected


@pytest.mark.parametrize(
    ("listener", "kind", "sentence"),
    [
        ("ssl", "plaintext", "it wants security.protocol=SSL or SASL_SSL"),
        ("plaintext", "ssl", "TLS handshake failed: the peer closed the connection"),
        ("mtls", "ssl", "the listener may want a client certificate"),
        ("sasl_plain", "plaintext", "the listener may want SASL"),
        ("sasl_ssl", "ssl", "the listener may want SASL"),
        ("sasl_ssl", "sasl_plain", "it wants security.protocol=SSL or SASL_SSL"),
        ("plaintext", "sasl_plain", "this listener wants no SASL"),
        ("sasl_plain", "scram_sha_256", "does not offer SASL mechanism SCRAM-SHA-256; it offers"),
    ],
)
def test_the_wrong_key_for_a_door(lab: Lab, listener: str, kind: str, sentence: str) -> None:
    with pytest.raises(ConnectError) as caught:
        metadata(lab, listener, keys_of(lab, kind))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["sasl_plain", "scram_sha_256", "scram_sha_512", "sasl_ssl"])
def test_a_wrong_password(lab: Lab, kind: str) -> None:
    keys = keys_of(lab, kind)
    module = keys["sasl.jaas.config"].partition(" ")[0]
    keys["sasl.jaas.config"] = f'{module} required username="eve" password="s3cret";'
    with pytest.raises(ConnectError, match=r"login \(.+\) of 'eve' failed: ") as caught:
        metadata(lab, kind, keys)
    assert "check user name and password in sasl.jaas.config" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_authority_that_is_not_trusted(lab: Lab) -> None:
    with pytest.raises(ConnectError, match=r"put the broker's authority into ssl\.truststore"):
        metadata(lab, "ssl", {"security.protocol": "SSL"})
