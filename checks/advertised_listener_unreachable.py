"""Brokers that the cluster counts alive but whose advertised address does not answer from here.

Clients connect to the bootstrap address and are then told the advertised one. Where that does not
resolve or connect, they time out although the cluster is well. Only the listener that we connected
to is judged. A broker that died seconds ago looks the same until broker.session.timeout.ms (9 s by
default) has run out; after that it is broker-down.

An address may also lead to a broker of another cluster, which answers for that one, or brokers may
advertise the same one. A broker that takes the connection and closes it at once, while others
answer the same client, is there: it has as many connections as it may, or speaks another protocol.

Reads: DescribeCluster (addresses), a connection to each broker, Metadata (of each: its cluster id;
leaders, ISR).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    Brokers,
    Confidence,
    DownBrokers,
    Finding,
    Partitions,
    Said,
    broker,
    check,
    count,
)

_CLOSED = "closed the connection"
"""What the reason says where a broker took the connection and ended it, as the wire words it."""


@check(area="itself")
def advertised_listener_unreachable(
    brokers: Brokers, down: DownBrokers, partitions: Partitions
) -> Said:
    """Live brokers whose advertised address does not lead to them from here."""
    rows = brokers.rows
    silent = rows[~rows["is_reachable"] & ~rows["broker"].isin(down.rows["broker"])]
    for row in silent.itertuples():
        leads = int((partitions.rows["leader"] == row.broker).sum())
        in_sync = sum(row.broker in isr for isr in partitions.rows["isr"])
        yield Finding(
            "critical",
            broker(row.broker),
            f"{_silence(row)}, yet the cluster counts it alive: it leads "
            f"{count(leads, 'partition')} and is in sync for {in_sync:,}.",
            _impact(row),
            cause=_cause(row, others_answer=bool(rows["is_reachable"].any())),
            kind=_kind(row),
            evidence={
                "led_partitions": leads,
                "in_sync_partitions": in_sync,
            },
            actions=_actions(row),
            confidence=_confidence(row),
            covers=frozenset([broker(row.broker)]),
        )
    yield from _shared(rows)


def _confidence(row: Any) -> Confidence:
    if row.is_elsewhere:
        return "certain"
    return "likely" if row.is_registered else "possible"


def _shared(rows: Any) -> Iterator[Finding]:
    """Yield the brokers that advertise an address which another one advertises, too."""
    told = rows[rows["is_registered"] & ~rows["is_fenced"] & rows["host"].notna()]
    told = told[told.duplicated(["host", "port"], keep=False)]
    for _, part in told.groupby(["host", "port"]):
        for row in part.itertuples():
            yield Finding(
                "critical",
                broker(row.broker),
                f"Broker {row.broker} advertises {_address(row)}, the address of "
                f"{count(len(part) - 1, 'other broker')} too.",
                "Only one of them is there: clients ask it for the partitions of the others, and "
                "get nothing but errors.",
                cause="advertised.listeners was copied from one broker to the other, or names a "
                "load balancer before all of them.",
                kind="shared",
                evidence={"brokers": [int(id_) for id_ in part["broker"]]},
                actions=(
                    Action("Give each of them an advertised.listeners of its own, and restart it."),
                ),
                covers=frozenset([broker(row.broker)]),
            )


def _impact(row: Any) -> str:
    if row.is_elsewhere:
        return (
            "Clients on this network are led there: their records end up in the other cluster "
            "where it has a topic of that name, and fail where not."
        )
    return (
        "Clients on this network get that address from the cluster and time out on the "
        "partitions and groups of this broker."
    )


def _cause(row: Any, *, others_answer: bool) -> str:
    if others_answer and _is_closed(row):
        return (
            "It takes connections and closes them at once, which the others do not: it has as many "
            "as max.connections or max.connections.per.ip allow, a proxy stands before it that "
            "does not reach it, its listener wants another protocol than theirs, or it is stopping "
            "just now. A second run tells the last."
        )
    if row.is_elsewhere:
        return (
            "advertised.listeners of this broker names a host of another cluster, or a name that "
            "leads there from here."
        )
    return (
        "The address is wrong for this network or blocked; or the broker died seconds ago and "
        "broker.session.timeout.ms has not run out. A second run tells."
    )


def _kind(row: Any) -> str:
    if row.is_elsewhere:
        return "elsewhere"
    return "closed" if _is_closed(row) else "silent"


def _is_closed(row: Any) -> bool:
    return _CLOSED in (row.unreachable_reason or "")


def _silence(row: Any) -> str:
    if row.host is None or not row.is_registered:
        return f"The cluster lists no address of broker {row.broker} on this listener"
    why = f" ({row.unreachable_reason})" if row.unreachable_reason else ""
    return f"Broker {row.broker} does not answer at {_address(row)}{why}"


def _address(row: Any) -> str:
    """Return host and port as they are typed: an IPv6 address stands in brackets."""
    return f"[{row.host}]:{row.port}" if ":" in row.host else f"{row.host}:{row.port}"


def _actions(row: Any) -> tuple[Action, ...]:
    fix = Action(
        f"Compare advertised.listeners in server.properties of broker {row.broker} with what "
        "clients here can resolve and reach."
    )
    if row.host is None or not row.is_registered:
        return (fix,)
    if row.is_elsewhere:
        whose = Action(
            "Ask there which cluster it is.",
            "kafka-cluster.sh cluster-id --bootstrap-server {address}",
            values={"address": _address(row)},
        )
        return (whose, fix)
    retry = Action(
        "Try the address by hand.",
        "kafka-broker-api-versions.sh --bootstrap-server {address}",
        values={"address": _address(row)},
    )
    if not _is_closed(row):
        return (retry, fix)
    held = Action(
        f"On {row.host}, count its connections, and compare with its limits.",
        "ss -Htn state established '( sport = :{port} )' | wc -l",
        values={"port": row.port},
    )
    return (retry, held, fix)
