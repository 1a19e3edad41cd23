"""How to connect, as typed values out of a Java client.properties.

Keys and defaults are those of Kafka's clients (CommonClientConfigs, SslConfigs, SaslConfigs). What
kdiag does not use is reported as a warning and never fails: one file serves all tools.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kdiag.wire import properties
from kdiag.wire.keys import Keys
from kdiag.wire.logins import Login, read_login
from kdiag.wire.trust import Tls, read_tls
from kdiag.wire.variables import VARIABLES, variables

PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


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
    sasl: Login | None = None
    warnings: tuple[str, ...] = ()


def read_settings(path: Path | None) -> ClientSettings:
    """Return the settings in a file of `--command-config`; variables of the environment beat it.

    Raises UsageError, one sentence with file, key and what is allowed; never a secret.
    """
    values = {} if path is None else properties.load(path)
    origin = "environment" if path is None else str(path)
    own = {VARIABLES[name]: os.environ[name] for name in variables()}
    return settings_from({**values, **own}, origin)


def settings_from(values: Mapping[str, str], origin: str) -> ClientSettings:
    """Return the settings in keys and values; origin names them in errors.

    Raises UsageError as `read_settings`.
    """
    keys = Keys(values, origin)
    protocol = keys.choice("security.protocol", "PLAINTEXT", PROTOCOLS)
    return ClientSettings(
        bootstrap_servers=keys.get("bootstrap.servers") or None,
        client_id=keys.get("client.id") or "kdiag",
        security_protocol=protocol,
        tls=read_tls(keys) if protocol.endswith("SSL") else None,
        sasl=read_login(keys) if protocol.startswith("SASL") else None,
        warnings=keys.unused(protocol),
    )
