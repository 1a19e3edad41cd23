"""SASL inside SaslHandshake v1 and SaslAuthenticate (KIP-43, KIP-152): PLAIN and SCRAM (KIP-84)."""

import math
from collections.abc import Generator, Mapping
from typing import Any

from kio.schema.errors import ErrorCode

from kdiag.errors import ConnectError
from kdiag.wire.allowlist import APIS
from kdiag.wire.connection import Connection
from kdiag.wire.error_codes import error_name
from kdiag.wire.request import make_request
from kdiag.wire.settings import Sasl
from kdiag.wire.versions import choose

Ranges = Mapping[int, tuple[int, int]]
Exchange = Generator[bytes, bytes, None]  # yields our token, is sent the broker's answer


async def authenticate(
    connection: Connection, sasl: Sasl, ranges: Ranges, deadline: float
) -> float:
    """Prove who we are; after it the connection takes any request.

    Return for how many seconds the broker lets us in (connections.max.reauth.ms, KIP-368).

    Raises: ConnectError (mechanism not enabled, wrong user or password), TimedOut, Unreachable.
    """
    reply = await _ask(connection, "SaslHandshake", {"mechanism": sasl.mechanism}, ranges, deadline)
    if reply.error_code != ErrorCode.none:
        raise ConnectError(f"{connection.address}: {_why_no_handshake(reply, sasl.mechanism)}")
    exchange = _plain(sasl) if sasl.mechanism == "PLAIN" else _scram(sasl)
    token: bytes | None = next(exchange)
    while token is not None:
        reply = await _ask(connection, "SaslAuthenticate", {"auth_bytes": token}, ranges, deadline)
        who = f"{connection.address}: SASL login ({sasl.mechanism}) of {sasl.username!r} failed"
        if reply.error_code != ErrorCode.none:
            said = reply.error_message or error_name(reply.error_code)
            raise ConnectError(f"{who}: {said}; check user name and password in sasl.jaas.config")
        token = _next_token(exchange, reply.auth_bytes, who)
    lifetime = getattr(reply, "session_lifetime", None)  # since v1
    return lifetime.total_seconds() if lifetime else math.inf


async def _ask(
    connection: Connection, name: str, fields: Mapping[str, object], ranges: Ranges, deadline: float
) -> Any:
    api = APIS[name]
    return await connection.ask(make_request(api, choose(api, ranges), fields), deadline)


def _why_no_handshake(reply: Any, mechanism: str) -> str:
    if reply.error_code == ErrorCode.unsupported_sasl_mechanism:
        offered = ", ".join(reply.mechanisms) or "none"
        return f"this listener does not offer SASL mechanism {mechanism}; it offers {offered}"
    if reply.error_code == ErrorCode.illegal_sasl_state:
        return "this listener wants no SASL; use security.protocol=PLAINTEXT or SSL"
    return f"SASL handshake failed: {error_name(reply.error_code)}"


def _next_token(exchange: Exchange, answer: bytes, who: str) -> bytes | None:
    """Our next token; None when the exchange is complete."""
    from scramp import ScramException

    try:
        return exchange.send(answer)
    except StopIteration:
        return None
    except (ScramException, UnicodeDecodeError) as error:
        raise ConnectError(f"{who}: the broker's answer is not that of a SCRAM server") from error


def _plain(sasl: Sasl) -> Exchange:
    """RFC 4616."""
    yield f"\0{sasl.username}\0{sasl.password.value}".encode()


def _scram(sasl: Sasl) -> Exchange:
    """RFC 5802; the broker must prove that it knows the password, too."""
    from scramp import ScramClient

    client = ScramClient([sasl.mechanism], sasl.username, sasl.password.value)
    answer = yield client.get_client_first().encode()
    client.set_server_first(answer.decode())
    answer = yield client.get_client_final().encode()
    client.set_server_final(answer.decode())
