"""Elections of the quorum of controllers, as brokers tell them."""

from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer
from kdiag.lab.waiting import wait_until

_CLIENT, _SECONDS = "lab", 90


def wait_elections(lab: Lab, count: int) -> None:
    """Wait until the quorum has held so many more elections than now."""
    told = [_epoch(lab)]

    def have_been() -> bool:
        told.append(_epoch(lab))
        known = [epoch for epoch in told if epoch is not None]
        return bool(known) and known[-1] - known[0] >= count

    wait_until(have_been, f"the quorum has held {count} elections", _SECONDS, 0.2)


def _epoch(lab: Lab) -> int | None:
    """Return the epoch of the quorum; None where no broker tells it now."""
    from kio.schema.describe_quorum.v1 import request as quorum
    from kio.schema.types import TopicName
    from kio.static.primitive import i32

    partition = quorum.PartitionData(partition_index=i32(0))
    topic = quorum.TopicData(topic_name=TopicName("__cluster_metadata"), partitions=(partition,))
    try:
        with Peer(lab.bootstrap.split(",")[0], _CLIENT) as peer:
            answer = peer.ask(quorum.DescribeQuorumRequest(topics=(topic,)))
    except OSError:
        return None
    found = [each for topic in answer.topics for each in topic.partitions if not each.error_code]
    return int(found[0].leader_epoch) if found else None
