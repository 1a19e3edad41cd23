"""How large each partition is, by the replicas that were seen."""

from typing import Any

from kdiag.sections import Replicas


def replica_sizes(replicas: Replicas) -> Any:
    """Return topic, partition and size_bytes, one row a partition: of its largest replica.

    A copy on its way to another directory of its broker does not count.
    """
    held = replicas.rows[~replicas.rows["is_future"]]
    return held.groupby(["topic", "partition"], as_index=False)["size_bytes"].max()
