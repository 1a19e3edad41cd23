"""The settings of a client.properties for clients made of librdkafka."""

import asyncio
from typing import Any

from kdiag.errors import UsageError
from kdiag.wire.logins import Bearer, Login, Password
from kdiag.wire.settings import ClientSettings
from kdiag.wire.trust import Tls

_TOKEN_SECONDS = 20


def as_librdkafka(settings: ClientSettings) -> dict[str, Any]:
    """Return the settings as confluent-kafka's clients want them, with secrets in clear text.

    Raises UsageError for GSSAPI, which its wheels are built without.
    """
    conf = {
        "bootstrap.servers": settings.bootstrap_servers,
        "client.id": settings.client_id,
        "security.protocol": settings.security_protocol.lower(),
    }
    if settings.tls is not None:
        conf |= _tls(settings.tls)
    if settings.sasl is not None:
        conf |= _login(settings.sasl)
    return {key: value for key, value in conf.items() if value is not None}


def _tls(tls: Tls) -> dict[str, str | None]:
    return {
        "ssl.ca.pem": tls.ca,
        "ssl.certificate.pem": tls.chain,
        "ssl.key.pem": tls.key.value if tls.key is not None else None,
        "ssl.key.password": tls.key_password.value if tls.key_password is not None else None,
        "ssl.endpoint.identification.algorithm": "https" if tls.check_hostname else "none",
    }


def _login(login: Login) -> dict[str, Any]:
    if isinstance(login, Password):
        return {
            "sasl.mechanism": login.mechanism,
            "sasl.username": login.username,
            "sasl.password": login.password.value,
        }
    if isinstance(login, Bearer):
        return {"sasl.mechanism": login.mechanism, "oauth_cb": _callback(login)}
    raise UsageError(f"sasl.mechanism={login.mechanism}: the probe's clients cannot use it")


def _callback(login: Bearer) -> Any:
    """Return what librdkafka calls, in a thread of its own, when it needs a token."""

    def token(_config: str) -> tuple[str, float, str, dict[str, str]]:
        had = asyncio.run(login.tokens.token(_TOKEN_SECONDS))
        return had.value.value, had.expires_at, "kdiag", dict(login.extensions)

    return token
