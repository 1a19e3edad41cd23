"""What a real Prometheus that scrapes a real broker is seen to watch."""

import asyncio

import pytest

from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import Lab
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Monitoring
from kdiag.snapshot import Missing
from kdiag.sources.http import Server
from kdiag.sources.monitoring import read_monitoring
from kdiag.sources.prometheus.asking import Asker, Monitor
from tests.live.prometheus import Prometheus, binary

pytestmark = pytest.mark.live

[CHECK] = load_checks().select(["unmonitored-signal"], [])


def monitor(url):
    return Monitor(Server("Prometheus", url, "[prometheus]"))


def read(url):
    async def asked():
        return await read_monitoring(Asker(monitor(url), 5))

    return asyncio.run(asked())


def test_what_is_scraped_is_seen_and_what_is_not_is_named(tmp_path):
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    with Lab(brokers=1, jmx=["prometheus"]) as lab:
        lab.create_topic("orders")
        lab.start_producer("orders", rate=50)
        lab.start_consumer("billing", "orders")
        address = f"127.0.0.1:{lab.state.nodes[0].jmx_ports['prometheus']}"
        with Prometheus(path, tmp_path, [address]) as prometheus:
            prometheus.wait('{__name__=~"kafka_server_BrokerTopicMetrics_.*"}')
            snapshot = collect(
                plan([CHECK]),
                lab.bootstrap,
                limits=Limits(sample_seconds=0),
                prometheus=monitor(prometheus.url),
            )

    report = diagnose(snapshot, [CHECK], {})
    told = {row.signal: row.of for row in snapshot.get(Monitoring).rows.itertuples()}
    assert told["JMX"] == address
    assert "lag" not in told
    [item] = report.findings
    assert "lag" in item.finding.evidence["signals"]
    assert "JMX" not in item.finding.evidence["signals"]


def test_a_prometheus_that_is_none_is_one_sentence():
    with Lab(brokers=1, jmx=["jolokia"]) as lab:
        port = lab.state.nodes[0].jmx_ports["jolokia"]
        found = read(f"http://127.0.0.1:{port}")
    refused = read(f"http://127.0.0.1:{port}")

    assert isinstance(found, Missing)
    assert "Prometheus at" in found.reason
    assert "cannot be reached" in refused.reason
