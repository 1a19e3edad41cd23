"""The exporter as a process, and what it serves."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
from prometheus_client.parser import text_string_to_metric_families as parse

from kdiag.lab.plan import free_ports
from kdiag.lab.waiting import wait_until

INTERVAL_SECONDS = 2


@contextmanager
def exporting(lab, *arguments):
    """Run the command, and yield its address; it must end in order. lab: None for a config."""
    [port] = free_ports(1)
    address = f"127.0.0.1:{port}"
    one = () if lab is None else ("--bootstrap-server", lab.bootstrap, "--cluster-name", "lab")
    command = [
        *(sys.executable, "-m", "kdiag", "exporter", *one),
        *("--web.listen-address", address, "--interval", str(INTERVAL_SECONDS)),
        *("--diagnose-every", "10", *arguments),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        wait_until(lambda: _is_ready(address), "the exporter is ready", 60)
        yield address
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=5)
        assert process.returncode == 0, log
        assert "Traceback" not in log, log
        assert "ERROR" not in log, log
    finally:
        process.kill()


def _is_ready(address):
    try:
        return httpx.get(f"http://{address}/-/ready").is_success
    except httpx.TransportError:
        return False


def page(address):
    return httpx.get(f"http://{address}/metrics", timeout=30).text


def told(address):
    """Return (metric, labels but the cluster) → value."""
    return {
        (sample.name, *(value for key, value in sample.labels.items() if key != "kafka_cluster")): (
            sample.value
        )
        for family in parse(page(address))
        for sample in family.samples
    }
