"""Where bearer tokens come from, out of keys `sasl.oauthbearer.*` and the login module's options.

Sources: KIP-255 (unsecured tokens), KIP-768 (endpoints and files), KIP-1139 (client credentials as
keys). kdiag's own: `sasl.oauthbearer.token`, `_file`, `_command`.
"""

import base64
import json
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from kdiag.errors import UsageError
from kdiag.wire.issuer import Client
from kdiag.wire.keys import Keys
from kdiag.wire.secret import Secret
from kdiag.wire.tls import tls_context
from kdiag.wire.tokens import Fetch, Token, Tokens, of_text, of_token_command, of_token_file
from kdiag.wire.trust import read_tls

_URL: Final = "sasl.oauthbearer.token.endpoint.url"
_TOKEN: Final = "sasl.oauthbearer.token"  # noqa: S105 - the name of a key
_CREDENTIALS: Final = "sasl.oauthbearer.client.credentials.client"
_CLAIM: Final = "unsecuredLoginStringClaim_"
_HANDLER: Final = "sasl.login.callback.handler.class"
_LIFE_SECONDS: Final = 3600  # as OAuthBearerUnsecuredLoginCallbackHandler


def read_tokens(keys: Keys, options: Mapping[str, str]) -> Tokens:
    """Return what has the tokens. Raises UsageError, without a secret, where nothing has."""
    handler = (keys.get(_HANDLER) or "").rpartition(".")[2]
    ways = [_own(keys), _endpoint(keys, options), _unsecured(options)]
    for fetch in ways:
        if fetch is not None:
            return Tokens(fetch)
    also = f" ({handler} is Java)" if handler else ""
    raise UsageError(
        f"{keys.origin}: OAUTHBEARER has no token{also}; give {_URL} with clientId and "
        f"clientSecret in sasl.jaas.config, or {_TOKEN}_file or {_TOKEN}_command"
    )


def _own(keys: Keys) -> Fetch | None:
    """Return what has a token that is given by kdiag's own keys."""
    file, command = (keys.get(f"{_TOKEN}_{way}") for way in ("file", "command"))
    text = keys.get(_TOKEN)
    if sum(value is not None for value in (file, command, text)) > 1:
        raise UsageError(
            f"{keys.origin}: {_TOKEN}, {_TOKEN}_file and {_TOKEN}_command exclude each other"
        )
    if text is not None:
        return of_text(Secret(text))
    if file is not None:
        return of_token_file(keys.at(f"{_TOKEN}_file"), Path(file))
    if command is not None:
        return of_token_command(keys.at(f"{_TOKEN}_command"), keys.words(f"{_TOKEN}_command"))
    return None


def _endpoint(keys: Keys, options: Mapping[str, str]) -> Fetch | None:
    url, at = keys.get(_URL), keys.at(_URL)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        return of_token_file(at, Path(unquote(parts.path)))
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise UsageError(f"{at}: expected http[s]://HOST:PORT/PATH or file:///PATH")
    client_id = keys.get(f"{_CREDENTIALS}.id") or options.get("clientId")
    own = keys.secret(f"{_CREDENTIALS}.secret")
    secret = own.value if own is not None else options.get("clientSecret")
    for name, value in (("clientId", client_id), ("clientSecret", secret)):
        if not value:
            raise UsageError(f"{keys.at('sasl.jaas.config')} has no {name}; {_URL} needs it")
    return Client(
        url,
        client_id or "",
        Secret(secret or ""),
        keys.get("sasl.oauthbearer.scope") or options.get("scope", ""),
        _tls(keys.origin, options),
    ).fetch


def _tls(origin: str, options: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return the TLS context for the endpoint, where the login module's options ask for one."""
    own = {name: value for name, value in options.items() if name.startswith("ssl.")}
    if not own:
        return None

    return tls_context(read_tls(Keys(own, f"{origin}: sasl.jaas.config")))


def _unsecured(options: Mapping[str, str]) -> Fetch | None:
    """Return what makes tokens without a signature, for brokers that take them (RFC 7515)."""
    own = {
        name.removeprefix(_CLAIM): value
        for name, value in options.items()
        if name.startswith(_CLAIM)
    }
    if not own:
        return None

    async def fetch(_seconds: float) -> Token:
        now = time.time()
        parts: tuple[Mapping[str, object], ...] = (
            {"alg": "none"},
            {**own, "iat": now, "exp": now + _LIFE_SECONDS},
        )
        return Token(Secret(".".join([*map(_encoded, parts), ""])), now + _LIFE_SECONDS)

    return fetch


def _encoded(part: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
