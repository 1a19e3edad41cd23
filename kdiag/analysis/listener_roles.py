"""Who uses a listener, and how those are let in: settings of brokers, listener by listener.

A listener's own setting (`listener.name.NAME.KEY`) stands before the general one.
"""

from collections.abc import Mapping
from typing import Any

from kdiag.check import derive
from kdiag.sections import BrokerConfigs, Listeners
from kdiag.snapshot import Missing, Table

_KEYS = (
    "inter.broker.listener.name",
    "sasl.enabled.mechanisms",
    "security.inter.broker.protocol",
    "ssl.client.auth",
    "ssl.enabled.protocols",
    "ssl.endpoint.identification.algorithm",
)
_OWN = "listener.name."


class ListenerRoles(Table):
    """One row a listener of a broker.

    is_for_clients: we connect to it, or it is advertised and not kept for brokers; the brokers'
    own one is for clients, too, where there is no other. is_between_brokers: brokers, or
    controllers, use it among themselves. is_anonymous: it asks nobody who they are. mechanisms,
    tls_versions: tuples of what is enabled, empty without SASL or TLS. checks_names: a broker that
    connects by it compares the name in the certificate. network: as in Listeners.
    """

    noun = "listeners"
    columns = {
        "broker": "int",
        "name": "str",
        "protocol": "str",
        "network": "str",
        "is_for_clients": "bool",
        "is_between_brokers": "bool",
        "is_anonymous": "bool",
        "mechanisms": "object",
        "tls_versions": "object",
        "checks_names": "bool",
    }


@derive(configs=_KEYS)
def listener_roles(listeners: Listeners, configs: BrokerConfigs) -> ListenerRoles:
    """Join the listeners with the settings of their brokers.

    A listener whose own setting is there and kept back is under `errors`: the general one is not
    what holds for it.
    """
    settings, hidden = _settings(configs.rows), _hidden(configs.rows)
    known = listeners.rows[listeners.rows["broker"].isin(list(settings))]
    rows = [
        row
        for broker, each in known.groupby("broker")
        for row in _rows(each, settings[int(broker)])
    ]
    return ListenerRoles.from_rows(
        [row for row in rows if (int(row["broker"]), row["name"]) not in hidden],
        errors={
            f"listener {name} of broker {broker}": Missing(f"the broker does not tell {key}")
            for (broker, name), key in hidden.items()
        },
    )


def _hidden(rows: Any) -> dict[tuple[int, str], str]:
    """Return (broker, listener) → a setting of its own that matters here, and has no value."""
    found = {}
    own = rows[rows["key"].str.startswith(_OWN) & rows["value"].isna()]
    for broker, key in own[["broker", "key"]].itertuples(index=False, name=None):
        name, _, general = key.removeprefix(_OWN).partition(".")
        if general in _KEYS:
            found[int(broker), name.upper()] = key
    return found


def _settings(rows: Any) -> dict[int, dict[str, str]]:
    """Return broker → key → value, for the keys that matter here."""
    chosen = rows[
        (rows["key"].isin(_KEYS) | rows["key"].str.startswith(_OWN)) & rows["value"].notna()
    ]
    found: dict[int, dict[str, str]] = {int(broker): {} for broker in rows["broker"].unique()}
    for broker, key, value in chosen[["broker", "key", "value"]].itertuples(index=False, name=None):
        found[int(broker)][key] = value
    return found


def _rows(listeners: Any, settings: Mapping[str, str]) -> list[dict[str, Any]]:
    internal = _between_brokers(listeners, settings)
    open_ = listeners[listeners["is_advertised"]]
    has_others = bool((open_["name"] != internal).any())
    return [
        {
            "broker": row.broker,
            "name": row.name,
            "protocol": row.protocol,
            "network": row.network,
            "is_for_clients": row.is_ours
            or (row.is_advertised and not (row.name == internal and has_others)),
            "is_between_brokers": row.name == internal or not row.is_advertised,
            **_ways_in(row, settings),
        }
        for row in listeners.itertuples()
    ]


def _between_brokers(listeners: Any, settings: Mapping[str, str]) -> str | None:
    """Return the listener of the brokers among themselves (KafkaConfig.interBrokerListenerName)."""
    named = settings.get("inter.broker.listener.name")
    if named:
        return named.upper()
    return settings.get("security.inter.broker.protocol", "PLAINTEXT")


def _ways_in(row: Any, settings: Mapping[str, str]) -> dict[str, Any]:
    def of(key: str, default: str) -> str:
        own = settings.get(f"{_OWN}{row.name.lower()}.{key}")
        return settings.get(key, default) if own is None else own

    has_sasl, has_tls = row.protocol.startswith("SASL"), row.protocol.endswith("SSL")
    wants_certificate = has_tls and of("ssl.client.auth", "none").lower() == "required"
    return {
        "is_anonymous": not has_sasl and not wants_certificate,
        "mechanisms": _words(of("sasl.enabled.mechanisms", "GSSAPI")) if has_sasl else (),
        "tls_versions": _words(of("ssl.enabled.protocols", "")) if has_tls else (),
        "checks_names": has_tls
        and bool(of("ssl.endpoint.identification.algorithm", "https").strip()),
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
