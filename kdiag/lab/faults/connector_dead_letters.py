"""A sink puts what it cannot read into a dead-letter topic that nobody reads."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK, _LETTERS = "chargebacks", "chargebacks-sink", "chargebacks-sink-dlq"


def inject(lab: Lab) -> None:
    """Let a sink with a dead-letter topic run, and write what it cannot read."""
    lab.create_topic(_TOPIC, 1)
    lab.create_topic(_LETTERS, 1)
    lab.connect.put(
        _SINK,
        topics=_TOPIC,
        errors_tolerance="all",
        errors_deadletterqueue_topic_name=_LETTERS,
        errors_deadletterqueue_context_headers_enable="true",
    )
    lab.start_producer(_TOPIC, rate=10)


def heal(lab: Lab) -> None:
    """Remove the sink and its topics."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.connect.delete(_SINK)
    lab.delete_group(f"connect-{_SINK}")
    for topic in (_TOPIC, _LETTERS):
        lab.delete_topic(topic)


FAULT = Fault(
    name="connector-dead-letters",
    title="The dead-letter topic of a connector fills and nobody reads it",
    inject=inject,
    heal=heal,
    expects=(("dlq-filling", {"type": "topic", "topic": _LETTERS}),),
    objects=(_TOPIC, _LETTERS, f"connect-{_SINK}"),
    settle_seconds=10,
    lab=WITH_CONNECT,
)
