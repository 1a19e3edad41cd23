"""What is said in each SASL mechanism: our tokens, one for each answer of the broker."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from kdiag.errors import ConnectError
from kdiag.wire.secret import Secret

if TYPE_CHECKING:
    from kdiag.wire.logins import Kerberos, Password

Exchange = Generator[bytes, bytes | None, None]
"""Yields our token, is sent the broker's answer."""

_NO_PROTECTION = b"\x01\0\0\0"  # the layer that is wanted, and the largest message under it


class Broken(Exception):
    """An exchange cannot go on; says why."""


def next_token(exchange: Exchange, answer: bytes | None, who: str) -> bytes | None:
    """Return our next token, None when the exchange is complete; answer is None for the first.

    Raises ConnectError where it cannot go on.
    """
    try:
        return exchange.send(answer)
    except StopIteration:
        return None
    except Broken as error:
        raise ConnectError(f"{who}: {error}") from error


def plain(login: "Password") -> Exchange:
    """RFC 4616."""
    yield f"\0{login.username}\0{login.password.value}".encode()


def scram(login: "Password") -> Exchange:
    """RFC 5802; the broker must prove that it knows the password, too."""
    from scramp import ScramClient, ScramException

    client = ScramClient([login.mechanism], login.username, login.password.value)
    try:
        answer = yield client.get_client_first().encode()
        client.set_server_first((answer or b"").decode())
        answer = yield client.get_client_final().encode()
        client.set_server_final((answer or b"").decode())
    except (ScramException, UnicodeDecodeError) as error:
        raise Broken("the broker's answer is not that of a SCRAM server") from error


def bearer(token: Secret, extensions: Mapping[str, str]) -> Exchange:
    """RFC 7628; a broker that says no gives its reason before it ends the exchange."""
    more = "".join(f"\x01{name}={value}" for name, value in extensions.items())
    refusal = yield f"n,,\x01auth=Bearer {token.value}{more}\x01\x01".encode()
    if refusal:
        yield b"\x01"


def kerberos(login: "Kerberos", host: str) -> Exchange:
    """RFC 4752: authentication, and no protection of what follows."""
    import gssapi

    try:
        name = gssapi.Name(f"{login.service}@{host}", gssapi.NameType.hostbased_service)
        context = gssapi.SecurityContext(name=name, usage="initiate")
        answer: bytes | None = None
        while not context.complete:
            answer = yield context.step(answer) or b""
        context.unwrap(answer or b"")  # what protection the broker offers
        yield context.wrap(_NO_PROTECTION, False).message
    except gssapi.exceptions.GSSError as error:
        said = " ".join(str(error).split())
        raise Broken(f"{said}; check klist, and sasl.kerberos.service.name") from error
