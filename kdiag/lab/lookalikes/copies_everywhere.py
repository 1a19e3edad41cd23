"""The disks are as full as where a lost broker would not fit, by what all brokers have anyway."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_EVERYWHERE, _ON_TWO = "tax-tables", "price-changes"
_RECORDS_EVERYWHERE, _RECORDS_ON_TWO, _RECORD_BYTES = 5_000, 2_000, 10_000


def inject(lab: Lab) -> None:
    """Fill the brokers' small disks to 73 %, most of it with partitions that all of them have."""
    lab.create_topic(_EVERYWHERE)
    configs = {"min.insync.replicas": "1"}
    lab.create_topic(_ON_TWO, assignment=[[1, 2], [2, 3], [3, 1]], configs=configs)
    for partition in range(3):
        lab.produce(_EVERYWHERE, _RECORDS_EVERYWHERE, size=_RECORD_BYTES, partition=partition)
        lab.produce(_ON_TWO, _RECORDS_ON_TWO, size=_RECORD_BYTES, partition=partition)


def heal(lab: Lab) -> None:
    """Delete the topics."""
    lab.delete_topic(_EVERYWHERE)
    lab.delete_topic(_ON_TWO)


LOOKALIKE = Fault(
    name="copies-everywhere",
    title="What a lost broker held is on all others already",
    inject=inject,
    heal=heal,
    forbids=("disk-headroom", "disk-usage-high", "log-dirs-unbalanced", "replica-skew"),
    settle_seconds=2,
    lab={"small_disks": {1: 1, 2: 1, 3: 1}},
)
