"""Defaults of the brokers that give new and internal topics too few copies.

A topic that is created without a word about replication gets the brokers' default, which is one
copy unless changed. The defaults should fit the number of brokers: three copies, of which two must
be in sync, from three brokers on.

Reads: DescribeConfigs (the defaults for replication), DescribeCluster (number of brokers).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    BrokerConfigs,
    Brokers,
    Finding,
    NotApplicable,
    Said,
    check,
    count,
)

_FACTORS = (
    "default.replication.factor",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "share.coordinator.state.topic.replication.factor",
)
_LIMITS = (
    "min.insync.replicas",
    "transaction.state.log.min.isr",
    "share.coordinator.state.topic.min.isr",
)
# Brokers before 4.1 have no share.* keys, and lack nothing for it.
_OLD = tuple(key for key in (*_FACTORS, *_LIMITS) if not key.startswith("share."))
_EFFECTS = {
    "default.replication.factor": "Topics created without a replication factor have too few copies",
    "min.insync.replicas": "Writes with acks=all may be confirmed with a single copy",
}
_INHERITED = "min.insync.replicas"
"""What topics without a value of their own go by, so that it explains their min-isr-one."""

_INTERNAL = "Internal topics, and with them offsets and transactions, are lost with one broker"


@check(area="topics", configs=_OLD)
def weak_broker_defaults(configs: BrokerConfigs, brokers: Brokers) -> Said:
    """Defaults for replication that do not fit the number of brokers."""
    number = len(brokers)
    if number < 2:
        yield NotApplicable("a single broker cannot keep a second copy")
        return
    if weak := _weak(configs, number):
        yield _finding(weak, number)


def _weak(configs: BrokerConfigs, brokers: int) -> list[dict[str, Any]]:
    """Return each setting that is below its target, or above what the brokers can hold."""
    targets = _targets(brokers)
    rows = configs.rows[configs.rows["key"].isin(targets) & configs.rows["value"].notna()]
    values = rows["value"].astype("int64").groupby(rows["key"])
    low, high = values.min(), values.max()
    return [
        {"key": key, "value": int(low[key] if low[key] < target else high[key]), "target": target}
        for key, target in targets.items()
        if key in low.index and (low[key] < target or (key in _FACTORS and high[key] > brokers))
    ]


def _targets(brokers: int) -> dict[str, int]:
    factor, limit = min(3, brokers), 2 if brokers >= 3 else 1
    return {**dict.fromkeys(_FACTORS, factor), **dict.fromkeys(_LIMITS, limit)}


def _finding(weak: list[dict[str, Any]], brokers: int) -> Finding:
    named = ", ".join(
        f"{item['key']} {item['value']} (should be {item['target']})" for item in weak
    )
    return Finding(
        "warning",
        CLUSTER,
        f"{count(len(weak), 'default')} of the brokers "
        f"{'does' if len(weak) == 1 else 'do'} not fit {count(brokers, 'broker')}: {named}.",
        _impact(weak, brokers),
        due="a topic is created",
        evidence={"broker_count": brokers, "settings": weak},
        actions=_actions(weak),
        covers=frozenset([CLUSTER] if any(item["key"] == _INHERITED for item in weak) else []),
    )


def _impact(weak: list[dict[str, Any]], brokers: int) -> str:
    low = [_EFFECTS.get(item["key"], _INTERNAL) for item in weak if item["value"] < item["target"]]
    sentences = [f"{effect}." for effect in dict.fromkeys(low)]
    if any(item["value"] > item["target"] for item in weak):
        sentences.append("A topic with more copies than there are brokers cannot be created.")
    return " ".join(sentences)


def _actions(weak: list[dict[str, Any]]) -> tuple[Action, ...]:
    dynamic = [item for item in weak if item["key"] == _INHERITED]
    static = [f"{item['key']}={item['target']}" for item in weak if item not in dynamic]
    actions = []
    if static:
        actions.append(
            Action(
                f"Set {', '.join(static)} in server.properties of brokers and controllers, and "
                "restart them one by one. Topics that exist keep what they have.",
                effect="disruptive",
            )
        )
    if dynamic:
        actions.append(
            Action(
                "Set the limit for all topics without their own. First see that those topics have "
                "more copies than that: with as many, any restart stops their writes.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "brokers --entity-default --add-config min.insync.replicas={value}",
                "disruptive",
                {"value": dynamic[0]["target"]},
            )
        )
    return tuple(actions)
