"""SASL inside SaslHandshake v1 and SaslAuthenticate (KIP-43, KIP-152).

PLAIN, SCRAM (KIP-84), OAUTHBEARER (KIP-255) and GSSAPI.
"""

import asyncio
import math
from collections.abc import Mapping
from typing import Any

from kio.schema.errors import ErrorCode

from kdiag.errors import ConnectError
from kdiag.wire.allowlist import APIS
from kdiag.wire.connection import Connection
from kdiag.wire.error_codes import error_name
from kdiag.wire.exchanges import Exchange, bearer, kerberos, next_token, plain, scram
from kdiag.wire.logins import Bearer, Kerberos, Login, Password
from kdiag.wire.request import make_request
from kdiag.wire.versions import choose

Ranges = Mapping[int, tuple[int, int]]


async def authenticate(
    connection: Connection, login: Login, ranges: Ranges, deadline: float
) -> float:
    """Prove who we are; after it the connection takes any request.

    Return for how many seconds the broker lets us in (connections.max.reauth.ms, KIP-368).

    Raises: ConnectError (mechanism not enabled, wrong user or password, no token to be had),
    TimedOut, Unreachable.
    """
    mechanism = login.mechanism
    reply = await _ask(connection, "SaslHandshake", {"mechanism": mechanism}, ranges, deadline)
    if reply.error_code != ErrorCode.none:
        raise ConnectError(f"{connection.address}: {_why_no_handshake(reply, mechanism)}")
    exchange = await _exchange(connection, login, deadline)
    whose = f" of {login.username!r}" if isinstance(login, Password) else ""
    who = f"{connection.address}: SASL login ({mechanism}){whose} failed"
    token: bytes | None = next_token(exchange, None, who)
    while token is not None:
        reply = await _ask(connection, "SaslAuthenticate", {"auth_bytes": token}, ranges, deadline)
        if reply.error_code != ErrorCode.none:
            said = reply.error_message or error_name(reply.error_code)
            raise ConnectError(f"{who}: {said}; {_REMEDIES[type(login)]}")
        token = next_token(exchange, reply.auth_bytes, who)
    lifetime = getattr(reply, "session_lifetime", None)  # since v1
    return lifetime.total_seconds() if lifetime else math.inf


_REMEDIES: Mapping[type[Login], str] = {
    Password: "check user name and password in sasl.jaas.config",
    Bearer: "check issuer, audience and lifetime of the token against what the brokers accept",
    Kerberos: "check klist, and that sasl.kerberos.service.name is the brokers' own",
}


async def _exchange(connection: Connection, login: Login, deadline: float) -> Exchange:
    if isinstance(login, Password):
        return plain(login) if login.mechanism == "PLAIN" else scram(login)
    if isinstance(login, Kerberos):
        return kerberos(login, connection.address.host)
    seconds = max(0.0, deadline - asyncio.get_running_loop().time())
    token = await login.tokens.token(seconds)
    return bearer(token.value, login.extensions)


async def _ask(
    connection: Connection, name: str, fields: Mapping[str, object], ranges: Ranges, deadline: float
) -> Any:
    api = APIS[name]
    return await connection.ask(make_request(api, choose(api, ranges), fields), deadline)


def _why_no_handshake(reply: Any, mechanism: str) -> str:
    if reply.error_code == ErrorCode.unsupported_sasl_mechanism:
        offered = ", ".join(reply.mechanisms) or "none"
        return (
            f"this listener does not offer SASL mechanism {mechanism}; it offers {offered}, "
            "and sasl.mechanism must be one of these"
        )
    if reply.error_code == ErrorCode.illegal_sasl_state:
        return "this listener wants no SASL; use security.protocol=PLAINTEXT or SSL"
    return f"SASL handshake failed: {error_name(reply.error_code)}"
