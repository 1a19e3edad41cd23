"""What can stand around the brokers of a lab: name, as in `kdiag lab up --with`, and its start."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kdiag.lab import connect, mirror, postgres, registry, store
from kdiag.lab.plan import SERVICES

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

WITH_CONNECT: Mapping[str, Any] = {"services": frozenset({"connect"})}
WITH_ALL: Mapping[str, Any] = {"brokers": 1, "services": frozenset({"connect", "postgres", "s3"})}
WITH_MIRROR: Mapping[str, Any] = {"services": frozenset({"mirror"})}
"""What faults of pipelines need, as `Fault.lab`."""

_START: Mapping[str, Callable[["Lab"], None]] = {
    "postgres": postgres.start,
    "s3": store.start,
    "connect": connect.start,
    "registry": registry.start,
    "mirror": mirror.start,
}


def start(lab: "Lab") -> None:
    """Start what the plan of a lab wants around its brokers, and wait until it is ready."""
    for name in SERVICES:
        if name in lab.plan.services:
            _START[name](lab)
