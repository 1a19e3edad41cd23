"""Grafana dashboards, as data: fleet, cluster, group, topic, pipelines, the exporter itself."""

from kdiag.monitoring.dashboards.cluster import CLUSTER
from kdiag.monitoring.dashboards.document import document
from kdiag.monitoring.dashboards.exporter import EXPORTER
from kdiag.monitoring.dashboards.fleet import FLEET
from kdiag.monitoring.dashboards.group import GROUP
from kdiag.monitoring.dashboards.pipeline import PIPELINE
from kdiag.monitoring.dashboards.topic import TOPIC

BOARDS = (FLEET, CLUSTER, GROUP, TOPIC, PIPELINE, EXPORTER)
"""All dashboards, from the widest to the one about kdiag itself."""

__all__ = ["BOARDS", "document"]
