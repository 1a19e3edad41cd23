"""JMX of real brokers: every dialect tells the same facts, and what goes wrong is one sentence."""

import asyncio
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from kdiag.check import closure
from kdiag.cli.facts import exporter_config
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.facts import FACTS
from kdiag.lab import Lab
from kdiag.lab import jmx as lab_jmx
from kdiag.lab.java import runtime
from kdiag.lab.plan import Node, free_ports
from kdiag.lab.processes import spawn
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Facts, FactsCoverage
from kdiag.sources.jmx import Access, endpoints, read_facts, rmi, rmi_jmxquery
from kdiag.sources.saved import load, save
from kdiag.wire.secret import Secret

pytestmark = pytest.mark.live

needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="jmxquery needs a java on the PATH"
)

_DRIFT = 0.25  # of what moves between two readings
_MOVING = {"uptime", "heap-used", "heap-after-gc", "request-handlers-idle", "network-threads-idle"}
_ALIASED = {"start-time"}  # client_java rounds


@pytest.fixture(scope="module")
def lab():
    with Lab(brokers=1, jmx=("rmi", "jolokia", "prometheus")) as started:
        started.create_topic("orders", configs={"max.message.bytes": "2000"})
        started.start_producer("orders", rate=50)
        started.start_consumer("billing", "orders")
        time.sleep(3)
        started.end_load("producer-orders")
        started.end_load("consumer-billing")
        yield started


@pytest.fixture(scope="module")
def secured():
    kinds = ("rmi_password", "jolokia_password", "prometheus_rules")
    with Lab(brokers=1, jmx=kinds) as started:
        started.create_topic("orders")
        started.produce("orders", 1_000)
        yield started


def url(lab, kind):
    [node] = lab.state.nodes
    port = node.jmx_ports[kind]
    if kind.startswith("rmi"):
        return f"rmi{'+ssl' if kind == 'rmi_ssl' else ''}://{{host}}:{port}"
    if kind.startswith("jolokia"):
        return f"jolokia+http://{{host}}:{port}/jolokia"
    return f"prometheus+http://{{host}}:{port}/metrics"


def read(where, names=tuple(FACTS), access=None, seconds=20) -> tuple[Facts, FactsCoverage]:
    place = endpoints([where], {1: "127.0.0.1"})
    filled = asyncio.run(read_facts(place, access or Access(), names, seconds, 60))
    return filled[Facts], filled[FactsCoverage]


def values(facts):
    return {
        (row.fact, row.labels): row.value for row in facts.rows.itertuples() if row.fact in FACTS
    }


def missing(facts):
    [why] = facts.errors.values()
    return why


def test_all_dialects_tell_the_same_facts(lab):
    told = {kind: values(read(url(lab, kind))[0]) for kind in ("rmi", "jolokia", "prometheus")}

    assert len({name for name, _ in told["rmi"]}) >= 60
    for kind, found in told.items():
        _agree(told["rmi"], found, kind)


@needs_java
def test_jmxquery_tells_the_same_as_jpype(lab, monkeypatch):
    told = values(read(url(lab, "rmi"))[0])
    monkeypatch.setattr(rmi, "rmi_jpype", rmi_jmxquery)

    _agree(told, values(read(url(lab, "rmi"))[0]), "jmxquery")


def test_an_exporter_of_what_is_read_and_nothing_else_tells_the_same(lab):
    told = values(read(url(lab, "prometheus"))[0])
    rules = lab.state.jmx / "prometheus.yml"
    before = rules.read_text(encoding="utf-8")
    whole = page_bytes(lab)
    try:
        rules.write_text(exporter_config(FACTS), encoding="utf-8")
        wait_until(lambda: page_bytes(lab) < whole / 2, "the exporter has read its rules")

        _agree(told, values(read(url(lab, "prometheus"))[0]), "includeObjectNames")
    finally:
        rules.write_text(before, encoding="utf-8")


