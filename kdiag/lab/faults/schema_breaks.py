"""Nothing is checked for a subject, and its second version cannot be read with the first."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "credit-notes"
_SUBJECT = f"{_TOPIC}-value"


def inject(lab: Lab) -> None:
    """Take compatibility away from a subject, and register what breaks it."""
    lab.create_topic(_TOPIC, 1)
    lab.registry.register(_SUBJECT, _credit_note("int"))
    lab.registry.set_level("NONE", _SUBJECT)
    lab.registry.register(_SUBJECT, _credit_note("string"))


def _credit_note(amount: str) -> dict[str, object]:
    return {"type": "record", "name": "CreditNote", "fields": [{"name": "amount", "type": amount}]}


def heal(lab: Lab) -> None:
    """Delete the subject and its topic."""
    lab.registry.delete(_SUBJECT)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="schema-breaks",
    title="A second version that the first cannot be read with, under compatibility NONE",
    inject=inject,
    heal=heal,
    expects=(
        ("schema-compatibility-none", {"type": "schema_subject", "schema_subject": _SUBJECT}),
        ("schema-incompatible", {"type": "schema_subject", "schema_subject": _SUBJECT}),
    ),
    objects=(_TOPIC, _SUBJECT),
    lab={"services": frozenset({"registry"})},
)
