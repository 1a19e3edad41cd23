"""What never reaches a file: values of settings that look like secrets, passwords in addresses."""

import re

_SECRET = re.compile(r"password|passwd|secret|token|jaas|credential|\.key$", re.IGNORECASE)
_HARMLESS = re.compile(
    r"\.(ms|seconds|iterations|length|algorithm|class|type|location|url|uri|enable|enabled)$",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(?<=://)[^/\s,]*@")
_IN_HOSTS = re.compile(r"(?<![^,])[^,/@\s:]+:[^,/@\s]*@")
_ASSIGNED = re.compile(
    r"""((?:password|passwd|secret|token|credential)\w*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&;,"']+)""",
    re.IGNORECASE,
)


def is_secret(key: str) -> bool:
    """Tell whether a setting holds a secret, by its name.

    `delegation.token.expiry.time.ms` or `sasl.oauthbearer.token.endpoint.url` only mention one.
    """
    return bool(_SECRET.search(key)) and not _HARMLESS.search(key)


def without_credentials(text: str) -> str:
    """Return a text without user info in its addresses and without assigned passwords."""
    for pattern in (_IN_URL, _IN_HOSTS):
        text = pattern.sub("***@", text)
    return _ASSIGNED.sub(r"\1***", text)
