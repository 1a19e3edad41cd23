"""One connection through all its hops: resolve, connect, TLS, ApiVersions, SASL."""

import asyncio
import math
import ssl
from typing import NamedTuple

from kdiag.errors import ConnectError, RequestError
from kdiag.wire.addresses import Address
from kdiag.wire.connection import Connection
from kdiag.wire.dial import dial
from kdiag.wire.logins import Login
from kdiag.wire.sasl import authenticate
from kdiag.wire.settings import ClientSettings
from kdiag.wire.tls import tls_context
from kdiag.wire.traffic import Traffic
from kdiag.wire.versions import Versions, ask_versions

_LIFETIME_USED = 0.85  # as Java's SaslClientAuthenticator, which takes 85 % to 95 %
_MAYBE_TLS = "this port may want TLS (security.protocol=SSL or SASL_SSL)"
_MAYBE_CLIENT_CERTIFICATE = (
    "the listener may want a client certificate that it trusts (ssl.keystore.location)"
)
_MAYBE_SASL = "the listener may want SASL (security.protocol=SASL_PLAINTEXT or SASL_SSL)"


class Security(NamedTuple):
    """What every connection to a cluster needs: one TLS context, credentials, our name."""

    tls: ssl.SSLContext | None
    sasl: Login | None
    client_id: str


def security_of(settings: ClientSettings) -> Security:
    """Make the TLS context, once for all connections.

    Raises: UsageError if a certificate or key cannot be used.
    """
    tls = tls_context(settings.tls) if settings.tls is not None else None
    return Security(tls, settings.sasl, settings.client_id)


class Opened(NamedTuple):
    """A connection that takes any request, and what its broker speaks.

    expires_at: when it wants replacing because the login ends, in seconds of the loop's clock.
    """

    connection: Connection
    versions: Versions
    expires_at: float = math.inf


async def open_connection(
    host: str, port: int, security: Security, deadline: float, traffic: Traffic | None = None
) -> Opened:
    """Return a connection to one listener; closed again on every failure, and when cancelled.

    deadline: in seconds of the running loop's clock, for all hops together.

    Raises: ConnectError: one sentence with the hop, what happened, what to look at.
    """
    address = Address(host, port)
    traffic = traffic if traffic is not None else Traffic()
    reader, transport = await dial(address, security.tls, traffic, deadline)
    connection = Connection(address, reader, transport, security.client_id, traffic)
    try:
        return await _greet(connection, security, deadline)
    except RequestError as error:
        connection.close()
        raise ConnectError(str(error)) from error
    except BaseException:
        connection.close()
        raise


async def _greet(connection: Connection, security: Security, deadline: float) -> Opened:
    """ApiVersions, then SASL. The hint is used if the peer closes instead of answering."""
    connection.hint = _MAYBE_TLS if security.tls is None else _MAYBE_CLIENT_CERTIFICATE
    versions = await ask_versions(connection, deadline)
    if security.sasl is None:
        connection.hint = _MAYBE_SASL
        return Opened(connection, versions)
    lifetime = await authenticate(connection, security.sasl, versions.ranges, deadline)
    connection.hint = ""
    expires_at = asyncio.get_running_loop().time() + lifetime * _LIFETIME_USED
    return Opened(connection, versions, expires_at)
