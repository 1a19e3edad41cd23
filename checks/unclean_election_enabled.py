"""Unclean leader election is allowed: a replica that was not in sync may become leader.

It then drops every record that it lacks, although producers got their acknowledgement and lag
shows nothing. A topic's own setting is one finding each; a value that topics inherit (cluster
default, broker, server.properties) is one finding for the cluster.

Reads: DescribeConfigs of topics and brokers (unclean.leader.election.enable and where it is set).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    BrokerConfigs,
    Finding,
    Said,
    TopicConfigs,
    check,
    count,
    listed,
    set_where,
    topic,
)

_KEY = "unclean.leader.election.enable"
_ALTER = "kafka-configs.sh --bootstrap-server {bootstrap} --alter"
_IMPACT = (
    "When the last in-sync replica fails, a stale one takes over and acknowledged records are lost "
    "without an error."
)


@check(area="replication", configs=(_KEY,), escalate=True)
def unclean_election_enabled(
    topic_configs: TopicConfigs, broker_configs: BrokerConfigs | None
) -> Said:
    """Topics, or a whole cluster, that may elect a leader that lacks records."""
    topics = _enabled(topic_configs)
    for row in topics[topics["source"] == "topic"].itertuples():
        yield Finding(
            "warning",
            topic(row.topic),
            f"Topic {row.topic} allows unclean leader election.",
            _IMPACT,
            cause="The topic overrides the default of the cluster.",
            due="all in-sync replicas are lost",
            evidence={"source_level": "topic"},
            actions=(
                Action(
                    "Remove the override, unless losing records is agreed on for this topic.",
                    _ALTER + " --entity-type topics --entity-name {topic} --delete-config {key}",
                    "safe",
                    {"topic": row.topic, "key": _KEY},
                ),
            ),
        )
    inherited = topics[topics["source"] != "topic"]
    brokers = None if broker_configs is None else _enabled(broker_configs)
    if len(inherited) or (brokers is not None and len(brokers)):
        yield _clusterwide(inherited, brokers)


def _enabled(configs: TopicConfigs | BrokerConfigs) -> Any:
    """Return the rows that switch it on."""
    rows = configs.only("key", _KEY)
    return rows[rows["value"] == "true"]


def _clusterwide(topics: Any, brokers: Any) -> Finding:
    ids = [] if brokers is None else sorted(brokers["broker"])
    sources = list(topics["source"]) or list(brokers["source"])
    source = max(set(sources), key=sources.count)
    return Finding(
        "warning",
        CLUSTER,
        f"Unclean leader election is on for the cluster ({set_where(source)}); "
        f"{count(len(topics), 'topic inherits', 'topics inherit')} it.",
        _IMPACT,
        cause=f"It is set on {listed(f'broker {id_}' for id_ in ids)}." if ids else "",
        evidence={
            "source_level": source,
            "topic_count": len(topics),
            "brokers": [int(id_) for id_ in ids],
        },
        actions=(_undo(source, ids),),
    )


def _undo(source: str, ids: list[int]) -> Action:
    if source == "broker" and ids:
        return Action(
            "Remove the setting from each of these brokers.",
            _ALTER + " --entity-type brokers --entity-name {broker} --delete-config {key}",
            "safe",
            {"broker": ids[0], "key": _KEY},
        )
    if source == "cluster-default":
        return Action(
            "Remove the cluster-wide setting.",
            _ALTER + " --entity-type brokers --entity-default --delete-config {key}",
            "safe",
            {"key": _KEY},
        )
    return Action(
        f"Set {_KEY}=false in server.properties of brokers and controllers; until they are "
        "restarted a cluster-wide setting overrides the file.",
        _ALTER + " --entity-type brokers --entity-default --add-config {key}=false",
        "safe",
        {"key": _KEY},
    )
