"""Defaults for new topics, and for those of Kafka itself, with too few copies.

default.replication.factor and min.insync.replicas are 1 unless they are set: a topic that is made
without numbers has one copy. A node that is alone, broker and its own controller, has no place for
a second one.

Reads: server.properties (default.replication.factor, min.insync.replicas, offsets and
transaction.state.log replication factors, controller.quorum.voters, process.roles).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, KeyedFile, Said, check

_WANTED = {
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.min.isr": 2,
}


@check(area="topics")
def weak_broker_defaults(brokers: BrokerFiles) -> Said:
    """Brokers whose new topics have fewer copies than three, or acknowledge with one."""
    for file in brokers:
        if not _is_broker(file) or _is_alone(file):
            continue
        for key, wanted in _WANTED.items():
            held = file.number(key)
            if held is not None and held < wanted:
                yield _finding(file, key, held, wanted)


def _is_broker(file: KeyedFile) -> bool:
    return "broker" in (file.value("process.roles") or "broker")


def _is_alone(file: KeyedFile) -> bool:
    """Tell whether the node is its own and only controller."""
    voters = file.value("controller.quorum.voters") or file.value(
        "controller.quorum.bootstrap.servers"
    )
    roles = file.value("process.roles") or ""
    return "controller" in roles and len((voters or "").split(",")) == 1


def _finding(file: KeyedFile, key: str, held: int, wanted: int) -> Finding:
    is_set = key in file
    what = "copies" if "replication" in key else "copies in sync for acks=all"
    return Finding(
        "warning",
        file.subject(key),
        f"{key} is {held}{'' if is_set else ', since it is not set'}; {wanted} {what} are usual.",
        "What is made without a number of its own is lost, or not there, with one broker.",
        evidence={"key": key, "value": held, "target": wanted},
        actions=(
            Action(f"Set {key}={wanted} on all brokers; it holds for new topics.", None, "safe"),
        ),
        confidence="likely",
    )
