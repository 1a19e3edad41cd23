"""A broker tells clients an address at which nothing listens."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER = 2


def inject(lab: Lab) -> None:
    """Let broker 2 advertise port 1 to its clients."""
    broker = lab.brokers[_BROKER]
    text = broker.config_file.read_text(encoding="utf-8")
    told = f"advertised.listeners=PLAINTEXT://{broker.bootstrap}"
    wrong = f"advertised.listeners=PLAINTEXT://{broker.host}:1"
    broker.config_file.write_text(text.replace(told, wrong), encoding="utf-8")
    broker.restart()
    lab.wait_ready()


def heal(lab: Lab) -> None:
    """Let it advertise its own address again."""
    broker = lab.brokers[_BROKER]
    text = broker.config_file.read_text(encoding="utf-8")
    right = text.replace(f"PLAINTEXT://{broker.host}:1,", f"PLAINTEXT://{broker.bootstrap},")
    broker.config_file.write_text(right, encoding="utf-8")
    broker.restart()
    lab.wait_ready()


FAULT = Fault(
    name="advertised-elsewhere",
    title="A broker advertises an address that does not answer",
    inject=inject,
    heal=heal,
    expects=(("advertised-listener-unreachable", {"type": "broker", "id": _BROKER}),),
    forbids=("broker-down",),
    settle_seconds=3,
    lab={"listeners": ("ssl",), "properties": {"inter.broker.listener.name": "SSL"}},
    is_last=True,
)
