"""A broker was told to log less, and does not log denials any more."""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.loggers import set_level

_BROKER, _LOGGER = 3, "kafka.authorizer.logger"


def inject(lab: Lab) -> None:
    """Raise the level of the authorizer's logger."""
    set_level(lab, _BROKER, _LOGGER, "ERROR")


FAULT = Fault(
    name="denials-unlogged",
    title="A broker does not log denials",
    inject=inject,
    heal=lambda lab: set_level(lab, _BROKER, _LOGGER, "INFO"),
    expects=(("audit-log-off", {"type": "broker", "id": _BROKER}),),
    settle_seconds=1,
    lab=SECURED,
)
