"""Native metrics: from the tables of a snapshot to families, one module an area."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.metrics.brokers import brokers
from kdiag.exporter.metrics.checks import checks
from kdiag.exporter.metrics.cluster import cluster
from kdiag.exporter.metrics.connect import connect
from kdiag.exporter.metrics.groups import groups
from kdiag.exporter.metrics.ksqldb import ksqldb
from kdiag.exporter.metrics.postgres import postgres
from kdiag.exporter.metrics.registry import registry
from kdiag.exporter.metrics.topics import topics
from kdiag.exporter.seen import Seen


def native(seen: Seen) -> Iterator[Family]:
    """Yield all families of a snapshot, the coarse ones first."""
    yield from cluster(seen)
    yield from checks(seen)
    yield from brokers(seen)
    yield from connect(seen)
    yield from registry(seen)
    yield from ksqldb(seen)
    yield from postgres(seen)
    yield from groups(seen)
    yield from topics(seen)
