"""Levels of loggers of a broker that runs."""

from kdiag.errors import LabError
from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer

_BROKER_LOGGER, _SET = 8, 0


def set_level(lab: Lab, broker: int, logger: str, level: str) -> None:
    """Set the level of a logger until the next restart."""
    from kio.schema.incremental_alter_configs.v1.request import (
        AlterableConfig,
        AlterConfigsResource,
        IncrementalAlterConfigsRequest,
    )
    from kio.static.primitive import i8

    config = AlterableConfig(name=logger, config_operation=i8(_SET), value=level)
    resource = AlterConfigsResource(
        resource_type=i8(_BROKER_LOGGER), resource_name=str(broker), configs=(config,)
    )
    request = IncrementalAlterConfigsRequest(resources=(resource,), validate_only=False)
    with Peer(lab.brokers[broker].bootstrap, "lab") as peer:
        answer = peer.ask(request)
    if answer.responses[0].error_code:
        raise LabError(f"Broker {broker} refused a level of {logger}.")
