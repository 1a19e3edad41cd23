"""PEM texts out of files and inline values; Java's own stores are refused with a recipe.

Sources: KIP-651 (PEM for SSL stores), org.apache.kafka.common.security.ssl.DefaultSslEngineFactory.
"""

import re
from pathlib import Path

from kdiag.errors import UsageError

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_JKS_MAGIC = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_DER_SEQUENCE = b"\x30"

_CONVERT = {
    ("truststore", "JKS"): "keytool -list -rfc -keystore {file} > {pem}",
    ("truststore", "PKCS12"): "openssl pkcs12 -in {file} -nokeys -out {pem}",
    ("keystore", "JKS"): (
        "keytool -importkeystore -srckeystore {file} -destkeystore {stem}.p12"
        " -deststoretype PKCS12 && openssl pkcs12 -in {stem}.p12 -out {pem}"
    ),
    ("keystore", "PKCS12"): "openssl pkcs12 -in {file} -out {pem}",
}


def read_pem(path: Path, store: str, declared: str, origin: str) -> str:
    """Return the text of a PEM file.

    store: "truststore" or "keystore". declared: the type that the properties state, or "".
    origin: file and key of the setting, for errors.

    Raises: UsageError if it is missing, empty, or a JKS or PKCS12 store (with the way to convert).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{origin}: {path} cannot be read: {error.strerror}") from error
    kind = _kind(data, declared)
    if kind != "PEM":
        raise UsageError(f"{origin}: {path} is a {kind} store; {_recipe(path, store, kind)}")
    blocks = [match[0] for match in _BLOCK.finditer(data.decode("latin-1"))]
    if not blocks:
        raise UsageError(f"{origin}: {path} holds no PEM block (-----BEGIN ... -----END ...)")
    return "\n".join(blocks) + "\n"


def inline_pem(text: str, origin: str) -> str:
    """Return a PEM text out of a property, where line breaks may have become blanks.

    Raises: UsageError if there is no PEM block in it.
    """
    blocks = _BLOCK.findall(text)
    if not blocks:
        raise UsageError(f"{origin}: holds no PEM block (-----BEGIN ... -----END ...)")
    return "".join(
        f"-----BEGIN {label}-----\n{_wrap(body)}-----END {label}-----\n" for label, body in blocks
    )


def certificates(text: str) -> str:
    """Return the certificates of a PEM text, without the private key that may stand beside."""
    return _blocks(text, "CERTIFICATE")


def private_key(text: str) -> str:
    """Return the private key of a PEM text; empty if there is none."""
    return _blocks(text, "PRIVATE KEY")


def _blocks(text: str, label: str) -> str:
    return "".join(f"{m[0]}\n" for m in _BLOCK.finditer(text) if m[1].endswith(label))


def _wrap(body: str) -> str:
    flat = "".join(body.split())
    return "".join(flat[i : i + 64] + "\n" for i in range(0, len(flat), 64))


def _kind(data: bytes, declared: str) -> str:
    if b"-----BEGIN " in data or not data.strip():
        return "PEM"
    if data.startswith(_JKS_MAGIC):
        return "JKS"
    if data.startswith(_DER_SEQUENCE):
        return "PKCS12"
    return declared if declared in ("JKS", "PKCS12") else "PEM"


def _recipe(path: Path, store: str, kind: str) -> str:
    stem = path.with_suffix("")
    line = _CONVERT[store, kind].format(file=path, pem=f"{stem}.pem", stem=stem)
    return f"convert it with: {line} and set ssl.{store}.type=PEM, ssl.{store}.location={stem}.pem"
