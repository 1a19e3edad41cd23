"""Topics whose partitions differ in their number of replicas, and no reassignment explains it."""

from kdiag.check import derive
from kdiag.sections import Partitions, Reassignments
from kdiag.snapshot import Missing, Table


class MixedReplication(Table):
    """One row a topic. fewest, most: replicas of a partition. fewest_partitions: tuple of ids."""

    noun = "topics of mixed replication"
    needs_rows = False
    columns = {
        "topic": "str",
        "fewest": "int",
        "most": "int",
        "fewest_partitions": "object",
    }


@derive()
def mixed_replication(
    partitions: Partitions, reassignments: Reassignments | None
) -> MixedReplication:
    """Compare the partitions of each topic.

    Without the list of reassignments a topic that looks mixed is neither reported nor healthy.
    """
    rows = partitions.rows.assign(factor=partitions.rows["replicas"].map(len))
    factors = rows.groupby("topic")["factor"].agg(["min", "max"])
    mixed = factors[factors["min"] != factors["max"]]
    if mixed.empty:
        return MixedReplication.of()
    if reassignments is None or reassignments.errors:
        why = Missing("reassignments were not read", "Describe on the cluster")
        return MixedReplication.of(errors={f"topic {name}": why for name in mixed.index})
    moving = set(reassignments.rows["topic"])
    return MixedReplication.from_rows(
        [
            {
                "topic": name,
                "fewest": int(row["min"]),
                "most": int(row["max"]),
                "fewest_partitions": tuple(
                    rows[(rows["topic"] == name) & (rows["factor"] == row["min"])][
                        "partition"
                    ].tolist()
                ),
            }
            for name, row in mixed.iterrows()
            if name not in moving
        ]
    )
