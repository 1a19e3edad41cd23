"""A second version that goes with the first: a field more, with a default."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "vouchers"
_SUBJECT = f"{_TOPIC}-value"
_FIELD = {"name": "amount", "type": "int"}
_MORE = {"name": "currency", "type": "string", "default": "EUR"}


def inject(lab: Lab) -> None:
    """Register both, and write records with each."""
    lab.create_topic(_TOPIC, 1)
    for fields in ([_FIELD], [_FIELD, _MORE]):
        schema = {"type": "record", "name": "Voucher", "fields": fields}
        lab.registry.write(_TOPIC, lab.registry.register(_SUBJECT, schema))


def heal(lab: Lab) -> None:
    """Delete the subject and its topic."""
    lab.registry.delete(_SUBJECT)
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="schema-grows",
    title="A schema with a second version that goes with the first",
    inject=inject,
    heal=heal,
    forbids=(
        "schema-incompatible",
        "schema-compatibility-none",
        "schema-id-unknown",
        "orphan-subjects",
    ),
    objects=(_TOPIC, _SUBJECT),
    lab={"services": frozenset({"registry"})},
    is_in_records=True,
)
