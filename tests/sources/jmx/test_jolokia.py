"""Answers of Jolokia, as agents of 1.x and 2.x write them."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kdiag.errors import RequestError
from kdiag.facts import FACTS
from kdiag.sources.jmx import Access, endpoints, jolokia

REJECTED = "kafka.server:type=BrokerTopicMetrics,name=BytesRejectedPerSec"
WANTED = [FACTS[name] for name in ("heap-max", "bytes-rejected", "fenced-brokers", "uptime")]


@pytest.fixture
def agent():
    """Answer every request with what the test says, and end with it."""
    said = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = said["by"](asked).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def ask(by):
        said["by"] = by
        url = f"broker 1=jolokia+http://127.0.0.1:{server.server_port}/jolokia"
        [place] = endpoints([url], {})
        return asyncio.run(jolokia.read(place, Access(), WANTED, 5))

    yield ask
    server.shutdown()
    thread.join()
    server.server_close()


ABSENT = {
    "1.x": "ERROR: javax.management.InstanceNotFoundException : FencedBrokerCount",
    "2.x": {".error": True, "error_type": "javax.management.InstanceNotFoundException"},
}


@pytest.mark.parametrize("absent", ABSENT.values(), ids=ABSENT.keys())
def test_what_could_not_be_read_is_no_value(agent, absent):
    told = {
        "java.lang:type=Memory": {"HeapMemoryUsage": {"max": 400, "used": 7}},
        f"{REJECTED},*": {REJECTED: {"Count": 9}, f"{REJECTED},topic=a": {"Count": 5}},
        "kafka.controller:type=KafkaController,name=FencedBrokerCount": {"Value": absent},
    }

    def by(asked):
        answers = ({"status": 200, "value": told.get(one["mbean"])} for one in asked)
        return json.dumps([each if each["value"] else {"status": 404} for each in answers])

    found = agent(by)

    assert found.values == {
        ("heap-max", ()): 400.0,
        ("bytes-rejected", (None,)): 9.0,
        ("bytes-rejected", ("a",)): 5.0,
    }
    assert found.seen == {"heap-max", "bytes-rejected"}


@pytest.mark.parametrize("body", ["", "<html>", "{}", "7"])
def test_what_is_no_jolokia_is_said(agent, body):
    with pytest.raises(RequestError, match="is not Jolokia"):
        agent(lambda _: body)
