"""Listeners to which clients connect over and over, or that are about to run out of connections.

A connection costs a broker a TLS handshake and an authentication; a client that opens one for each
message costs more than its messages. Many connections that stay are no fault by themselves, so
their number only counts against max.connections. A broker that started less than five minutes ago
is not judged by its burst: all its clients connect anew.

Reads: JMX (connection-creation-total and connection-count of each listener in two samples, open
connections by client software, KIP-511), DescribeConfigs (max.connections).
"""

from typing import Any

from kdiag.api import (
    Action,
    BrokerConfigs,
    ClientConnections,
    ConnectionRates,
    Finding,
    Said,
    Subject,
    check,
    subject_of,
)

_KEY = "max.connections"


@check(area="brokers", configs=(_KEY,))
def connection_storm(
    rates: ConnectionRates,
    clients: ClientConnections | None,
    configs: BrokerConfigs | None,
    *,
    opened_per_second: float = 20.0,
    limit_ratio: float = 0.8,
) -> Said:
    """Listeners to which clients connect over and over, or brokers near max.connections.

    opened_per_second: new connections of a listener beyond those that stay; a client that keeps its
        connections opens none, and one that is refused tries again once a second at most.
    limit_ratio: part of max.connections that may be open.
    """
    rows = rates.rows
    churn = rows["opened_per_second"] - (rows["grown_count"] / rows["seconds"]).clip(lower=0.0)
    for row in rows.assign(churn=churn)[churn > opened_per_second].itertuples():
        yield _storm(row, clients, opened_per_second)
    yield from _near_limit(rows.groupby("target")["open_count"].sum(), configs, limit_ratio)


def _client(clients: ClientConnections | None, row: Any) -> tuple[str, dict[str, Any]]:
    """Return which client software holds most of the listener's connections, where known."""
    if clients is None:
        return "", {}
    rows = clients.rows
    rows = rows[(rows["target"] == row.target) & (rows["listener"] == row.listener)]
    if rows["number"].sum() <= 0:
        return "", {}
    most = rows.loc[rows["number"].idxmax()]
    ratio = round(float(most["number"] / rows["number"].sum()), 3)
    said = f"{ratio:.0%} of the open ones are of {most['software']}. "
    return said, {"client_software": most["software"], "client_ratio": ratio}


def _storm(row: Any, clients: ClientConnections | None, limit: float) -> Finding:
    held, client = _client(clients, row)
    is_lasting = row.mean_per_second > limit / 2
    return Finding(
        "warning",
        Subject.of("listener", broker=subject_of(row.target)["id"], name=row.listener),
        f"Listener {row.listener} of {row.target} got {row.opened_per_second:,.0f} connections a "
        f"second, and {row.open_count:,.0f} are open.",
        "Handshakes take the time of network threads; all clients of the listener wait.",
        cause=f"They do not stay. {held}Clients connect for each message, or fail and try again.",
        confidence="certain" if is_lasting else "possible",
        evidence={
            "opened_per_second": round(row.opened_per_second, 1),
            "since_start_per_second": round(row.mean_per_second, 2),
            "connection_count": int(row.open_count),
            **client,
        },
        actions=(
            Action(
                "Find the clients by address, on its host; see auth-failures, too. A client must "
                "keep its producer or consumer, not make one for each call.",
                "ss -Htn 'sport = :PORT' | awk '{print $5}' | sed 's/:[0-9]*$//' | sort | "
                "uniq -c | sort -rn | head",
            ),
            Action(
                "If it must stop at once, limit what one address may open (KIP-612).",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type ips "
                "--entity-name ADDRESS --add-config connection_creation_rate=10",
                "disruptive",
            ),
        ),
    )


def _near_limit(open_: Any, configs: BrokerConfigs | None, ratio: float) -> Said:
    for row in [] if configs is None else configs.only("key", _KEY).itertuples():
        held, most = float(open_.get(f"broker {row.broker}", 0.0)), int(row.value or 0)
        if held > ratio * most > 0:
            yield Finding(
                "warning",
                subject_of(f"broker {row.broker}"),
                f"Broker {row.broker} has {held:,.0f} of {most:,} connections (max.connections).",
                "At the limit new clients wait, or the one that was idle longest is closed.",
                evidence={"connection_count": int(held), "limit_count": most},
                actions=(Action("Find clients that keep connections open, or raise the limit."),),
            )
