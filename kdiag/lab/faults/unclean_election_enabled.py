"""A topic prefers being available to keeping its records."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "inventory"


def inject(lab: Lab) -> None:
    """Override one key of a topic."""
    override(lab, _TOPIC, {"unclean.leader.election.enable": "true"})


def heal(lab: Lab) -> None:
    """Give the topic the safe default back."""
    lab.alter_config("topic", _TOPIC, {"unclean.leader.election.enable": None})


FAULT = Fault(
    name="unclean-election-enabled",
    title="A topic allows unclean leader elections",
    inject=inject,
    heal=heal,
    expects=(("unclean-election-enabled", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=0,
)
