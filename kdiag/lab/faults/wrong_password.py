"""The password of a client was changed, and the client does not know: it tries again for ever."""

from kdiag.lab import security
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _LISTENER = "payslips", "sasl_plain"


def inject(lab: Lab) -> None:
    """Start a producer with a password that is not right any more."""
    lab.create_topic(_TOPIC)
    known = security.client_config(_LISTENER, lab.state.tls)
    settings = {
        **known,
        "bootstrap.servers": lab.bootstrap_of(_LISTENER),
        "sasl.password": "changed-last-night",
    }
    lab.start_producer(_TOPIC, rate=1, settings=settings, client_id="payroll")


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="wrong-password",
    title="A client logs in with a wrong password",
    inject=inject,
    heal=heal,
    expects=(("auth-failures", {"type": "listener", "name": _LISTENER.upper()}),),
    forbids=("connection-storm",),
    settle_seconds=10,
    lab={"listeners": (_LISTENER,)},
)
