"""A REST service on loopback that answers what a test gives it, and keeps what it was asked."""

import asyncio
import contextlib
import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import CALLS
from kdiag.sources.rest.client import Asking
from kdiag.sources.rest.guard import Guard

PAGE = b"<html><head><title>Error 404 Not Found</title></head></html>"


class Service(ThreadingHTTPServer):
    """answers: path, with or without query → (status, body); a callable body is called then.

    What is posted stands after the path, and a space.
    """

    daemon_threads = True

    def __init__(self, answers, tls=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "http"
        if tls is not None:
            self.scheme = "https"
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.answers = answers
        self.asked = []
        self.connections = 0
        self.closes = False
        self.headers = []

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        self.server.connections += 1
        super().setup()

    def do_GET(self):
        self._answer(self.path)

    def do_POST(self):
        posted = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(f"{self.path} {posted}")

    def _answer(self, asked):
        self.server.asked.append(asked)
        self.server.headers.append(dict(self.headers))
        answers, bare = self.server.answers, asked.partition("?")[0]
        status, body = answers.get(asked, answers.get(bare, (404, b"{}")))
        body = body() if callable(body) else body
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.close_connection or self.server.closes

    def log_message(self, *_):
        pass

    def handle(self):
        with contextlib.suppress(ssl.SSLError, OSError):  # who asks does not trust us, or left
            super().handle()


@contextmanager
def serving(answers, tls=None):
    """Serve the answers, over TLS with a context of the server."""
    service = Service(answers, tls)
    thread = threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()


def server(url, name="Kafka Connect", **more):
    """Who is asked."""
    return Server(name, url, "credentials in [connect]", **more)


def asking(seconds=5.0, all_seconds=10.0):
    """How it is asked."""
    return Asking(seconds, all_seconds)


def send(asked, method, path, query="", body=b"", calls=CALLS):
    """Send one request to a server, by what lets only reads pass."""

    async def sending():
        guard = Guard(asked, {}, calls)
        try:
            return await guard.send(method, path, query, body)
        finally:
            await guard.aclose()

    return asyncio.run(sending())
