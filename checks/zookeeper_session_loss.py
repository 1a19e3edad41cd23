"""Brokers that lost their ZooKeeper session.

A broker that ZooKeeper does not hear for zookeeper.session.timeout.ms is taken off the cluster: its
partitions get other leaders, and it registers anew. A mere disconnect, as when a ZooKeeper server
restarts, is not that: the session lives on.

Reads: JMX (ZooKeeperExpiresPerSec and ZooKeeperDisconnectsPerSec as counters, up to Kafka 3.9) in
two samples, ApiVersions (mode).
"""

from kdiag.api import (
    Action,
    FactDeltas,
    Finding,
    Said,
    ZooKeeperMode,
    check,
    count,
    rows_of,
    span,
    subject_of,
)

_EXPIRES, _DISCONNECTS = "zookeeper-expires", "zookeeper-disconnects"


@check(area="controller", facts=(_EXPIRES, _DISCONNECTS), explained_by=("gc-pauses",))
def zookeeper_session_loss(deltas: FactDeltas, mode: ZooKeeperMode) -> Said:
    """Brokers whose ZooKeeper session expired between the samples."""
    lost = rows_of(deltas, _DISCONNECTS).set_index("target")["delta"]
    rows = rows_of(deltas, _EXPIRES)
    for row in rows[rows["delta"] > 0].itertuples():
        subject = subject_of(row.target)
        yield Finding(
            "warning",
            subject,
            f"{row.target.capitalize()} lost its ZooKeeper session: "
            f"{count(int(row.delta), 'expiry', 'expiries')} within {span(row.seconds)}.",
            "Each time its partitions move to other leaders, and its followers fall out of sync.",
            cause="ZooKeeper did not hear it for zookeeper.session.timeout.ms: a long garbage "
            "collection, a stalled disk, or the network between them.",
            evidence={
                "expiries": int(row.delta),
                "disconnects": int(lost.get(row.target, 0)),
                "window_seconds": round(row.seconds, 1),
            },
            actions=(
                Action(
                    f"Look for pauses on {row.target} at the time of the expiry.",
                    "grep -E 'Session expired|Unable to reconnect' server.log; "
                    "grep -i pause kafkaServer-gc.log | tail",
                ),
                Action(
                    "If pauses cannot be shortened, raise zookeeper.session.timeout.ms (18 s by "
                    "default), one broker at a time.",
                    effect="disruptive",
                ),
            ),
            covers=frozenset([subject]),
        )
