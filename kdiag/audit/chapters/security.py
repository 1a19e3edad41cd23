"""Security: how clients and brokers reach each other, and who may do what."""

from collections.abc import Iterator

from kdiag.audit.blocks import Block, Cell, Chapter, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.sections import BrokerConfigs, ClientQuotas
from kdiag.wording import listed

_KEYS = (
    "authorizer.class.name",
    "allow.everyone.if.no.acl.found",
    "super.users",
    "inter.broker.listener.name",
    "security.inter.broker.protocol",
    "sasl.enabled.mechanisms",
    "sasl.mechanism.inter.broker.protocol",
    "ssl.client.auth",
    "ssl.enabled.protocols",
    "connections.max.reauth.ms",
    "auto.create.topics.enable",
    "delete.topic.enable",
)
"""What decides who gets in, and what they may do then (Kafka documentation, broker configs)."""

_PROTOCOLS = {
    "PLAINTEXT": ("no", "no"),
    "SSL": ("yes", "only where client certificates are required"),
    "SASL_PLAINTEXT": ("no", "yes"),
    "SASL_SSL": ("yes", "yes"),
}


def security(seen: Seen) -> Chapter:
    """Show listeners, settings and quotas."""
    items = seen.of_areas("security")
    blocks: list[Block | None] = [_listeners(seen), _settings(seen), _quotas(seen)]
    return Chapter(
        "security",
        "Security",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=(*_open(seen), *conclusions(items)),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )


def _values(configs: BrokerConfigs, key: str) -> dict[str, list[int]]:
    """Return value → brokers that have it."""
    rows = configs.only("key", key)
    rows = rows[~rows["is_sensitive"]]
    found: dict[str, list[int]] = {}
    for broker, value in zip(rows["broker"], rows["value"], strict=True):
        found.setdefault(value or "", []).append(int(broker))
    return found


def _protocols(configs: BrokerConfigs) -> Iterator[tuple[str, str, list[int]]]:
    """Yield name and protocol of each listener, and the brokers that have it."""
    rows = configs.rows
    by_key = {
        key: dict(zip(part["broker"], part["value"], strict=True))
        for key, part in rows[
            rows["key"].isin(("listeners", "listener.security.protocol.map"))
        ].groupby("key")
    }
    found: dict[tuple[str, str], list[int]] = {}
    for broker, listeners in by_key.get("listeners", {}).items():
        words = (by_key.get("listener.security.protocol.map", {}).get(broker) or "").split(",")
        protocols = dict(word.split(":", 1) for word in words if ":" in word)
        for listener in filter(None, (listeners or "").split(",")):
            name = listener.partition("://")[0].strip().upper()
            found.setdefault((name, protocols.get(name, name)), []).append(int(broker))
    for (name, protocol), brokers in sorted(found.items()):
        yield name, protocol, brokers


def _listeners(seen: Seen) -> Block | None:
    configs = seen.held(BrokerConfigs)
    if configs is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (name, protocol, *_PROTOCOLS.get(protocol, (None, None)), listed(brokers, 8))
        for name, protocol, brokers in _protocols(configs)
    ]
    headings = ("Listener", "Protocol", "Encrypted", "Authenticated", "Brokers")
    return table("Listeners", dict.fromkeys(headings, "text"), rows) if rows else None


def _open(seen: Seen) -> tuple[str, ...]:
    configs = seen.held(BrokerConfigs)
    if configs is None:
        return ()
    plain = [name for name, protocol, _ in _protocols(configs) if "PLAINTEXT" in protocol]
    authorizers = [value for value in _values(configs, "authorizer.class.name") if value]
    said = []
    if plain:
        verb = "carries" if len(plain) == 1 else "carry"
        said.append(f"Listener {listed(plain, 5)} {verb} data without encryption.")
    if not authorizers and _values(configs, "authorizer.class.name"):
        said.append("No authorizer is set: whoever gets in may do everything.")
    return tuple(said)


def _settings(seen: Seen) -> Block | None:
    configs = seen.held(BrokerConfigs)
    if configs is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (key, value or "(not set)", listed(sorted(brokers), 8))
        for key in _KEYS
        for value, brokers in _values(configs, key).items()
    ]
    return table("Settings", {"Key": "code", "Value": "code", "Brokers": "text"}, rows)


def _quotas(seen: Seen) -> Block | None:
    quotas = seen.held(ClientQuotas)
    if quotas is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (row.user, row.client_id, row.key, float(row.value)) for row in quotas.rows.itertuples()
    ]
    if not rows:
        return table("Quotas: none is set", {"User": "text"}, [])
    return table(
        "Quotas, for each broker",
        {"User": "text", "Client id": "text", "Key": "code", "Value": "count"},
        rows,
    )
