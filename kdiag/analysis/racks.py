"""Over how many racks the replicas of each partition spread, against how many they could.

Kafka places replicas of new topics on distinct racks where every broker has broker.rack (KIP-36);
topics that are older than the racks, and hand-made assignments, stay as they are.
"""

from collections.abc import Iterable, Mapping
from itertools import chain

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing, Table


class RackSpread(Table):
    """One row a partition with two replicas or more: the racks it has and could have.

    racks: rack of each replica, in their order. rack_count: distinct ones. possible_racks:
    min(replication factor, racks of the cluster). A partition with a replica on a broker whose
    rack is not known has no row; the errors name the broker.
    """

    noun = "replicated partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "replicas": "object",
        "racks": "object",
        "rack_count": "int",
        "possible_racks": "int",
    }


@derive()
def rack_spread(partitions: Partitions, brokers: Brokers) -> RackSpread | NotApplicable:
    """Count the racks of each replicated partition."""
    registered = brokers.rows[brokers.rows["is_registered"]]
    racks = dict(zip(registered["broker"], registered["rack"], strict=True))
    if not any(racks.values()):
        return NotApplicable("no broker has a rack")
    if not all(racks.values()):
        return NotApplicable("not every broker has a rack")
    assignments = {replicas for replicas in set(partitions.rows["replicas"]) if len(replicas) >= 2}
    unknown = _unknown(assignments, racks)
    if len(set(racks.values())) < 2 and not unknown:
        return NotApplicable("all brokers are in one rack")
    known_racks = {
        replicas: tuple(racks[id_] for id_ in replicas)
        for replicas in assignments
        if racks.keys() >= set(replicas)
    }
    known = partitions.rows[partitions.rows["replicas"].isin(known_racks)]
    assigned = known["replicas"].tolist()
    most = len(set(racks.values()))
    counts = {replicas: len(set(found)) for replicas, found in known_racks.items()}
    possible = {replicas: min(len(replicas), most) for replicas in known_racks}
    return RackSpread.of(
        {
            "topic": known["topic"],
            "partition": known["partition"].array,
            "replicas": assigned,
            "racks": [known_racks[replicas] for replicas in assigned],
            "rack_count": [counts[replicas] for replicas in assigned],
            "possible_racks": [possible[replicas] for replicas in assigned],
        },
        errors=unknown,
    )


def _unknown(
    assignments: Iterable[tuple[int, ...]], racks: Mapping[int, str]
) -> dict[str, Missing]:
    """Return the brokers that hold replicas and whose rack nobody tells."""
    absent = set(chain.from_iterable(assignments)) - set(racks)
    return {
        f"broker {id_}": Missing("its rack is not known while the cluster does not list it")
        for id_ in sorted(absent)
    }
