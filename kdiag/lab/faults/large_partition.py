"""One partition is larger than all others: it fills one of two disks, of one broker."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER, _TOPIC = 1, "parcel-scans"
_RECORDS, _RECORD_BYTES = 19_500, 10_000


def inject(lab: Lab) -> None:
    """Write 195 MB to a partition that only broker 1 has: 73 % of a small disk."""
    configs = {"min.insync.replicas": "1"}
    lab.create_topic(_TOPIC, assignment=[[_BROKER]], configs=configs)
    lab.produce(_TOPIC, _RECORDS, size=_RECORD_BYTES)


FAULT = Fault(
    name="large-partition",
    title="A broker has one partition that is larger than all others",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(
        ("log-dirs-unbalanced", {"type": "log_dir", "broker": _BROKER}),
        ("replica-skew", {"type": "broker", "id": _BROKER}),
    ),
    forbids=("disk-usage-high", "disk-headroom"),
    settle_seconds=2,
    lab={"log_dirs": 2, "small_disks": {_BROKER: 2}},
)
