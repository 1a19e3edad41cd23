"""The topic in which Connect keeps its settings is not compacted any more."""

from kdiag.lab.connect import CONFIGS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

FAULT = Fault(
    name="connect-configs-deleted",
    title="The topic of Connect's settings deletes instead of compacting",
    inject=lambda lab: _set_policy(lab, "delete"),
    heal=lambda lab: _set_policy(lab, "compact"),
    expects=(("connect-internal-topics", {"type": "topic", "topic": CONFIGS}),),
    objects=(CONFIGS,),
    lab=WITH_CONNECT,
    is_last=True,  # no worker starts after it
)


def _set_policy(lab: Lab, policy: str) -> None:
    lab.alter_config("topic", CONFIGS, {"cleanup.policy": policy})
