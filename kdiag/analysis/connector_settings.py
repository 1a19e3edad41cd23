"""Settings of connectors, as far as they are held, connector by connector."""

from collections.abc import Mapping

from kdiag.pipeline_sections import ConnectorConfigs


def settings_by_connector(
    configs: ConnectorConfigs,
) -> dict[tuple[str, str], Mapping[str, str | None]]:
    """Return (Connect cluster, connector) → key → value, None where it is not held."""
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in configs.rows.itertuples():
        found.setdefault((row.connect_cluster, row.connector), {})[row.key] = row.value
    return dict(found)
