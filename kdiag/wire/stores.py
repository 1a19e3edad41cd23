"""Stores of certificates and keys as PEM texts: PEM files, PKCS12, and Java's own JKS.

Sources: KIP-651 (PEM for SSL stores), org.apache.kafka.common.security.ssl.DefaultSslEngineFactory,
RFC 7292 (PKCS12).
"""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kdiag.bounded import read_bytes
from kdiag.errors import UsageError
from kdiag.wire import jks
from kdiag.wire.pem import pem_blocks
from kdiag.wire.secret import Secret

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_JCEKS_MAGIC: Final = b"\xce\xce\xce\xce"
_DER_SEQUENCE: Final = b"\x30"

Passwords = tuple[Secret | None, Secret | None]
"""That of the store, and that of the key where it has one of its own."""


def read_store(path: Path, store: str, declared: str, passwords: Passwords, origin: str) -> str:
    """Return certificates and key of a store as PEM text.

    store: "truststore" or "keystore". declared: the type that the properties state; what the file
    really is wins. origin: file and key of the setting, for errors.

    Raises UsageError if it is missing, empty, does not open, or cannot be read at all (with the way
    to convert it).
    """
    try:
        data = read_bytes(path)
    except OSError as error:
        raise UsageError(f"{origin}: {path} cannot be read: {error.strerror}") from error
    kind = _kind(data, declared)
    if kind == "PEM":
        blocks = pem_blocks(data.decode("latin-1"))
        if not blocks:
            raise UsageError(f"{origin}: {path} holds no PEM block (-----BEGIN ... -----END ...)")
        return blocks
    if kind == "JCEKS":
        raise UsageError(f"{origin}: {path} is a JCEKS store; {_recipe(path, store)}")
    at = f"{origin}: {path}"
    read = _jks if kind == "JKS" else _pkcs12
    text = read(data, passwords, store, at)
    if not text:
        raise UsageError(f"{at} holds no certificate")
    return text


def _kind(data: bytes, declared: str) -> str:
    if b"-----BEGIN " in data or not data.strip():
        return "PEM"
    if data.startswith(jks.MAGIC):
        return "JKS"
    if data.startswith(_JCEKS_MAGIC):
        return "JCEKS"
    if data.startswith(_DER_SEQUENCE):
        return "PKCS12"
    return declared


def _recipe(path: Path, store: str) -> str:
    new = path.with_suffix(".p12")
    return (
        f"convert it with: keytool -importkeystore -srckeystore {path} -srcstoretype JCEKS "
        f"-destkeystore {new} -deststoretype PKCS12 and set ssl.{store}.location={new}"
    )


def _pkcs12(data: bytes, passwords: Passwords, store: str, at: str) -> str:
    from cryptography.hazmat.primitives.serialization import pkcs12

    password = passwords[0].value.encode() if passwords[0] is not None else None
    try:
        with warnings.catch_warnings(action="ignore"):  # that it is BER and not DER
            found = pkcs12.load_pkcs12(data, password)
    except ValueError as error:
        raise UsageError(f"{at} {_why_closed(password is not None, store)}") from error
    held = [found.cert, *found.additional_certs]
    chain = [one.certificate for one in held if one is not None]
    return _text(found.key, chain)


def _why_closed(has_password: bool, store: str) -> str:
    if has_password:
        return f"does not open with ssl.{store}.password, or is damaged"
    return f"is a PKCS12 store that needs ssl.{store}.password"


def _jks(data: bytes, passwords: Passwords, store: str, at: str) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    of_store, of_key = (None if one is None else one.value for one in passwords)
    try:
        found = jks.read(data, of_store, of_key or of_store)
        key: Any = None if found.key is None else load_der_private_key(found.key, None)
        return _text(key, [x509.load_der_x509_certificate(one) for one in found.certificates])
    except jks.WrongPassword:
        raise UsageError(f"{at} does not open with ssl.{store}.password") from None
    except jks.WrongKeyPassword:
        own = "ssl.key.password" if of_key else f"ssl.{store}.password"
        raise UsageError(f"{at}: its key does not open with {own}") from None
    except ValueError as error:
        raise UsageError(f"{at} is a damaged JKS store") from error


def _text(key: Any, chain: "Iterable[Certificate]") -> str:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    parts = [certificate.public_bytes(Encoding.PEM) for certificate in chain]
    if key is not None:
        parts.insert(0, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return b"".join(parts).decode("ascii")
