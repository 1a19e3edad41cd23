"""A client opens a connection to one broker for each of its requests."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER = 2


def inject(lab: Lab) -> None:
    """Open and close 120 connections a second."""
    lab.start_connections(_BROKER, rate=120, client_id="sensor-gateway")


FAULT = Fault(
    name="connection-storm",
    title="A client connects anew for each request",
    inject=inject,
    heal=lambda lab: lab.end_load(f"connections-{_BROKER}"),
    expects=(("connection-storm", {"type": "listener", "broker": _BROKER}),),
    forbids=("auth-failures", "file-descriptors"),
    settle_seconds=30,
)
