"""Connectors that pass over records that they cannot process, and keep no trace of them.

With errors.tolerance=all a record that a converter or transformation fails on is skipped. Only a
dead-letter topic (of sinks; KIP-298) or errors.log.enable=true shows that there was one.

Reads: GET /connectors?expand=info of a worker (settings).
"""

from typing import Any

from kdiag.api import (
    Action,
    ConnectorConfigs,
    Connectors,
    Finding,
    Said,
    Subject,
    check,
    connector_of,
    settings_by_connector,
)

_HANDLING = "event.processing.failure.handling.mode"


@check(area="pipelines")
def connector_silent_drop(connectors: Connectors, configs: ConnectorConfigs) -> Said:
    """Connectors with errors.tolerance=all and neither a dead-letter topic nor a log."""
    settings = settings_by_connector(configs)
    for row in connectors.rows.itertuples():
        held = settings.get((row.connect_cluster, row.connector), {})
        subject = connector_of(connectors, row.connect_cluster, row.connector)
        own = {key: value or "" for key, value in held.items()}
        if own.get("errors.tolerance", "").lower() == "all" and not _is_told(row, own):
            yield _finding(row, subject, "errors.tolerance", "all")
        elif own.get(_HANDLING, "").lower() in ("skip", "ignore"):
            yield _finding(row, subject, _HANDLING, own[_HANDLING].lower())


def _is_told(row: Any, own: dict[str, str]) -> bool:
    has_topic = row.type == "sink" and own.get("errors.deadletterqueue.topic.name")
    return bool(has_topic) or own.get("errors.log.enable", "").lower() == "true"


def _finding(row: Any, subject: Subject, key: str, value: str) -> Finding:
    is_sink = row.type == "sink"
    return Finding(
        "warning",
        subject,
        f"Connector {row.connector} passes over records that it cannot process ({key}={value}) and "
        f"says nothing of them.",
        "Records are lost, and nobody learns of it.",
        due="a record cannot be processed",
        cause="It has neither a dead-letter topic nor errors.log.enable=true."
        if is_sink
        else "Dead-letter topics are for sinks only, and errors.log.enable=true is not set.",
        evidence={key: value, "type": row.type},
        actions=(
            Action(
                "Set errors.deadletterqueue.topic.name, "
                "errors.deadletterqueue.context.headers.enable=true and errors.log.enable=true."
                if is_sink
                else "Set errors.log.enable=true, or let it fail: errors.tolerance=none."
            ),
        ),
    )
