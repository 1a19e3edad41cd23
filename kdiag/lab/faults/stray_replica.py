"""A partition was moved away from a broker that was down; with ZooKeeper it keeps its copy."""

from kdiag.lab.clients import topic_metadata
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.reassigning import reassign
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 3, "ferry-tickets"
_OTHERS = [1, 2]
_SECONDS = 60


def inject(lab: Lab) -> None:
    """Shut broker 3 down, move its replica to broker 2, and start it again."""
    lab.create_topic(_TOPIC, assignment=[[1, _BROKER]], configs={"min.insync.replicas": "1"})
    lab.produce(_TOPIC, 3_000)
    lab.brokers[_BROKER].shutdown()
    reassign(lab, {(_TOPIC, 0): _OTHERS})
    wait_until(lambda: _replicas(lab) == _OTHERS, f"{_TOPIC} is on brokers {_OTHERS}", _SECONDS)
    lab.brokers[_BROKER].start()
    lab.wait_ready()


def _replicas(lab: Lab) -> list[int]:
    found = topic_metadata(lab.admin(), _TOPIC)
    return [] if found is None else sorted(found.partitions[0].isrs)


def heal(lab: Lab) -> None:
    """Delete the copy while its broker is down, and the topic."""
    broker = lab.brokers[_BROKER]
    broker.shutdown()
    for directory in broker.log_dirs[0].glob(f"{_TOPIC}-*"):
        for file in directory.iterdir():
            file.unlink()
        directory.rmdir()
    broker.start()
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="stray-replica",
    title="A broker keeps a replica that was moved away while it was down",
    inject=inject,
    heal=heal,
    expects=(("stray-replicas", {"type": "log_dir", "broker": _BROKER}),),
    forbids=("under-replicated", "reassignment-stuck", "broker-down"),
    settle_seconds=2,
    lab={"kafka": "3.9.2", "metadata": "zookeeper"},
    is_last=True,
)
