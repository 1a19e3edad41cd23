"""A broker was restarted, and its clients connect anew: many connections a second, which stay."""

from kdiag.errors import LabError
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER = 2
_CLIENTS, _PER_SECOND = 500, 40.0


def inject(lab: Lab) -> None:
    """Let clients connect to a broker, restart it, and let them come back within 13 s."""
    first = lab.start_connections(_BROKER, rate=500, held=_CLIENTS, client_id="tracker")
    wait_until(lambda: _has_clients(lab), f"{_CLIENTS} clients are connected", 40)
    lab.brokers[_BROKER].shutdown()
    first.terminate()
    lab.brokers[_BROKER].start()
    lab.start_connections(_BROKER, rate=_PER_SECOND, held=_CLIENTS, client_id="tracker")
    lab.wait_ready()


def _has_clients(lab: Lab) -> bool:
    process = lab.brokers[_BROKER].process
    if process is None:
        raise LabError(f"Broker {_BROKER} does not run.")
    return process.open_files > _CLIENTS


LOOKALIKE = Fault(
    name="reconnecting-clients",
    title="Clients come back to a broker that was restarted",
    inject=inject,
    heal=lambda lab: lab.end_load(f"connections-{_BROKER}"),
    forbids=("connection-storm", "auth-failures", "broker-restarts", "network-threads-saturated"),
    settle_seconds=1,
    is_last=True,
)
