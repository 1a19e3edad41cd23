"""HTTP to where reports go: credentials, TLS, attempts, and one sentence for what goes wrong.

URLs are taken for secrets, as those of Slack and Teams are: sentences name the host. The
environment says which proxy to take (HTTPS_PROXY, NO_PROXY). Redirects are not followed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kdiag.audit.deliver.retry import Again, persist
from kdiag.errors import DeliveryError
from kdiag.sources.http import authorities, cause
from kdiag.wire.secret import Secret

if TYPE_CHECKING:
    import httpx

_PASSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which another attempt may succeed (RFC 9110, 6585, 8470)."""

_PLAIN = re.compile(r"[A-Za-z0-9][\w .,:'()-]{0,80}")
_REASON_BYTES = 256

Headers = Callable[[], Mapping[str, str]]
"""Makes the headers of one attempt."""


@dataclass(frozen=True)
class Endpoint:
    """Where something is sent. name: for sentences, as `Slack`. ca_file: "" for the system's.

    is_repeatable: what is received twice does no harm, so that an attempt that may have arrived is
    made again.
    """

    name: str
    url: Secret
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    token: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str = ""
    timeout_seconds: float = 60.0
    is_repeatable: bool = False

    @property
    def shown(self) -> str:
        """Name and host, for sentences; never the path, which may be a secret."""
        parts = urlsplit(self.url.value)
        return f"{self.name} at {parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def post(endpoint: Endpoint, body: bytes, headers: Headers, method: str = "POST") -> None:
    """Send a body, and again where that may help, within the time of the endpoint.

    Raises DeliveryError.
    """
    persist(
        lambda left: _attempt(endpoint, body, headers(), method, left), endpoint.timeout_seconds
    )


def _attempt(
    endpoint: Endpoint, body: bytes, headers: Mapping[str, str], method: str, seconds: float
) -> None:
    import httpx

    secret = endpoint.token.value
    bearer = {"Authorization": f"Bearer {secret}"} if secret else {}
    user = (endpoint.username, endpoint.password.value) if endpoint.username else None
    try:
        with (
            httpx.Client(
                verify=authorities(endpoint.ca_file), auth=user, timeout=seconds
            ) as client,
            client.stream(
                method, endpoint.url.value, content=body, headers={**headers, **bearer}
            ) as response,
        ):
            _check(response, endpoint)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise Again(f"{endpoint.shown} cannot be reached: {cause(error)}") from None
    except httpx.TimeoutException:
        raise _maybe_sent(endpoint, "did not answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _maybe_sent(endpoint, f"broke off ({type(error).__name__})") from None


def _maybe_sent(endpoint: Endpoint, what: str) -> Exception:
    """Return the error for an attempt that may have arrived."""
    sentence = f"{endpoint.shown} {what}"
    return Again(sentence) if endpoint.is_repeatable else DeliveryError(sentence)


def _check(response: "httpx.Response", endpoint: Endpoint) -> None:
    """Raise Again or DeliveryError where an answer is not one of success."""
    status = response.status_code
    if response.is_success:
        return
    sentence = f"{endpoint.shown} answers HTTP {status}{_reason(response, endpoint)}"
    if status in _PASSES:
        raise Again(sentence, _wait_seconds(response.headers.get("retry-after")))
    raise DeliveryError(sentence)


def _reason(response: "httpx.Response", endpoint: Endpoint) -> str:
    """Return the few plain words that an answer may hold, as Slack's do; nothing else is shown."""
    said = next(response.iter_bytes(_REASON_BYTES), b"").decode(errors="replace").strip()
    secrets = (endpoint.token.value, endpoint.password.value, *endpoint.url.value.split("/")[3:])
    is_safe = not any(secret in said for secret in secrets if secret)
    return f" ({said})" if _PLAIN.fullmatch(said) and is_safe else ""


def _wait_seconds(text: str | None) -> float | None:
    """Return what Retry-After asks for: seconds, or until a date. Source: RFC 9110, 10.2.3."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
