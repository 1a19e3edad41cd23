"""Records carry the id of a schema that the registry does not have."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "loyalty-points"
_SUBJECT, _LOST = f"{_TOPIC}-value", 9999


def inject(lab: Lab) -> None:
    """Write records with the id of a schema, and then with one that was never given."""
    lab.create_topic(_TOPIC, 1)
    lab.registry.write(_TOPIC, lab.registry.register(_SUBJECT, "string"))
    lab.registry.write(_TOPIC, _LOST)


def heal(lab: Lab) -> None:
    """Delete the subject and its topic."""
    lab.registry.delete(_SUBJECT)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="schema-id-lost",
    title="Records carry a schema id that the registry does not know",
    inject=inject,
    heal=heal,
    expects=(("schema-id-unknown", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC, _SUBJECT),
    lab={"services": frozenset({"registry"})},
    is_in_records=True,
)
