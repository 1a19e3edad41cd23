"""Levels of loggers: DescribeConfigs of BROKER_LOGGER, each broker for itself (KIP-412)."""

from datetime import datetime

from kdiag.sections import BrokerLoggers
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

AUTHORIZER = "kafka.authorizer.logger"
"""What authorizers write their decisions to: denials at INFO, what was allowed at DEBUG."""

_BROKER_LOGGER = 8
_LOGGERS = (AUTHORIZER, "root")


async def read_broker_loggers(wire: Wire, now: datetime) -> BrokerLoggers | Missing:
    """Ask every broker for the loggers that a check reads."""
    asked = {id_: {"resources": [_resource(id_)]} for id_ in wire.brokers}
    replies, errors = split(await wire.ask_all("DescribeConfigs", asked))
    results = [(id_, result) for id_, reply in replies.items() for result in reply.results]
    errors |= {
        f"broker {id_}": missing_for("DescribeConfigs", result.error_code)
        for id_, result in results
        if result.error_code
    }
    rows = [
        {"broker": id_, "logger": config.name, "level": config.value}
        for id_, result in results
        for config in result.configs
    ]
    if errors and not rows:
        return next(iter(errors.values()))
    await tables_ready()
    return BrokerLoggers.from_rows(rows, read_at=now, errors=errors)


def _resource(broker: int) -> dict[str, object]:
    return {
        "resource_type": _BROKER_LOGGER,
        "resource_name": str(broker),
        "configuration_keys": list(_LOGGERS),
    }
