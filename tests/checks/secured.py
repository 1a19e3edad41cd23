"""Listeners, certificates and ACLs for the checks of security."""

from datetime import timedelta

from kdiag.sections import Acls, BrokerLoggers, ClientQuotas, Listeners, ScramUsers, UnlistedTopics
from tests.tables import NOW, broker_configs

DAY = 86400.0
STANDARD = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"

STOCK = {
    "authorizer.class.name": STANDARD,
    "inter.broker.listener.name": "INTERNAL",
    "sasl.enabled.mechanisms": "GSSAPI",
    "security.inter.broker.protocol": "PLAINTEXT",
    "ssl.client.auth": "none",
    "ssl.enabled.protocols": "TLSv1.2,TLSv1.3",
    "ssl.endpoint.identification.algorithm": "https",
}
"""Settings of a broker with an authorizer; all else is Kafka's default."""


def settings(*ids, **changes):
    """Return settings of brokers; `_` in a name stands for a dot, None leaves a key out."""
    changed = {key.replace("_", "."): value for key, value in changes.items()}
    values = {key: value for key, value in {**STOCK, **changed}.items() if value is not None}
    return broker_configs(dict.fromkeys(ids or (1, 2, 3), values))


def listener_row(broker, name="CLIENTS", protocol="SASL_SSL", **more):
    """Return one listener: advertised in a private network; a year of its certificate is left."""
    row = {
        "broker": broker,
        "name": name,
        "protocol": protocol,
        "host": f"kafka{broker}.example",
        "port": 9093,
        "is_advertised": True,
        "network": "private",
    }
    if protocol.endswith("SSL") and "trouble" not in more:
        row |= shown(left=365 * DAY, names=(f"kafka{broker}.example",))
    return {**row, **more}


def shown(left, life=398 * DAY, names=("kafka1.example",), fit=True, version="TLSv1.3"):
    """Return what a listener shows: seconds left and seconds of life."""
    end = NOW + timedelta(seconds=left)
    return {
        "tls_not_before": end - timedelta(seconds=life),
        "tls_not_after": end,
        "tls_names": names,
        "tls_names_fit": fit,
        "tls_version": version,
    }


def listeners(*rows, **fields):
    """Return the listeners of the rows (see listener_row)."""
    return Listeners.from_rows(rows, read_at=NOW, **fields)


def everywhere(name="CLIENTS", protocol="SASL_SSL", ids=(1, 2, 3), **more):
    """Return the same listener of each broker."""
    return [listener_row(id_, name, protocol, **more) for id_ in ids]


def acls(*rows, **fields):
    """Return (principal, operation, kind, name) as ACLs that allow it; more: see acl."""
    return Acls.from_rows([acl(*row) for row in rows], read_at=NOW, **fields)


def acl(
    principal, operation, kind="topic", name="*", permission="allow", pattern="literal", host="*"
):
    """Return one ACL."""
    return {
        "kind": kind,
        "name": "kafka-cluster" if kind == "cluster" else name,
        "pattern": pattern,
        "principal": principal,
        "host": host,
        "operation": operation,
        "permission": permission,
    }


def scram_users(users, **fields):
    """Return user → mechanism → iterations as SCRAM credentials."""
    rows = [
        {"user": user, "mechanism": mechanism, "iterations": iterations}
        for user, held in users.items()
        for mechanism, iterations in held.items()
    ]
    return ScramUsers.from_rows(rows, read_at=NOW, **fields)


def quotas(*rows, **fields):
    """Return quotas of entities."""
    return ClientQuotas.from_rows(
        [{"key": "producer_byte_rate", "value": 1e6, **row} for row in rows], read_at=NOW, **fields
    )


def unlisted(topics=None, **fields):
    """Return topic → whether it exists, of topics that only ACLs name."""
    rows = [{"topic": topic, "exists": exists} for topic, exists in (topics or {}).items()]
    return UnlistedTopics.from_rows(rows, read_at=NOW, **fields)


def loggers(levels, **fields):
    """Return broker → level of the authorizer's logger."""
    rows = [
        {"broker": id_, "logger": logger, "level": level}
        for id_, held in levels.items()
        for logger, level in (("root", "INFO"), ("kafka.authorizer.logger", held))
    ]
    return BrokerLoggers.from_rows(rows, read_at=NOW, **fields)
