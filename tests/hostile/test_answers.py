"""What stands beside brokers and answers nonsense: a fact, nothing, or one sentence."""

import asyncio
import contextlib
import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kdiag.errors import RequestError
from kdiag.facts import FACTS
from kdiag.sources.http import Server
from kdiag.sources.jmx import Access, endpoints, jolokia, prometheus
from kdiag.sources.jmx.told import parsed
from kdiag.sources.prometheus.asking import rows_in
from tests.hostile.mutations import JSON, bounded, mutated, replaced

WANTED = list(FACTS.values())
SERVER = Server("Prometheus", "http://127.0.0.1:9", "--prometheus")
PAGE = b"""# HELP java_lang_memory_heapmemoryusage_max max
# TYPE java_lang_memory_heapmemoryusage_max gauge
java_lang_memory_heapmemoryusage_max 4.0E8
kafka_server_brokertopicmetrics_bytesrejected_total{topic="a\\"b",} 3.0
kafka_controller_kafkacontroller_activecontrollercount_value 1
"""
ASKED = [{"type": "read", "mbean": "x"}]


class Answer:
    """An answer of httpx, as far as it is read."""

    def __init__(self, body):
        self._body = body

    async def aiter_bytes(self, size=1 << 16):
        for at in range(0, len(self._body), size):
            yield self._body[at : at + size]


def answering(body):
    @contextlib.asynccontextmanager
    async def answer(*_args, **_more):
        yield Answer(body)

    return answer


def ask(module, url, body, monkeypatch):
    monkeypatch.setattr(module, "answer", answering(body))
    [place] = endpoints([url], {})
    with suppress(RequestError):
        asyncio.run(module.read(place, Access(), WANTED, 5))


@bounded
@given(data=st.data())
@example(data=None)
def test_a_page_of_metrics_that_is_damaged(monkeypatch, data):
    body = b"# TYPE x\n# TYPE\n{\n}{ 1\n" if data is None else data.draw(mutated(PAGE))
    ask(prometheus, "broker 1=prometheus+http://127.0.0.1:9/metrics", body, monkeypatch)


@bounded
@given(st.binary(max_size=300))
def test_a_page_of_noise(monkeypatch, noise):
    ask(prometheus, "broker 1=prometheus+http://127.0.0.1:9/metrics", noise, monkeypatch)


VALUES = [
    {"status": 200, "value": {"HeapMemoryUsage": {"max": 4, "used": 1}, "Uptime": 5}},
    {"status": 200, "value": {"kafka.server:type=x,name=y": {"Value": 1, "Count": 2}}},
    {"status": 404, "error": "x"},
]


@bounded
@given(data=st.data())
@example(data=None)
def test_jolokia_says_anything(monkeypatch, data):
    if data is None:
        body = b"[" * 100_000
    else:
        body = json.dumps(data.draw(replaced([*VALUES] * 20))).encode()
    ask(jolokia, "broker 1=jolokia+http://127.0.0.1:9/jolokia", body, monkeypatch)


@bounded
@given(JSON)
def test_jolokia_says_something_else(monkeypatch, value):
    body = json.dumps([{"status": 200, "value": value}] * 50).encode()
    ask(jolokia, "broker 1=jolokia+http://127.0.0.1:9/jolokia", body, monkeypatch)


@bounded
@given(st.text(max_size=80))
def test_any_text_is_taken_for_a_name_of_an_mbean(text):
    domain, keys = parsed(text)
    assert isinstance(domain, str)
    assert all(isinstance(key, str) for key in keys)


TOLD = {
    "status": "success",
    "data": {"result": [{"metric": {"group": "a"}, "values": [[1.5, "3"], [2.5, "NaN"]]}]},
}


@bounded
@given(data=st.data())
@example(data=None)
def test_prometheus_says_anything(data):
    document = b"{" * 10 if data is None else json.dumps(data.draw(replaced(TOLD))).encode()
    with suppress(RequestError):
        rows_in(document, SERVER)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"data":' * 50_000, b"9" * 10_000])
def test_what_is_nested_too_deep_is_refused(body):
    with pytest.raises(RequestError):
        rows_in(body, SERVER)
