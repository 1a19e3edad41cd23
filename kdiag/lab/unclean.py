"""An unclean election: the replica that lacks records becomes the leader."""

from kdiag.lab.clients import broker_ids, offsets, topic_metadata
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_LEADER, _STALE = 1, 2
_EARLY, _LATE = 200, 100
_SECONDS = 40


def elect_uncleanly(lab: Lab, topic: str) -> None:
    """Stop one of two replicas, write, kill the other, and start the first one alone.

    In the end both run, and the records that were written meanwhile are gone.
    """
    configs = {"unclean.leader.election.enable": "true", "min.insync.replicas": "1"}
    lab.create_topic(topic, configs=configs, assignment=[[_LEADER, _STALE]])
    lab.produce(topic, _EARLY)
    lab.brokers[_STALE].shutdown()
    _wait_leader(lab, topic, _LEADER)
    lab.produce(topic, _LATE)
    lab.brokers[_LEADER].kill()
    wait_until(lambda: _LEADER not in broker_ids(lab.bootstrap), "the leader is fenced", _SECONDS)
    lab.brokers[_STALE].start()
    _wait_leader(lab, topic, _STALE)
    lab.brokers[_LEADER].start()
    lab.wait_ready()
    wait_until(lambda: _is_whole(lab, topic), f"topic {topic} has both replicas", _SECONDS)


def _wait_leader(lab: Lab, topic: str, broker: int) -> None:
    def leads() -> bool:
        found = topic_metadata(lab.admin(), topic)
        return found is not None and found.partitions[0].leader == broker

    wait_until(leads, f"broker {broker} leads {topic}", _SECONDS)


def _is_whole(lab: Lab, topic: str) -> bool:
    found = topic_metadata(lab.admin(), topic)
    return (
        found is not None
        and len(found.partitions[0].isrs) == 2
        and offsets(lab.admin(), topic, "latest")[0] == _EARLY
    )
