"""The metrics that there are to ask for: of the exporter, the audit, and Prometheus' own."""

from pathlib import Path

from kdiag.audit.deliver.metrics import registry
from kdiag.audit.written import Written
from kdiag.diagnose import diagnose
from kdiag.exporter.metrics import native
from kdiag.exporter.metrics.probe import probe
from kdiag.exporter.own import Passes, own
from kdiag.probe.latencies import Latencies
from kdiag.probe.prober import Probed
from kdiag.registry import load_checks
from kdiag.render.json import document
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
    families = [
        *native(seen(taken, report=report)),
        *own(Passes(taken=1), 1.0, 30, is_up=True),
        *probe(Probed(True, {}, {}, Latencies(), {})),
    ]
    return (
        _PROMETHEUS
        | _of_an_audit(document(report))
        | {family.series: {*family.labels, "kafka_cluster", *_OF_A_TARGET} for family in families}
    )


def _of_an_audit(report: dict) -> dict[str, set[str]]:
    written = Written(report, Path(), Path(), Path(), Path(), {})
    return {
        sample.name: {*sample.labels, *_OF_A_TARGET}
        for family in registry(written, 86400).collect()
        for sample in family.samples
    }
