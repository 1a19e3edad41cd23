"""What TLS needs out of a client.properties: authorities, this client's identity, host names."""

from dataclasses import dataclass
from pathlib import Path

from kdiag.errors import UsageError
from kdiag.wire.keys import Keys
from kdiag.wire.pem import certificates, inline_pem, private_key
from kdiag.wire.secret import Secret
from kdiag.wire.stores import read_store


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM texts and the rule for host names; ca None means the system's authorities."""

    ca: str | None = None
    chain: str | None = None
    key: Secret | None = None
    key_password: Secret | None = None
    check_hostname: bool = True
    origin: str = "client.properties"


def read_tls(keys: Keys) -> Tls:
    """Return what the keys `ssl.*` say. Raises UsageError, without a secret."""
    ca = _store(keys, "truststore", "ssl.truststore.certificates", None)
    key_password = keys.secret("ssl.key.password")
    chain, key = _identity(keys, key_password)
    return Tls(
        ca=None if ca is None else certificates(ca),
        chain=chain,
        key=key,
        key_password=key_password,
        check_hostname=keys.get("ssl.endpoint.identification.algorithm") != "",
        origin=keys.origin,
    )


def _store(keys: Keys, store: str, inline_key: str, key_password: Secret | None) -> str | None:
    """Return the PEM text of a store, from its file or inline."""
    declared = keys.choice(f"ssl.{store}.type", "JKS", ("PEM", "JKS", "PKCS12"))
    inline, location = keys.get(inline_key), keys.get(f"ssl.{store}.location")
    password = keys.secret(f"ssl.{store}.password")
    if inline is not None:
        return inline_pem(inline, keys.at(inline_key))
    if location is None:
        return None
    origin = keys.at(f"ssl.{store}.location")
    return read_store(Path(location), store, declared, (password, key_password), origin)


def _identity(keys: Keys, key_password: Secret | None) -> tuple[str | None, Secret | None]:
    """Return this client's certificate chain and private key; a keystore holds both."""
    text = _store(keys, "keystore", "ssl.keystore.certificate.chain", key_password)
    inline_key = keys.get("ssl.keystore.key")
    if text is None and inline_key is None:
        return None, None
    chain = certificates(text or "")
    key = private_key(text or "")
    if inline_key is not None:
        key = private_key(inline_pem(inline_key, keys.at("ssl.keystore.key")))
    if not chain or not key:
        lacks = "private key (ssl.keystore.key)" if chain else "certificate"
        raise UsageError(f"{keys.origin}: ssl.keystore has no {lacks}; it needs both")
    return chain, Secret(key)
