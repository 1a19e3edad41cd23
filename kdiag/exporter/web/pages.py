"""What the exporter answers: metrics, health, the report, and a page for people."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from kdiag.exporter import exposition
from kdiag.exporter.exposition import OPENMETRICS, TEXT
from kdiag.exporter.packed import Packed, blocks, gzipped
from kdiag.exporter.watcher import Watcher
from kdiag.exporter.web.landing import landing
from kdiag.render import json as report_json


def application(watchers: Sequence[Watcher]) -> Starlette:
    """Return the pages of some clusters."""
    pages = _Pages(watchers)
    return Starlette(
        routes=[
            Route("/", pages.landing),
            Route("/metrics", pages.metrics),
            Route("/-/healthy", pages.healthy),
            Route("/-/ready", pages.ready),
            Route("/api/v1/report", pages.report),
        ]
    )


class _Pages:
    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self._watchers = list(watchers)
        self._process = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._process)

    async def landing(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(landing, self._watchers))

    async def metrics(self, request: Request) -> Response:
        is_openmetrics = "application/openmetrics-text" in request.headers.get("accept", "")
        media_type = OPENMETRICS if is_openmetrics else TEXT
        headers = {"Vary": "Accept, Accept-Encoding"}
        texts = await run_in_threadpool(self._texts, is_openmetrics)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            body = await run_in_threadpool(gzipped, texts)
            headers["Content-Encoding"] = "gzip"
            return Response(body, headers=headers, media_type=media_type)
        headers["Content-Length"] = str(sum(each.length for each in texts))
        return StreamingResponse(blocks(texts), headers=headers, media_type=media_type)

    async def healthy(self, request: Request) -> Response:
        """Tell whether the exporter itself works; Kafka has no say in it."""
        dead = [watcher.name for watcher in self._watchers if not watcher.is_alive]
        if dead:
            return PlainTextResponse(f"Nothing reads {', '.join(dead)} any more.\n", 503)
        return PlainTextResponse("kdiag is healthy.\n")

    async def ready(self, request: Request) -> Response:
        """Tell whether there are metrics of some cluster."""
        if not self._watchers or any(each.published is not None for each in self._watchers):
            return PlainTextResponse("kdiag is ready.\n")
        return PlainTextResponse("No snapshot was taken yet.\n", 503)

    async def report(self, request: Request) -> Response:
        by_name = {watcher.name: watcher for watcher in self._watchers}
        name = request.query_params.get("cluster")
        if name is None and len(by_name) > 1:
            return _trouble(400, f"cluster is missing; allowed are {', '.join(by_name)}")
        watcher = next(iter(self._watchers), None) if name is None else by_name.get(name)
        if watcher is None:
            return _trouble(404, f"no cluster {name}; there are {', '.join(by_name)}")
        held = watcher.published
        if held is None or held.report is None:
            return _trouble(503, watcher.passes.error or "no diagnosis was made yet")
        document = await run_in_threadpool(report_json.render, held.report)
        return Response(document, media_type="application/json")

    def _texts(self, is_openmetrics: bool) -> list[Packed]:
        """Return what was made of the last snapshots, and then what moves between two of them."""
        pages = [page for watcher in self._watchers for page in watcher.held_pages()]
        fresh = [watcher.own_page() for watcher in self._watchers]
        made = generate_openmetrics if is_openmetrics else generate_latest
        process = made(self._process).decode()  # ends as the whole must
        return [
            *exposition.texts(pages, is_openmetrics),
            *exposition.texts(fresh, is_openmetrics),
            Packed.of([process]),
        ]


def _takes_gzip(accepted: str) -> bool:
    """Tell whether a client takes gzip: it names it, and not with a weight of 0."""
    for part in accepted.split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _trouble(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status)
