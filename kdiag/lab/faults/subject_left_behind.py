"""The topic of a subject is gone, and the subject is still there."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_SUBJECT = "retired-orders-value"


def inject(lab: Lab) -> None:
    """Register a schema for a topic that is not there."""
    lab.registry.register(_SUBJECT, "string")


FAULT = Fault(
    name="subject-left-behind",
    title="The subject of a topic that is gone",
    inject=inject,
    heal=lambda lab: lab.registry.delete(_SUBJECT),
    expects=(("orphan-subjects", {"type": "schema_subject", "schema_subject": _SUBJECT}),),
    objects=(_SUBJECT,),
    lab={"services": frozenset({"registry"})},
)