@pytest.fixture
def worker(lab, tmp_path):
    """A Connect worker of this cluster; returns where it is asked."""
    rest, port = free_ports(2)
    node = Node(9, (), {}, "", jmx_ports={"jolokia": port})
    config = tmp_path / "worker.properties"
    converter = "org.apache.kafka.connect.json.JsonConverter"
    topics = "".join(
        f"{kind}.storage.topic=connect-{kind}\n{kind}.storage.replication.factor=1\n"
        for kind in ("config", "offset", "status")
    )
    config.write_text(
        f"bootstrap.servers={lab.bootstrap}\ngroup.id=connect\n{topics}"
        f"key.converter={converter}\nvalue.converter={converter}\n"
        f"listeners=http://127.0.0.1:{rest}\n",
        encoding="utf-8",
    )
    java = runtime(lab.state.plan.kafka)
    command = java.command(
        "org.apache.kafka.connect.cli.ConnectDistributed",
        str(config),
        flags=lab_jmx.flags(node, tmp_path),
    )
    process = spawn(command, java.environment({}), tmp_path / "worker.log")
    try:
        wait_until(lambda: _answers(rest), "the worker serves", 60)
        yield f"worker 127.0.0.1:{rest}=jolokia+http://127.0.0.1:{port}/jolokia"
    finally:
        process.terminate()


