"""Metrics of an audit, for a Pushgateway or node_exporter: when it last succeeded, what it found.

They say nothing of an audit that failed: the alert KdiagAuditOverdue sees that the last success is
too long ago.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.audit.deliver.post import Endpoint, post
from kdiag.audit.deliver.summary import counts, standing
from kdiag.audit.written import Written
from kdiag.errors import DeliveryError
from kdiag.wire.secret import Secret

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

JOB = "kdiag_audit"


@dataclass(frozen=True)
class Pushgateway:
    """A Pushgateway; metrics of each cluster are a group of their own."""

    endpoint: Endpoint
    period_seconds: float


@dataclass(frozen=True)
class Textfile:
    """A file for node_exporter's textfile collector; one cluster a file."""

    path: Path
    period_seconds: float


def push(settings: Pushgateway, written: Written) -> None:
    """Replace the metrics of the cluster in a Pushgateway. Raises DeliveryError."""
    from prometheus_client import push_to_gateway

    def handler(
        url: str,
        method: str,
        timeout: float | None,
        headers: Sequence[tuple[str, str]],
        data: bytes,
    ) -> Callable[[], None]:
        to = replace(settings.endpoint, url=Secret(url))
        return lambda: post(to, data, lambda: dict(headers), method)

    push_to_gateway(
        settings.endpoint.url.value,
        job=JOB,
        registry=registry(written, settings.period_seconds),
        grouping_key={"kafka_cluster": written.cluster},
        timeout=settings.endpoint.timeout_seconds,
        handler=handler,
    )


def write(settings: Textfile, written: Written) -> None:
    """Replace a file at once, so that no half of it is ever read. Raises DeliveryError."""
    from prometheus_client import write_to_textfile

    try:
        write_to_textfile(str(settings.path), registry(written, settings.period_seconds))
    except OSError as error:
        raise DeliveryError(f"{settings.path}: cannot be written: {error.strerror}") from None


def preview(settings: Pushgateway | Textfile, written: Written) -> str:
    """Return the metrics as text."""
    from prometheus_client import generate_latest

    return generate_latest(registry(written, settings.period_seconds)).decode()


def registry(written: Written, period_seconds: float) -> "CollectorRegistry":
    """Return the metrics of a report, labelled with its cluster.

    The time of success is that at which the cluster was read: what the report says is as old.
    """
    from prometheus_client import CollectorRegistry, Gauge

    made, cluster = CollectorRegistry(), written.cluster
    document = written.document

    def gauge(name: str, help_: str, values: Mapping[str, float], label: str = "") -> None:
        labels = ["kafka_cluster", *([label] if label else [])]
        family = Gauge(f"kdiag_audit_{name}", help_, labels, registry=made)
        for of, value in values.items():
            family.labels(cluster, *([of] if label else [])).set(value)

    at = datetime.fromisoformat(document["started_at"]).timestamp()
    gauge("last_success_timestamp_seconds", "When the last audit read the cluster.", {"": at})
    gauge("period_seconds", "How often it is run.", {"": period_seconds})
    if "duration_seconds" in document:
        seconds = float(document["duration_seconds"])
        gauge("duration_seconds", "How long the last audit took.", {"": seconds})
    found = counts(standing(document))
    gauge("findings", "Causes that it found and nobody waived.", found, "severity")
    return made
