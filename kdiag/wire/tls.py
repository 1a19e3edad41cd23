"""TLS contexts out of PEM texts."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from kdiag.errors import UsageError
from kdiag.wire.trust import Tls


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return the context for one cluster's listeners; make it once, all connections share it.

    As in Java (PKIX, trust anchors), each certificate of the truststore is trusted, whether or not
    it is a root, and authorities need not follow RFC 5280 to the letter.

    Raises: UsageError if a certificate or key cannot be used.
    """
    try:
        context = ssl.create_default_context(cadata=tls.ca)
    except ssl.SSLError as error:
        at = f"{tls.origin}: ssl.truststore"
        raise UsageError(f"{at} holds no certificate that can be read: {_why(error)}") from error
    context.check_hostname = tls.check_hostname
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if tls.chain is not None:
        _load_identity(context, tls)
    return context


def _load_identity(context: ssl.SSLContext, tls: Tls) -> None:
    password = tls.key_password.value if tls.key_password is not None else None
    at = f"{tls.origin}: ssl.keystore"
    asked = []

    def say_password() -> str:
        asked.append(True)  # without a callback OpenSSL would ask on the terminal
        return password or ""

    key = tls.key.value if tls.key is not None else ""
    with _private_file(f"{key}\n{tls.chain}") as path:
        try:
            context.load_cert_chain(path, password=say_password)
        except (ssl.SSLError, OSError, ValueError) as error:
            if asked:
                wrong = "does not open" if password else "is missing: it opens"
                raise UsageError(f"{tls.origin}: ssl.key.password {wrong} the key") from None
            raise UsageError(f"{at} holds no usable key and chain: {_why(error)}") from None


@contextmanager
def _private_file(text: str) -> Iterator[str]:
    """Yield a file with mode 0600 that lives as long as OpenSSL needs to read it."""
    handle, path = tempfile.mkstemp(prefix="kdiag-", suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="latin-1") as file:
            file.write(text)
        yield path
    finally:
        os.unlink(path)  # noqa: PTH108


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason).lower().replace("_", " ") if reason else str(error) or type(error).__name__
