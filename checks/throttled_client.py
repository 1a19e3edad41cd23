"""Clients that a quota slows down.

Brokers delay the answers of a client that exceeds its quota; neither side logs it. Its groups fall
behind as if their work were too slow, and more members of the same client id share the same quota.
Over JMX brokers tell whom they delay, readers and writers alike.

Reads: DescribeClientQuotas, OffsetFetch, the commits of the past in __consumer_offsets,
DescribeLogDirs (mean size of a record), the describes of groups; JMX (throttle-time of Produce,
Fetch and Request) where it is there. Quotas: KIP-13, KIP-546.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Said,
    Subject,
    ThrottledClients,
    ThrottleTimes,
    check,
    group,
    listed,
    size,
    span,
)

_KEYS = {
    "produce": "producer_byte_rate",
    "fetch": "consumer_byte_rate",
    "request": "request_percentage",
}


_OF_CLIENTS = "kafka-configs.sh --bootstrap-server {bootstrap} --describe --entity-type clients"
_OF_USERS = "kafka-configs.sh --bootstrap-server {bootstrap} --describe --entity-type users"
_OF_BOTH = (
    "kafka-configs.sh --bootstrap-server {bootstrap} --describe --entity-type users "
    "--entity-type clients"
)
"""Shows quotas of pairs of both, and no others."""


@check(area="lag", explained_by=("broker-down",))
def throttled_client(
    throttled: ThrottledClients, times: ThrottleTimes | None, *, slow_seconds: float = 0.1
) -> Said:
    """Clients that a quota delays, or that fall behind at just what a quota allows.

    slow_seconds: a mean delay of answers below it is a note only.
    """
    delays = {} if times is None else _delays(times)
    for row in throttled.rows.itertuples():
        told = [delays.pop(key) for key in list(delays) if key[1:] == (row.client_id, "fetch")]
        delay = max((each.seconds for each in told), default=None)
        names = listed(f"{name} on {topic}" for name, topic in row.groups)
        yield Finding(
            "warning",
            Subject.of("client", client_id=row.client_id),
            f"Client {row.client_id} reads {size(row.bytes_per_second)} a second from broker "
            f"{row.broker}, and its quota is {size(row.quota_bytes_per_second)}; it falls behind "
            f"as group {names}.",
            "Its lag grows however many members of this client id there are; no log tells why.",
            cause=f"The consumer_byte_rate of {_entity(row)} limits each broker's answers to it.",
            confidence="certain" if delay else "likely",
            evidence={
                **({"throttle_seconds": round(delay, 3)} if delay else {}),
                "bytes_per_second": round(row.bytes_per_second),
                "quota_bytes_per_second": round(row.quota_bytes_per_second),
                "broker": row.broker,
                "groups": sorted({name for name, _ in row.groups}),
            },
            actions=_actions(row),
            covers=frozenset(group(name, topic) for name, topic in row.groups),
        )
    yield from (_delayed(row, slow_seconds) for row in delays.values())


def _delays(times: ThrottleTimes) -> dict[tuple[str | None, str | None, str], Any]:
    return {(row.user, row.client_id, row.kind): row for row in times.rows.itertuples()}


def _delayed(row: Any, slow_seconds: float) -> Finding:
    """Return what a broker itself says of a client that it delays."""
    names = {"user": row.user, "client_id": row.client_id}
    who = " and ".join(f"{key.replace('_', ' ')} {name}" for key, name in names.items() if name)
    what = "requests" if row.kind == "request" else f"{row.kind} requests"
    return Finding(
        "warning" if row.seconds >= slow_seconds else "info",
        Subject.of("client", **names),
        f"{row.target.capitalize()} delays {what} of {who} by {span(row.seconds)} each.",
        "Its throughput is flat at the quota, and its latency grows; no log tells why.",
        cause=f"Its {_KEYS[row.kind]} is used up.",
        evidence={"throttle_seconds": round(row.seconds, 3), "quota": _KEYS[row.kind]},
        actions=(
            Action(
                "See which quotas there are, and raise this one if the brokers have room.",
                _OF_BOTH if row.user and row.client_id else _OF_USERS if row.user else _OF_CLIENTS,
            ),
        ),
    )


def _entity(row: Any) -> str:
    return "client ids by default" if row.entity == "<default>" else f"client id {row.entity}"


def _actions(row: Any) -> tuple[Action, ...]:
    raised = round(2 * row.quota_bytes_per_second)
    return (
        Action(
            "See which quotas there are.",
            _OF_CLIENTS,
        ),
        Action(
            f"Raise the quota of {row.client_id}, if the brokers have room.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type clients "
            "--entity-name {client} --add-config consumer_byte_rate={value}",
            "safe",
            {"client": row.client_id, "value": raised},
        ),
    )
