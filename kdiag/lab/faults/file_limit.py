"""Connections that nobody closes bring a broker near its limit of open files."""

from kdiag.errors import LabError
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER, _LIMIT = 1, 600
_USED, _CERTAIN_RATIO = 550, 0.88


def inject(lab: Lab) -> None:
    """Hold as many connections as leave the broker 50 files."""
    process = lab.brokers[_BROKER].process
    if process is None:
        raise LabError("file-limit needs a broker that runs.")
    held = _USED - process.open_files
    lab.start_connections(_BROKER, rate=100, held=held, client_id="till")
    wait_until(lambda: process.open_files > _CERTAIN_RATIO * _LIMIT, "the connections are open", 40)


FAULT = Fault(
    name="file-limit",
    title="A broker is near its limit of open files",
    inject=inject,
    heal=lambda lab: lab.end_load(f"connections-{_BROKER}"),
    expects=(("file-descriptors", {"type": "broker", "id": _BROKER}),),
    forbids=("connection-storm", "too-many-partitions"),
    lab={"brokers": 1, "open_files": _LIMIT},
)
