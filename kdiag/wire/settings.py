"""How to connect, as typed values out of a Java client.properties.

Keys and defaults are those of Kafka's clients (CommonClientConfigs, SslConfigs, SaslConfigs). What
kdiag does not use is reported as a warning and never fails: one file serves all tools.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kdiag.errors import UsageError
from kdiag.wire import properties
from kdiag.wire.jaas import parse_jaas
from kdiag.wire.pem import certificates, inline_pem, private_key, read_pem
from kdiag.wire.secret import Secret

PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_REFERENCE = re.compile(r"\$\{(env|file):(?:([^}]*):)?([^}:]+)\}")


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM texts and the rule for host names; ca None means the system's authorities."""

    ca: str | None = None
    chain: str | None = None
    key: Secret | None = None
    key_password: Secret | None = None
    check_hostname: bool = True
    origin: str = "client.properties"


@dataclass(frozen=True, slots=True)
class Sasl:
    """Mechanism, user name and password."""

    mechanism: str
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything that a client.properties says about the way to the brokers.

    tls and sasl are None where security.protocol does not ask for them. warnings: one sentence for
    each key that kdiag does not use.
    """

    bootstrap_servers: str | None = None
    client_id: str = "kdiag"
    security_protocol: str = "PLAINTEXT"
    tls: Tls | None = None
    sasl: Sasl | None = None
    warnings: tuple[str, ...] = ()


def read_settings(path: Path) -> ClientSettings:
    """Return the settings in a file of `--command-config`.

    Raises: UsageError, one sentence with file, key and what is allowed; never a secret.
    """
    return settings_from(properties.load(path), str(path))


def settings_from(values: Mapping[str, str], origin: str) -> ClientSettings:
    """Return the settings in keys and values; origin names them in errors.

    Raises: UsageError as `read_settings`.
    """
    keys = _Keys({k: _resolved(v, f"{origin}: {k}") for k, v in values.items()}, origin)
    protocol = keys.choice("security.protocol", "PLAINTEXT", PROTOCOLS)
    return ClientSettings(
        bootstrap_servers=keys.get("bootstrap.servers") or None,
        client_id=keys.get("client.id") or "kdiag",
        security_protocol=protocol,
        tls=_tls(keys) if protocol.endswith("SSL") else None,
        sasl=_sasl(keys) if protocol.startswith("SASL") else None,
        warnings=keys.unused(protocol),
    )


class _Keys:
    """The values, and which of them were asked for."""

    def __init__(self, values: Mapping[str, str], origin: str) -> None:
        self._values = {k: v.strip() for k, v in values.items()}  # as ConfigDef.parseType does
        self._asked = {"config.providers"}
        self.origin = origin

    def get(self, key: str) -> str | None:
        self._asked.add(key)
        return self._values.get(key)

    def at(self, key: str) -> str:
        return f"{self.origin}: {key}"

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.get(key)
        value = default if value is None else value.upper()
        if value not in allowed:
            raise UsageError(f"{self.at(key)} is {value!r}; allowed are {', '.join(allowed)}")
        return value

    def unused(self, protocol: str) -> tuple[str, ...]:
        left = [
            key
            for key in sorted(self._values)
            if key not in self._asked and not key.startswith("config.providers.")
        ]
        return tuple(f"{self.at(key)} is not used{_why_unused(key, protocol)}" for key in left)


def _why_unused(key: str, protocol: str) -> str:
    of_security = key.startswith("ssl.") and not protocol.endswith("SSL")
    of_security |= key.startswith("sasl.") and not protocol.startswith("SASL")
    return f" with security.protocol={protocol}" if of_security else ""


def _tls(keys: _Keys) -> Tls:
    ca = _store(keys, "truststore", "ssl.truststore.certificates")
    chain, key = _identity(keys)
    password = keys.get("ssl.key.password")
    return Tls(
        ca=None if ca is None else certificates(ca),
        chain=chain,
        key=key,
        key_password=None if password is None else Secret(password),
        check_hostname=keys.get("ssl.endpoint.identification.algorithm") != "",
        origin=keys.origin,
    )


def _store(keys: _Keys, store: str, inline_key: str) -> str | None:
    """Return the PEM text of a store, from its file or inline."""
    declared = keys.choice(f"ssl.{store}.type", "JKS", ("PEM", "JKS", "PKCS12"))
    inline, location = keys.get(inline_key), keys.get(f"ssl.{store}.location")
    if inline is not None:
        return inline_pem(inline, keys.at(inline_key))
    if location is None:
        return None
    keys.get(f"ssl.{store}.password")
    return read_pem(Path(location), store, declared, keys.at(f"ssl.{store}.location"))


def _identity(keys: _Keys) -> tuple[str | None, Secret | None]:
    """Return this client's certificate chain and private key; a PEM keystore file holds both."""
    text = _store(keys, "keystore", "ssl.keystore.certificate.chain")
    inline_key = keys.get("ssl.keystore.key")
    if text is None and inline_key is None:
        return None, None
    chain = certificates(text or "")
    key = private_key(text or "")
    if inline_key is not None:
        key = private_key(inline_pem(inline_key, keys.at("ssl.keystore.key")))
    if not chain or not key:
        lacks = "private key (ssl.keystore.key)" if chain else "certificate"
        raise UsageError(f"{keys.origin}: ssl.keystore has no {lacks}; it needs both, as PEM")
    return chain, Secret(key)


def _sasl(keys: _Keys) -> Sasl:
    mechanism = keys.choice("sasl.mechanism", "GSSAPI", MECHANISMS)
    text = keys.get("sasl.jaas.config")
    at = keys.at("sasl.jaas.config")
    if text is None:
        raise UsageError(f"{at} is missing; {mechanism} takes user name and password from it")
    module = parse_jaas(text, at)
    wanted = "PlainLoginModule" if mechanism == "PLAIN" else "ScramLoginModule"
    if module.name != wanted:
        raise UsageError(f"{at} names {module.name}; sasl.mechanism={mechanism} needs {wanted}")
    for option in ("username", "password"):
        if not module.options.get(option):
            raise UsageError(f'{at} has no {option}; it should hold {option}="..."')
    return Sasl(mechanism, module.options["username"], Secret(module.options["password"]))


def _resolved(value: str, at: str) -> str:
    """Return the value with `${env:NAME}` and `${file:PATH:KEY}` (KIP-421) replaced.

    Raises: UsageError if the variable, file or key does not exist.
    """

    def one(match: re.Match[str]) -> str:
        provider, path, key = match.groups()
        if provider == "env":
            found = os.environ.get(key)
            where = "the environment"
        else:
            found = properties.load(Path(path or "")).get(key)
            where = str(path)
        if found is None:
            raise UsageError(f"{at} refers to {key}, which is not in {where}")
        return found

    return _REFERENCE.sub(one, value)
