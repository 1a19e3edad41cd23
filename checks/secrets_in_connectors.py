"""Connectors whose settings have a password written out.

Connect stores settings in a topic as they are, and answers with them whoever may ask: every
password that is written out can be read by all who reach a worker or that topic. A provider of
configurations (KIP-297) leaves `${file:/path:key}` there, and each worker looks the value up.

Reads: GET /connectors?expand=info of a worker. Values are not kept; the names of keys are.
"""

from kdiag.api import (
    Action,
    ConnectorConfigs,
    Connectors,
    Finding,
    Said,
    check,
    connector_of,
    listed,
)


@check(area="pipelines")
def secrets_in_connectors(connectors: Connectors, configs: ConnectorConfigs) -> Said:
    """Connectors with a literal secret among their settings."""
    rows = configs.rows
    for (place, name), one in rows[rows["is_literal"]].groupby(["connect_cluster", "connector"]):
        keys = sorted(one["key"])
        yield Finding(
            "warning",
            connector_of(connectors, place, name),
            f"Connector {name} has a secret written out in {listed(keys)}.",
            "Everybody who reaches a worker, or may read the topic of settings, can read it.",
            evidence={"keys": keys},
            actions=(
                Action(
                    "Put it into a file or a vault that the workers read (config.providers), write "
                    "${file:/path:key} here, and change the secret: it has been readable.",
                ),
            ),
        )