def _answers(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").is_success
    except httpx.TransportError:
        return False


def test_a_connect_worker_tells_of_its_process(worker):
    facts, coverage = read(worker)

    target = worker.partition("=")[0]
    of_all = {name for name, fact in FACTS.items() if "worker" in fact.on and not fact.is_lazy}
    assert {row.fact for row in facts.rows.itertuples() if row.target == target} >= of_all
    assert not facts.errors
    assert coverage.errors == {}


def page_bytes(lab):
    [node] = lab.state.nodes
    return len(httpx.get(f"http://127.0.0.1:{node.jmx_ports['prometheus']}/metrics").content)


def _agree(told, found, kind):
    known = {name for name, _ in told}
    assert {name for name, _ in found} >= known - _untold(kind), kind
    for key, value in told.items():
        if key in found and key[0] not in _MOVING:
            assert found[key] == pytest.approx(value, rel=_DRIFT, abs=60), (kind, key)


def _untold(kind):
    """Return what a dialect cannot tell: jmxquery reads no bytes, as BrokerState is one."""
    return {"jmxquery": {"broker-state"}}.get(kind, set())


def test_an_exporter_with_rules_tells_what_its_rules_let_through(secured):
    facts, coverage = read(url(secured, "prometheus_rules"))
    told = values(facts)

    assert told["messages-in", ()] >= 1_000
    assert told["under-replicated", ()] == 0
    assert told["heap-max", ()] == pytest.approx(400 << 20, rel=0.1)
    status = dict(zip(coverage.rows["fact"], coverage.rows["status"], strict=True))
    assert status["request-handlers-idle"] == "absent"
    assert status["deprecated-requests"] == "absent"


def test_what_has_not_happened_yet_is_quiet_and_not_absent(lab):
    _, coverage = read(url(lab, "jolokia"))

    status = dict(zip(coverage.rows["fact"], coverage.rows["status"], strict=True))
    assert status["deprecated-requests"] == "quiet"
    assert status["zookeeper-expires"] == "absent"


@pytest.mark.parametrize("kind", ["rmi_password", "jolokia_password"])
def test_a_password_lets_us_in_and_a_wrong_one_is_said(secured, kind):
    right = Secret(lab_jmx.password(secured.state.jmx))

    def ask(password):
        access = Access(username=lab_jmx.USER, password=password)
        return read(url(secured, kind), ["heap-max"], access)[0]

    assert len(ask(right))
    refused = missing(ask(Secret("wrong")))
    assert "refuses us" in refused.reason
    assert refused.grant == "--jmx-username and --jmx-password-file"
    assert "wrong" not in str(refused)


@needs_java
def test_no_password_is_seen_in_the_list_of_processes(secured, monkeypatch):
    """The java of jmxquery lives for a second: its command line is read all the while."""
    password = lab_jmx.password(secured.state.jmx)
    access = Access(username=lab_jmx.USER, password=Secret(password))
    seen, is_over = set(), threading.Event()

    def look():
        while not is_over.is_set():
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(file.read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue

    monkeypatch.setattr(rmi, "rmi_jpype", rmi_jmxquery)
    looking = threading.Thread(target=look)
    looking.start()
    try:
        facts, _ = read(url(secured, "rmi_password"), ["heap-max"], access)
    finally:
        is_over.set()
        looking.join()

    assert len(facts)
    assert any("@/dev/fd/" in line for line in seen)
    assert not any(password in line for line in seen)


def test_rmi_with_tls_is_read_where_its_authority_is_given():
    with Lab(brokers=1, jmx=["rmi_ssl"]) as lab:
        access = Access(ca_file=str(lab.state.jmx / "ca.pem"))

        facts, _ = read(url(lab, "rmi_ssl"), ["heap-max"], access)

    assert len(facts)


@pytest.mark.parametrize("scheme", ["rmi", "jolokia+http", "prometheus+http"])
@pytest.mark.parametrize("engine", ["jpype", pytest.param("jmxquery", marks=needs_java)])
def test_a_port_that_hangs_or_refuses_costs_its_part(scheme, engine, monkeypatch):
    if engine == "jmxquery":
        monkeypatch.setattr(rmi, "rmi_jpype", rmi_jmxquery)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hung, _ = read(f"{scheme}://{{host}}:{port}", ["heap-max"], seconds=2)
    refused, _ = read(f"{scheme}://{{host}}:{port}", ["heap-max"], seconds=5)

    assert missing(hung).reason == f"JMX at {_shown(scheme, port)} did not answer within 2 s"
    assert "cannot be reached" in missing(refused).reason


def _shown(scheme, port):
    return f"127.0.0.1:{port}" if scheme == "rmi" else f"http://127.0.0.1:{port}"


def test_another_server_is_said_to_be_one(lab):
    kafka = f"127.0.0.1:{lab.brokers[1].port}"
    for scheme in ("rmi", "jolokia+http", "prometheus+http"):
        facts, _ = read(f"{scheme}://{kafka}", ["heap-max"], seconds=5)
        assert "JMX at" in missing(facts).reason
        assert "Traceback" not in missing(facts).reason


def test_jpype_is_used_where_it_is_installed():
    assert "jpype" in sys.modules


def test_every_check_is_evaluated_and_silent_on_a_healthy_cluster_by_any_dialect(lab, tmp_path):
    checks = [check for check in load_checks().checks if _reads_jmx(check)]
    uptime = values(read(url(lab, "rmi"), ["uptime"])[0])["uptime", ()]
    time.sleep(max(0, 61 - uptime))  # some averages take a minute to fill
    for kind in ("rmi", "jolokia"):
        access = Access(urls=(url(lab, kind),))
        limits = Limits(sample_seconds=2)
        snapshot = collect(plan(checks), lab.bootstrap, limits=limits, access=access)
        save(snapshot, tmp_path / "now.json.gz")

        report = diagnose(load(tmp_path / "now.json.gz"), checks, {})

        unseen = {each.check: each.unseen for each in report.results if each.unseen}
        assert unseen == {}
        said = {item.check for item in report.findings if item.finding.severity != "info"}
        assert said == set()


def _reads_jmx(check):
    return any(need.section in (Facts, FactsCoverage) for need in closure(check.needs))


def test_a_controller_of_its_own_is_asked_for_what_only_controllers_tell():
    with Lab(brokers=1, controllers=1, jmx=["jolokia"]) as lab:
        filled = asyncio.run(
            read_facts(endpoints(lab.jmx_urls(), {}), Access(), tuple(FACTS), 20, 60)
        )

    rows = filled[FactsCoverage].rows
    read = rows[rows["status"] == "read"]
    assert set(read[read["fact"] == "fenced-brokers"]["target"]) == {"controller 101"}
    assert set(read[read["fact"] == "bytes-in"]["target"]) == {"broker 1"}
    assert set(rows[rows["fact"] == "unclean-elections"]["target"]) == {"controller 101"}
