"""Keys of a client.properties: their values, secrets from elsewhere, and words for what is unused.

Every secret can be given in three ways: `ssl.key.password` itself, `ssl.key.password_file` (one
line in a file), `ssl.key.password_command` (one line that a command prints). Java's tools do not
know the last two and only warn.
"""

import shlex
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from kdiag.errors import UsageError
from kdiag.wire.references import resolved
from kdiag.wire.secret import Secret
from kdiag.wire.secret_sources import of_command, of_file

SECRETS: Final = (
    "ssl.truststore.password",
    "ssl.keystore.password",
    "ssl.key.password",
    "sasl.password",
    "sasl.oauthbearer.client.credentials.client.secret",
    "sasl.oauthbearer.token",
)
_PLAIN: Final = (
    "bootstrap.servers",
    "client.id",
    "security.protocol",
    "ssl.endpoint.identification.algorithm",
    "ssl.truststore.type",
    "ssl.truststore.location",
    "ssl.truststore.certificates",
    "ssl.keystore.type",
    "ssl.keystore.location",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "sasl.mechanism",
    "sasl.jaas.config",
    "sasl.username",
    "sasl.kerberos.service.name",
    "sasl.login.callback.handler.class",
    "sasl.oauthbearer.client.credentials.client.id",
    "sasl.oauthbearer.scope",
    "sasl.oauthbearer.token.endpoint.url",
)
_WAYS: Final = ("", "_file", "_command")
KEYS: Final = (*_PLAIN, *(f"{secret}{way}" for secret in SECRETS for way in _WAYS))
"""All keys that kdiag uses."""

_SIMILAR = 0.85


class Keys:
    """The values of a file, and which of them were asked for; origin names it in errors.

    Raises UsageError, from the constructor, for a reference to nothing.
    """

    def __init__(self, values: Mapping[str, str], origin: str) -> None:
        self._values = {  # stripped, as ConfigDef.parseType does
            key: resolved(value, f"{origin}: {key}").strip() for key, value in values.items()
        }
        self._asked = {"config.providers"}
        self.origin = origin

    def get(self, key: str) -> str | None:
        """Return a value, None where there is none."""
        self._asked.add(key)
        return self._values.get(key)

    def at(self, key: str) -> str:
        """Return how errors name a key."""
        return f"{self.origin}: {key}"

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed values, which are in upper case. Raises UsageError."""
        value = self.get(key)
        value = default if value is None else value.upper()
        if value not in allowed:
            raise UsageError(f"{self.at(key)} is {value!r}; allowed are {', '.join(allowed)}")
        return value

    def secret(self, key: str) -> Secret | None:
        """Return a secret that is given in one of three ways, None where it is not given.

        Raises UsageError if it is given twice, or the file or command does not give one line.
        """
        values = {f"{key}{way}": self.get(f"{key}{way}") for way in _WAYS}
        given = [name for name, value in values.items() if value is not None]
        if len(given) > 1:
            raise UsageError(f"{self.origin}: {given[0]} and {given[1]} exclude each other")
        if not given:
            return None
        [name], value = given, values[given[0]] or ""
        if name == key:
            return Secret(value)
        if name.endswith("_file"):
            return Secret(of_file(self.at(name), Path(value)))
        return Secret(of_command(self.at(name), self.words(name)))

    def words(self, key: str) -> list[str]:
        """Return the words of a command, as a shell would tell them apart. Raises UsageError."""
        try:
            words = shlex.split(self.get(key) or "")
        except ValueError as error:
            raise UsageError(f"{self.at(key)} cannot be read: {str(error).lower()}") from None
        if not words:
            raise UsageError(f"{self.at(key)} names no command")
        return words

    def unused(self, protocol: str) -> tuple[str, ...]:
        """Return one sentence for each key that nobody asked for."""
        left = [
            key
            for key in sorted(self._values)
            if key not in self._asked and not key.startswith("config.providers.")
        ]
        return tuple(f"{self.at(key)} is not used{_why_unused(key, protocol)}" for key in left)


def _why_unused(key: str, protocol: str) -> str:
    if key not in KEYS:
        similar = get_close_matches(key, KEYS, n=1, cutoff=_SIMILAR)
        return f"; did you mean {similar[0]}?" if similar else ""
    if key.startswith("ssl.") and not protocol.endswith("SSL"):
        return f" with security.protocol={protocol}"
    if key.startswith("sasl."):
        is_asked = protocol.startswith("SASL")
        return " with this sasl.mechanism" if is_asked else f" with security.protocol={protocol}"
    return ""
