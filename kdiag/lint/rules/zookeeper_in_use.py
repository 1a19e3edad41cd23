"""Brokers that keep their metadata in ZooKeeper.

Kafka 4.0 has no ZooKeeper mode any more; 3.9 is the last release with it, and the one to migrate
on.

Reads: server.properties (zookeeper.connect, process.roles, zookeeper.metadata.migration.enable).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, Said, check

_KEY = "zookeeper.connect"


@check(area="controller", escalate=True)
def zookeeper_in_use(brokers: BrokerFiles) -> Said:
    """Brokers with zookeeper.connect."""
    for file in brokers:
        if _KEY not in file:
            continue
        is_moving = file.value("zookeeper.metadata.migration.enable") == "true"
        yield Finding(
            "info" if is_moving else "warning",
            file.subject(_KEY),
            "This node is on its way from ZooKeeper to KRaft."
            if is_moving
            else "This broker keeps its metadata in ZooKeeper.",
            "There is no upgrade to Kafka 4 before the migration is done.",
            evidence={"key": _KEY, "is_migrating": is_moving},
            actions=(Action("Migrate to KRaft on Kafka 3.9, then upgrade.", None, "disruptive"),),
        )
