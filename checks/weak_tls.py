"""TLS that is weaker than it looks: old versions, or names that brokers do not compare.

TLS 1.0 and 1.1 are formally deprecated (RFC 8996); Kafka leaves them out unless they are set. With
an empty ssl.endpoint.identification.algorithm a broker takes any certificate of its authority for
any other broker.

Reads: DescribeConfigs (ssl.enabled.protocols, ssl.endpoint.identification.algorithm), a TLS
handshake with each listener.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    ListenerRoles,
    Listeners,
    NotApplicable,
    Said,
    check,
    listener,
)

_OLD = ("SSLv3", "TLSv1", "TLSv1.1")


@check(area="security")
def weak_tls(roles: ListenerRoles, listeners: Listeners) -> Said:
    """Listeners that take TLS older than 1.2, and brokers that do not compare names."""
    rows = roles.rows[roles.rows["protocol"].str.endswith("SSL")]
    if rows.empty:
        yield NotApplicable("no listener has TLS")
        return
    agreed = listeners.rows.set_index(["broker", "name"])["tls_version"]
    for row in rows.itertuples():
        old = [version for version in row.tls_versions if version in _OLD]
        proven = agreed.get((row.broker, row.name))
        if old or proven in _OLD:
            yield _old(row, old or [str(proven)], is_proven=proven in _OLD)
        if row.is_between_brokers and not row.checks_names:
            yield _unnamed(row)


def _old(row: Any, versions: list[str], *, is_proven: bool) -> Finding:
    return Finding(
        "warning",
        listener(row.broker, row.name),
        f"Listener {row.name} of broker {row.broker} takes {' and '.join(versions)}.",
        "Whoever is on the way may talk both sides into the old version, and break it.",
        cause=""
        if is_proven
        else "It is enabled; the Java machine may still refuse it (jdk.tls.disabledAlgorithms).",
        evidence={"old_versions": versions, "enabled": list(row.tls_versions)},
        actions=(
            Action(
                "Allow TLS 1.2 and 1.3 only (clients that speak neither are older than 2012): set "
                "ssl.enabled.protocols=TLSv1.2,TLSv1.3 in server.properties of the brokers, and "
                "restart them one by one. A dynamic value is taken and changes no listener that is "
                "there.",
                effect="disruptive",
            ),
        ),
        confidence="certain" if is_proven else "likely",
    )


def _unnamed(row: Any) -> Finding:
    return Finding(
        "warning",
        listener(row.broker, row.name),
        f"Broker {row.broker} does not compare names in certificates when it connects by "
        f"{row.name}.",
        "Whoever holds any certificate of the same authority can pose as a broker to the others.",
        evidence={"endpoint_identification": ""},
        actions=(
            Action(
                "See that every broker's certificate has its advertised name, then set "
                "ssl.endpoint.identification.algorithm=https and restart the brokers one by one.",
                effect="disruptive",
            ),
        ),
    )
