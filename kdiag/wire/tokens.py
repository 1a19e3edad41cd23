"""Bearer tokens (RFC 6750): had from a file, a command or an issuer, and kept while they last.

A token is asked for anew after four fifths of its life (sasl.login.refresh.window.factor of Kafka's
clients). Its end is in its claim `exp`, where it is a JSON Web Token (RFC 7519), or told beside it.
"""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from kdiag.errors import ConnectError, UsageError
from kdiag.wire.secret import Secret
from kdiag.wire.secret_sources import of_file, one_line, printed

_USED: Final = 0.8
_UNKNOWN_LIFE_SECONDS: Final = 300  # then a token is had anew that does not tell its end


class Token(NamedTuple):
    """A token, and when it ends, in seconds since 1970."""

    value: Secret
    expires_at: float


Fetch = Callable[[float], Awaitable[Token]]
"""Has a token within so many seconds. Raises ConnectError."""


class Tokens:
    """Tokens of one origin, one at a time; threads with loops of their own may share them."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._token: Token | None = None
        self._renew_at = 0.0
        self._fetching: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None

    def __repr__(self) -> str:
        return "Tokens(***)"

    async def token(self, seconds: float) -> Token:
        """Return a token that lasts. Raises ConnectError where none can be had in time."""
        async with self._lock():
            if self._token is None or time.time() >= self._renew_at:
                token = await self._fetch(seconds)
                now = time.time()
                self._renew_at = now + (token.expires_at - now) * _USED
                self._token = token
            return self._token

    def _lock(self) -> asyncio.Lock:
        """Return the lock of the running loop: connections that open together share a token."""
        loop = asyncio.get_running_loop()
        if self._fetching is None or self._fetching[0] is not loop:
            self._fetching = loop, asyncio.Lock()
        return self._fetching[1]


def dated(value: str, life_seconds: float | None = None) -> Token:
    """Return a token with its end: of its claim, else of its life, else five minutes from now."""
    ends = claims(value).get("exp")
    if isinstance(ends, int | float) and not isinstance(ends, bool):
        return Token(Secret(value), float(ends))
    return Token(Secret(value), time.time() + (life_seconds or _UNKNOWN_LIFE_SECONDS))


def claims(token: str) -> dict[str, Any]:
    """Return the claims of a JSON Web Token; empty for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        found = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def of_text(secret: Secret) -> Fetch:
    """Return what always has the same token."""

    async def fetch(_seconds: float) -> Token:
        return dated(secret.value)

    return fetch


def of_token_file(where: str, file: Path) -> Fetch:
    """Return what reads a token from a file, anew each time: others may renew it there."""

    async def fetch(_seconds: float) -> Token:
        try:
            return dated(of_file(where, file))
        except UsageError as error:
            raise ConnectError(f"no token: {error}") from None

    return fetch


def of_token_command(where: str, words: list[str]) -> Fetch:
    """Return what runs a command that prints a token; no shell, its stderr is not shown."""

    async def fetch(seconds: float) -> Token:
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise ConnectError(f"no token: {where}: {words[0]}: {error.strerror}") from None
        try:
            async with asyncio.timeout(seconds):
                stdout, _ = await process.communicate()
        except TimeoutError:
            raise ConnectError(
                f"no token: {where}: {words[0]} did not end within {round(seconds, 1):g} s"
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            return dated(printed(where, words[0], process.returncode or 0, stdout))
        except UsageError as error:
            raise ConnectError(f"no token: {error}") from None

    return fetch


def checked(where: str, value: object) -> str:
    """Return a token out of an answer. Raises UsageError if it is no text of one line."""
    return one_line(where, value if isinstance(value, str) else "")
