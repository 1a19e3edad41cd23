"""Real brokers on this machine, to learn on and to test with; an extra: `pip install kdiag[lab]`.

    with Lab(brokers=3) as lab:
        lab.create_topic("orders")
        lab.produce("orders", count=100)
        lab.brokers[3].kill()

Everything listens on loopback only and ends with the block.
"""

from kdiag.lab.broker import Broker
from kdiag.lab.detached import KNOWN, break_, down, heal, logs, status, up
from kdiag.lab.fault import Fault, inject
from kdiag.lab.faults import FAULTS
from kdiag.lab.lab import Lab
from kdiag.lab.lookalikes import LOOKALIKES
from kdiag.lab.plan import LISTENERS, Plan
from kdiag.lab.processes import Process

__all__ = [
    "FAULTS",
    "KNOWN",
    "LISTENERS",
    "LOOKALIKES",
    "Broker",
    "Fault",
    "Lab",
    "Plan",
    "Process",
    "break_",
    "down",
    "heal",
    "inject",
    "logs",
    "status",
    "up",
]
