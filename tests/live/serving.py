"""Small real servers on loopback: a page that is made anew for each request, a guarded way."""

import threading
import urllib.request
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(answer):
    """Serve what `answer(handler)` returns, status and bytes; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, content = answer(self)
            with suppress(ConnectionError):  # who asked has gone
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def guarded(url, token):
    """Return what hands on to a server what comes with a bearer token."""

    def answer(handler):
        if handler.headers.get("Authorization") != f"Bearer {token}":
            return 401, b"who are you?"
        length = int(handler.headers.get("Content-Length", 0))
        kind = {"Content-Type": handler.headers.get("Content-Type", "")}
        body = handler.rfile.read(length)
        asked = urllib.request.Request(url + handler.path, body, kind)  # noqa: S310 - loopback
        with urllib.request.urlopen(asked, timeout=30) as reply:  # noqa: S310 - loopback
            return reply.status, reply.read()

    return answer
