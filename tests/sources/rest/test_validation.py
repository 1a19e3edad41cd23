"""The one PUT: what is sent, what is read of the answer, and that nothing else gets through."""

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kdiag.errors import Denied, RequestError
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import VALIDATION
from kdiag.sources.rest.validation import PluginAbsent, validated
from kdiag.wire.allowlist import SendRefused
from kdiag.wire.secret import Secret
from tests.sources.rest.serving import send

SETTINGS = {"name": "shop", "connector.class": "org.example.Source", "password": "hunter22"}


@contextmanager
def worker(status, document, path=""):
    """Yield a server that answers all requests alike, and the list of what it got."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers.get("Authorization"), json.loads(body)))
            data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}{path}"
    try:
        yield Server("Kafka Connect", url, "[connect]", "kdiag", Secret("pass")), got
    finally:
        server.shutdown()
        server.server_close()


def ask(server, settings=SETTINGS):
    return asyncio.run(validated(server, settings, 10))


def config(name, *errors):
    return {"definition": {"name": name}, "value": {"name": name, "value": "x", "errors": errors}}


def test_the_settings_are_sent_and_errors_come_back_by_key():
    answer = {"error_count": 1, "configs": [config("name"), config("topics", "Missing.\n\tat X")]}

    with worker(200, answer, "/kc") as (server, got):
        assert ask(server) == {"topics": ("Missing.",)}

    assert got == [
        ("/kc/connector-plugins/org.example.Source/config/validate", got[0][1], SETTINGS)
    ]
    assert got[0][1].startswith("Basic ")


def test_a_class_that_the_worker_lacks_is_told_apart_without_paths():
    message = "java.lang.Exception: Failed to find any class that implements Connector: /opt/x"

    with worker(500, {"error_code": 500, "message": message}) as (server, _):
        with pytest.raises(PluginAbsent) as told:
            ask(server)

        assert str(told.value) == "org.example.Source"


@pytest.mark.parametrize("document", ["<html>", "[1]", {"configs": 1}, {}, '{"configs"'])
def test_another_answer_is_no_consent(document):
    with worker(200, document) as (server, _), pytest.raises(RequestError):
        ask(server)


@pytest.mark.parametrize("row", [1, {}, {"value": 1}, {"value": {"name": 1, "errors": ["x"]}}])
def test_odd_rows_are_passed_over(row):
    with worker(200, {"configs": [row, config("a", "bad")]}) as (server, _):
        assert ask(server) == {"a": ("bad",)}


def test_who_is_not_let_in_hears_so():
    with worker(401, {}) as (server, _), pytest.raises(Denied):
        ask(server)


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/connector-plugins/x/config/validate", ""),
        ("PUT", "/connectors/x/config", ""),
        ("POST", "/connectors", ""),
        ("DELETE", "/connectors/x", ""),
        ("PUT", "/connector-plugins/../config/validate", ""),
        ("PUT", "/connector-plugins/x/config/validate", "a=b"),
        ("PUT", "/connector-plugins/x/y/config/validate", ""),
        ("GET", "/connectors", ""),
    ],
)
def test_nothing_else_becomes_bytes(method, path, query):
    with worker(200, {}) as (server, got):
        with pytest.raises(SendRefused):
            send(server, method, path, query, b"{}", VALIDATION)

        assert got == []


def test_a_read_has_no_body_and_the_validation_is_in_no_other_table():
    with worker(200, {}) as (server, got):
        for method, path in (
            ("GET", "/connectors"),
            ("PUT", "/connector-plugins/x/config/validate"),
        ):
            with pytest.raises(SendRefused):
                send(server, method, path, body=b"{}")

        assert got == []
