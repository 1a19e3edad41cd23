"""Brokers that are controllers too, in a cluster that is not small.

With process.roles=broker,controller one process serves clients and votes in the quorum: a busy or
restarting broker takes its vote along, and controllers cannot be rolled or scaled by themselves.
Kafka's documentation calls this mode right for development and wrong for critical use (KRaft,
"Process Roles").

Reads: DescribeConfigs (process.roles), DescribeCluster (number of brokers).
"""

from kdiag.api import (
    CLUSTER,
    Action,
    BrokerConfigs,
    Brokers,
    Finding,
    KRaftMode,
    NotApplicable,
    Said,
    check,
    count,
    listed,
)

_ROLES = "process.roles"


@check(area="controller", configs=(_ROLES,))
def combined_mode(
    configs: BrokerConfigs, brokers: Brokers, mode: KRaftMode, *, small_brokers: int = 3
) -> Said:
    """Clusters of more than three brokers, some of which are controllers as well.

    small_brokers: clusters of up to so many brokers are left alone; there combined roles save
        machines.
    """
    number = int(brokers.rows["is_registered"].sum())
    if number <= small_brokers:
        yield NotApplicable(f"combined roles are usual with up to {count(small_brokers, 'broker')}")
        return
    rows = configs.only("key", _ROLES).dropna(subset="value")
    is_both = rows["value"].map(lambda value: "controller" in value and "broker" in value)
    both = sorted(int(id_) for id_ in rows.loc[is_both.astype("bool"), "broker"])
    if not both:
        return
    yield Finding(
        "info",
        CLUSTER,
        f"{count(len(both), 'broker')} of {number} {'is' if len(both) == 1 else 'are'} controllers "
        f"too: {listed(both)}.",
        "A restart or a long pause of such a broker takes a vote of the quorum along, and "
        "controllers cannot be upgraded or moved without moving data.",
        evidence={"broker_count": number, "combined_brokers": both},
        actions=(
            Action(
                "Plan controllers of their own: add them to the quorum one by one, then take the "
                "role of controller from the brokers.",
                "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --status",
            ),
        ),
    )
