"""JMX: a page of metrics of 50 MB, and real brokers by each dialect."""

import asyncio
import time
import tracemalloc

from kdiag.cli.facts import exporter_config
from kdiag.facts import FACTS
from kdiag.lab import Lab
from kdiag.sections import Facts
from kdiag.sources.jmx import Access, endpoints, read_facts, rmi, rmi_jmxquery
from kdiag.sources.jmx.prometheus import Page

_PIECE = 1 << 18
_PARTITIONS = 40_000
_RELOAD_SECONDS = 2


def run() -> None:
    """Parse a synthetic page, then ask three brokers for all facts."""
    _page()
    with Lab(brokers=3, jmx=("rmi", "jolokia", "prometheus")) as lab:
        for kind in ("jolokia", "prometheus", "rmi"):
            _ask(lab, kind, "JPype" if kind == "rmi" else "")
        rules = lab.state.jmx / "prometheus.yml"
        rules.write_text(exporter_config(FACTS), encoding="utf-8")
        time.sleep(_RELOAD_SECONDS)
        _ask(lab, "prometheus", "with kdiag facts -o jmx-exporter")
        rmi.rmi_jpype = rmi_jmxquery  # type: ignore[attr-defined]
        _ask(lab, "rmi", "jmxquery")


def _page() -> None:
    text = "".join(
        f'kafka_cluster_partition_{name}{{topic="topic-{n // 50}",partition="{n % 50}",}} 0.0\n'
        for n in range(_PARTITIONS)
        for name in ("underreplicated", "underminisr", "atminisr", "replicascount", "laststable")
    ).encode()
    text += "".join(
        f'kafka_log_log_{name}{{topic="topic-{n // 50}",partition="{n % 50}",}} 12345.0\n'
        for n in range(_PARTITIONS)
        for name in ("size", "numlogsegments", "logstartoffset", "logendoffset", "retention")
    ).encode()
    text *= -(-50_000_000 // len(text))
    started = time.perf_counter()
    _read(text)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    _read(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"page of {len(text) / 1e6:.0f} MB: {seconds:.2f} s (limit 2 s), "
        f"{peak / 2**20:.1f} MiB at most"
    )


def _read(text: bytes) -> None:
    page, rest = Page(list(FACTS.values()), {}), b""
    for at in range(0, len(text), _PIECE):
        lines, _, rest = (rest + text[at : at + _PIECE]).rpartition(b"\n")
        page.take(lines)


def _ask(lab: Lab, kind: str, engine: str) -> None:
    urls = [_url(node.id, kind, node.jmx_ports[kind]) for node in lab.state.nodes]
    for turn in ("first", "second"):
        started = time.perf_counter()
        filled = asyncio.run(read_facts(endpoints(urls, {}), Access(), FACTS, 30, 60))
        seconds = time.perf_counter() - started
        print(
            f"{kind} {engine}, 3 brokers, {turn} time: {seconds:.2f} s, {len(_rows(filled))} rows"
        )


def _rows(filled: object) -> Facts:
    facts: Facts = filled[Facts]  # type: ignore[index]
    return facts


def _url(id_: int, kind: str, port: int) -> str:
    if kind == "rmi":
        return f"broker {id_}=rmi://127.0.0.1:{port}"
    path = "jolokia" if kind == "jolokia" else "metrics"
    return f"broker {id_}={kind}+http://127.0.0.1:{port}/{path}"
