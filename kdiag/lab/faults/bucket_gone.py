"""The bucket that a sink writes to is gone: its task ends, and Connect does not start it again."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_ALL
from kdiag.lab.waiting import wait_until

_TOPIC, _SINK = "facts", "facts-sink"
_GROUP = f"connect-{_SINK}"


def inject(lab: Lab) -> None:
    """Let a sink write to its bucket, then lose the bucket and write more."""
    lab.create_topic(_TOPIC, 1)
    lab.produce(_TOPIC, 5)
    lab.store.sink(_SINK, _TOPIC)
    wait_until(lambda: lab.store.objects() >= 5, "the sink has written 5 objects", 90, 0.5)
    lab.store.lose()
    lab.produce(_TOPIC, 20)
    lab.connect.wait_state(_SINK, "FAILED")


def heal(lab: Lab) -> None:
    """Remove the sink and its topic, and make the bucket again."""
    lab.connect.delete(_SINK)
    lab.delete_group(_GROUP)
    lab.delete_topic(_TOPIC)
    lab.store.make_bucket()


FAULT = Fault(
    name="bucket-gone",
    title="The bucket of a sink is gone",
    inject=inject,
    heal=heal,
    expects=(("connector-failed", {"type": "connector", "connector": _SINK}),),
    objects=(_TOPIC, _GROUP),
    lab=WITH_ALL,
)
