"""Tokens of an OpenID Connect issuer, by client credentials (RFC 6749, section 4.4; KIP-768)."""

import asyncio
import json
import ssl
from dataclasses import dataclass
from typing import Any, Final

from kdiag.errors import ConnectError, UsageError
from kdiag.wire.secret import Secret
from kdiag.wire.tokens import Token, checked, dated

_MAX_ANSWER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks which token endpoint for what; tls is None for the system's authorities."""

    url: str
    client_id: str
    secret: Secret
    scope: str = ""
    tls: ssl.SSLContext | None = None

    @property
    def shown(self) -> str:
        """Return the endpoint without its query, in which a secret may be."""
        return f"token endpoint {self.url.partition('?')[0]}"

    async def fetch(self, seconds: float) -> Token:
        """Return a token. Raises ConnectError that names the endpoint and what it said."""
        try:
            async with asyncio.timeout(seconds):
                status, body = await self._post(seconds)
        except TimeoutError:
            raise ConnectError(f"{self.shown}: no answer within {round(seconds, 1):g} s") from None
        answer = _object(body)
        if status != 200:
            raise ConnectError(f"{self.shown} {self._refusal(status, answer)}")
        try:
            token = checked("access_token", answer.get("access_token"))
        except UsageError:
            raise ConnectError(f"{self.shown} gave no access_token") from None
        life = answer.get("expires_in")
        return dated(token, life if isinstance(life, int | float) else None)

    async def _post(self, seconds: float) -> tuple[int, bytes]:
        """Return status and body; the body of an answer is cut where it is too large."""
        import httpx

        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        verify = True if self.tls is None else self.tls
        body = b""
        try:
            async with (
                httpx.AsyncClient(timeout=seconds, verify=verify) as http,
                http.stream(
                    "POST", self.url, data=form, auth=(self.client_id, self.secret.value)
                ) as answer,
            ):
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _MAX_ANSWER_BYTES:
                        raise ConnectError(f"{self.shown} answered more than a token")
        except httpx.TimeoutException:
            raise TimeoutError from None
        except httpx.HTTPError as error:
            why = str(error).lower() or type(error).__name__
            raise ConnectError(f"{self.shown} cannot be reached: {why}") from None
        return answer.status_code, body

    def _refusal(self, status: int, answer: dict[str, Any]) -> str:
        said = answer.get("error")
        why = f"{status}, {said}" if isinstance(said, str) and said.isidentifier() else str(status)
        if status in (400, 401, 403):
            return (
                f"refused client {self.client_id!r} ({why}); check clientId, clientSecret and "
                "scope in sasl.jaas.config"
            )
        return f"answered {why}; check sasl.oauthbearer.token.endpoint.url"


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
