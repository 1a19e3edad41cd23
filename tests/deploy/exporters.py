"""An exporter that is started as something says, and what it answers."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families as parse

from kdiag.lab.waiting import wait_until

INSTALLED = str(Path(sys.executable).parent)
"""Where the kdiag of this installation is."""


def environ_of(variables):
    """Return the variables of a container, with the kdiag of this installation first."""
    return {**variables, "PATH": f"{INSTALLED}:{variables.get('PATH', os.defpath)}"}


@contextmanager
def started(argv, environ, address, **options):
    """Run an exporter until the block ends; then SIGTERM must end it in order."""
    process = subprocess.Popen(  # noqa: S603
        argv, env=environ_of(environ), stderr=subprocess.PIPE, text=True
    )
    with httpx.Client(base_url=address, **options) as client:
        try:
            wait_until(lambda: process.poll() is not None or answers(client), "it answers", 60)
            assert process.poll() is None, process.stderr.read()
            yield client
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=30)
            assert process.returncode == 0, log
            assert "Traceback" not in log
        finally:
            process.kill()
            process.communicate()


def answers(client):
    try:
        return bool(client.get("/-/healthy"))
    except httpx.TransportError:
        return False


def is_healthy_and_not_ready(client):
    return [client.get(path).status_code for path in ("/-/healthy", "/-/ready")] == [200, 503]


def watched(client):
    """Return cluster → kdiag_up."""
    return {
        sample.labels["kafka_cluster"]: sample.value
        for family in parse(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "kdiag_up"
    }
