"""Clients that a quota slows down.

Brokers delay the answers of a client that exceeds its quota; neither side logs it. Its groups fall
behind as if their work were too slow, and more members of the same client id share the same quota.

Reads: DescribeClientQuotas, OffsetFetch, the commits of the past in __consumer_offsets,
DescribeLogDirs (mean size of a record), the describes of groups. Quotas: KIP-13, KIP-546.
"""

from typing import Any

from kdiag.api import Action, Finding, Said, Subject, ThrottledClients, check, group, listed, size


@check(area="lag", explained_by=("broker-down",))
def throttled_client(throttled: ThrottledClients) -> Said:
    """Clients of groups that fall behind while they read exactly what a quota allows."""
    for row in throttled.rows.itertuples():
        names = listed(f"{name} on {topic}" for name, topic in row.groups)
        yield Finding(
            "warning",
            Subject.of("client", client_id=row.client_id),
            f"Client {row.client_id} reads {size(row.bytes_per_second)} a second from broker "
            f"{row.broker}, and its quota is {size(row.quota_bytes_per_second)}; it falls behind "
            f"as group {names}.",
            "Its lag grows however many members of this client id there are; no log tells why.",
            cause=f"The consumer_byte_rate of {_entity(row)} limits each broker's answers to it.",
            confidence="likely",
            evidence={
                "bytes_per_second": round(row.bytes_per_second),
                "quota_bytes_per_second": round(row.quota_bytes_per_second),
                "broker": row.broker,
                "groups": sorted({name for name, _ in row.groups}),
            },
            actions=_actions(row),
            covers=frozenset(group(name, topic) for name, topic in row.groups),
        )


def _entity(row: Any) -> str:
    return "client ids by default" if row.entity == "<default>" else f"client id {row.entity}"


def _actions(row: Any) -> tuple[Action, ...]:
    command = "kafka-configs.sh --bootstrap-server {bootstrap}"
    raised = round(2 * row.quota_bytes_per_second)
    return (
        Action(
            "See which quotas there are.",
            f"{command} --describe --entity-type clients",
        ),
        Action(
            f"Raise the quota of {row.client_id}, if the brokers have room.",
            f"{command} --alter --entity-type clients --entity-name {row.client_id} "
            f"--add-config consumer_byte_rate={raised}",
            "safe",
        ),
    )
