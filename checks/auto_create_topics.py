"""Clusters in which a misspelt topic name makes a topic.

With auto.create.topics.enable, which is on by default, the first produce to, or read from, a name
that does not exist creates a topic with the defaults of the brokers: one partition and one copy,
unless they were changed.

Reads: DescribeConfigs (auto.create.topics.enable and the defaults), Metadata (topics like them),
DescribeCluster (one broker alone is taken for development: an info).
"""

from kdiag.api import (
    CLUSTER,
    Action,
    BrokerConfigs,
    Brokers,
    Finding,
    Said,
    Topics,
    check,
    count,
    development,
    listed,
)

_KEY = "auto.create.topics.enable"


@check(area="topics", configs=(_KEY,))
def auto_create_topics(
    configs: BrokerConfigs, topics: Topics | None, brokers: Brokers | None
) -> Said:
    """Topics are created by whoever names them."""
    rows = configs.only("key", _KEY)
    rows = rows[rows["value"] == "true"]
    if rows.empty:
        return
    at = sorted({int(id_) for id_ in rows["broker"]})
    alone = development(brokers)
    alike = _at_defaults(configs, topics)
    whose = "default" if (rows["source"] == "default").all() else "setting"
    yield Finding(
        "info" if alone else "warning",
        CLUSTER,
        f"Any client can create topics by naming them: {_KEY} is true on "
        f"{listed(f'broker {id_}' for id_ in at)}.",
        "A misspelt name becomes a topic that nobody reads; it takes the records instead of "
        "failing, with as few copies as the defaults say.",
        cause=_cause(whose, alike, alone),
        due="a client names a topic that does not exist",
        evidence={
            "brokers": at,
            "topics_at_defaults_count": None if alike is None else len(alike),
            "topics_at_defaults": alike,
        },
        actions=(
            Action(
                "See which of the topics nobody meant to have.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --describe --exclude-internal",
            ),
            Action(
                f"Set {_KEY}=false in server.properties and restart the brokers one by one; make "
                "sure first that no application relies on it.",
                effect="disruptive",
            ),
        ),
    )


def _at_defaults(configs: BrokerConfigs, topics: Topics | None) -> list[str] | None:
    """Return the topics that have exactly the brokers' defaults: they may have been made so."""
    if topics is None:
        return None
    partitions = _values(configs, "num.partitions")
    factors = _values(configs, "default.replication.factor")
    rows = topics.rows
    alike = rows[
        rows["partition_count"].isin(partitions)
        & rows["replication_factor_min"].isin(factors)
        & (rows["replication_factor_min"] == rows["replication_factor_max"])
        & ~rows["is_internal"]
    ]
    return sorted(name for name in alike["topic"] if not name.startswith("__"))


def _values(configs: BrokerConfigs, key: str) -> set[int]:
    values = configs.only("key", key)["value"]
    return {int(value) for value in values.dropna()}


def _cause(whose: str, alike: list[str] | None, alone: str) -> str:
    said = f"It is the {whose} of the brokers.", _hint(alike), alone
    return " ".join(filter(None, said))


def _hint(alike: list[str] | None) -> str:
    if not alike:
        return ""
    have, them = ("has", "it") if len(alike) == 1 else ("have", "some of them")
    return (
        f"{count(len(alike), 'topic')} ({listed(alike)}) {have} exactly the defaults; possibly "
        f"{them} came about so."
    )
