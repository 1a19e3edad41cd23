"""A cluster of three brokers that was set up without care: what several faults have in common."""

from collections.abc import Mapping
from typing import Any

CARELESS: Mapping[str, Any] = {
    "racks": ("r1", "r2", "r2"),
    "properties": {
        "auto.create.topics.enable": "true",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "min.insync.replicas": "1",
    },
    "broker_properties": {3: {"log.retention.hours": "24"}},
}
"""Arguments of `Lab`."""
