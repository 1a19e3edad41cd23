"""The disks have room, but not for what a lost broker held."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _PARTITIONS = "till-rolls", 3
_RECORDS, _RECORD_BYTES = 9_800, 10_000


def inject(lab: Lab) -> None:
    """Write 98 MB to each of three partitions: 73 % of each broker's small disk, in two copies."""
    configs = {"min.insync.replicas": "1"}
    lab.create_topic(_TOPIC, assignment=[[1, 2], [2, 3], [3, 1]], configs=configs)
    for partition in range(_PARTITIONS):
        lab.produce(_TOPIC, _RECORDS, size=_RECORD_BYTES, partition=partition)


FAULT = Fault(
    name="no-spare-disk",
    title="The disks could not take what a lost broker held",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("disk-headroom", {"type": "broker"}),),
    forbids=("disk-usage-high", "log-dirs-unbalanced", "replica-skew"),
    settle_seconds=2,
    lab={"small_disks": {1: 1, 2: 1, 3: 1}},
)
