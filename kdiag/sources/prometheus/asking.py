"""Prometheus' HTTP API: a few queries at a time, each under a deadline.

Source: Prometheus, "HTTP API" (`/api/v1/query`, `/api/v1/query_range`, both by POST).
"""

import asyncio
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from kdiag.errors import Denied, KdiagError, RequestError, TimedOut, Unreachable
from kdiag.snapshot import Missing
from kdiag.sources.http import Server, answer, body
from kdiag.sources.missing import missing

_AT_ONCE = 4


@dataclass(frozen=True)
class Monitor:
    """A Prometheus that watches the cluster, and maybe others.

    selector: label matchers of the series that are of this cluster, as `env="prod"`; "" for all.
    """

    server: Server
    selector: str = ""


class Row(NamedTuple):
    """One series of an answer: its labels, and (POSIX time, value) in the order of time."""

    labels: Mapping[str, str]
    values: tuple[tuple[float, float], ...]

    @property
    def value(self) -> float:
        """The last value."""
        return self.values[-1][1]


class Asker:
    """Asks one Prometheus for as long as it answers.

    seconds: for each query. After one that timed out, found nobody or was refused, nothing more is
    asked: the others would fare the same. trouble: what went wrong first, None where nothing did.
    """

    def __init__(self, monitor: Monitor, seconds: float) -> None:
        self.monitor, self._seconds = monitor, seconds
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._gone: KdiagError | None = None
        self.trouble: Missing | None = None

    @property
    def shown(self) -> str:
        """Name and address, for sentences."""
        return self.monitor.server.shown

    async def query(self, promql: str, at: float | None = None) -> list[Row]:
        """Return what a query says now, or at a POSIX time. Raises RequestError and its kin."""
        time = {} if at is None else {"time": f"{at:.3f}"}
        return await self._ask("query", {"query": promql, **time})

    async def query_range(
        self, promql: str, begin: float, end: float, step_seconds: float
    ) -> list[Row]:
        """Return what a query says from time to time. Raises RequestError and its kin."""
        times = {"start": f"{begin:.3f}", "end": f"{end:.3f}", "step": f"{step_seconds:g}"}
        return await self._ask("query_range", {"query": promql, **times})

    def note(self, reason: str, remedy: str | None = None) -> Missing:
        """Keep why something is not used, where nothing else went wrong before."""
        missing = Missing(reason, remedy)
        self.trouble = self.trouble or missing
        return missing

    async def _ask(self, what: str, form: Mapping[str, str]) -> list[Row]:
        server = self.monitor.server
        asked = replace(server, url=f"{server.url.rstrip('/')}/api/v1/{what}")
        async with self._few:
            if self._gone is not None:
                raise self._gone
            try:
                async with answer(asked, self._seconds, form=form) as response:
                    return rows_in(await body(response, asked), server)
            except KdiagError as error:
                self.trouble = self.trouble or missing(error)
                if isinstance(error, TimedOut | Unreachable | Denied):
                    self._gone = error
                raise


def rows_in(read: bytes, server: Server) -> list[Row]:
    """Return the series of an answer; values that are no numbers are left out.

    Raises RequestError for what Prometheus does not say.
    """
    try:
        document = json.loads(read)
        return list(_rows(document["data"]["result"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RequestError(f"what answers as {server.shown} is not Prometheus") from None


def _rows(result: Any) -> Iterator[Row]:
    for each in result:
        pairs = each["values"] if "values" in each else [each["value"]]
        values = tuple((float(at), float(text)) for at, text in pairs)
        known = tuple(pair for pair in values if math.isfinite(pair[0] + pair[1]))
        labels = {str(key): str(value) for key, value in each["metric"].items()}
        if known:
            yield Row(labels, known)
