"""Where queries go, and what the variables of a dashboard narrow them to."""

from kdiag.monitoring.dashboards.panel import Variable

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
"""The data source that a person chooses on top of the dashboard."""

_CLUSTER = ("job", "kafka_cluster")


def selected(expr: str, variables: tuple[Variable, ...]) -> str:
    """Return PromQL with the labels of the variables in the place of $S and $C."""
    cluster = tuple(one for one in variables if one.name in _CLUSTER)
    return expr.replace("$S", _labels(variables)).replace("$C", _labels(cluster))


def _labels(variables: tuple[Variable, ...]) -> str:
    return ", ".join(f'{one.name}=~"${one.name}"' for one in variables)
