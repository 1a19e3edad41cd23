"""The metrics that there are to ask for: those of the exporter, and Prometheus' own of a target."""

from kdiag.diagnose import diagnose
from kdiag.exporter.metrics import native
from kdiag.exporter.own import Passes, own
from kdiag.registry import load_checks
from tests.exporter.scenes import seen, snapshot

_OF_A_TARGET = {"job", "instance"}
_PROMETHEUS = {
    "up": _OF_A_TARGET,
    "scrape_duration_seconds": _OF_A_TARGET,
    "scrape_samples_scraped": _OF_A_TARGET,
    "process_resident_memory_bytes": _OF_A_TARGET,
    "process_cpu_seconds_total": _OF_A_TARGET,
    "ALERTS": {"alertname", "alertstate", "severity", "check", "kafka_cluster"},
}


def metrics() -> dict[str, set[str]]:
    """Return the names of series and their labels."""
    taken = snapshot()
    report = diagnose(taken, load_checks().checks, {})
    families = [*native(seen(taken, report=report)), *own(Passes(taken=1), 1.0, 30, is_up=True)]
    return _PROMETHEUS | {
        family.series: {*family.labels, "kafka_cluster", *_OF_A_TARGET} for family in families
    }
