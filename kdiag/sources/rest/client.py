"""One endpoint of a REST service: a few requests at a time, each under a deadline, answers bounded.

What it answers is data from strangers: of limited size, JSON, and looked at part by part before it
is believed (`part`).
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode

from kdiag.errors import RequestError
from kdiag.sources.fitting import fits
from kdiag.sources.http import Server, credentials, let_in, worded
from kdiag.sources.rest.allowlist import CALLS, Call, as_body
from kdiag.sources.saved.secret_settings import without_credentials

_AT_ONCE = 8
_NOT_FOUND = 404
_NO_NAMES = frozenset({"", ".", ".."})  # a path with one of them is another path
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_SHOWN = 200  # characters of what a service says of an error


@dataclass(frozen=True)
class Asking:
    """How endpoints are asked.

    seconds: for each request. all_seconds: for all of one endpoint. requests: counts them, by
    service and call.
    """

    seconds: float
    all_seconds: float
    requests: Counter[str] = field(default_factory=Counter)


class Answered(RequestError):
    """The service answers, but not with what was asked for.

    status: of HTTP. code: `error_code` of the answer, None without. is_page: it is a web page.
    """

    def __init__(self, message: str, status: int, code: int | None, *, is_page: bool) -> None:
        super().__init__(message)
        self.status, self.code, self.is_page = status, code, is_page

    @property
    def is_not_there(self) -> bool:
        """Tell whether the service, and not what stands before it, says that there is none."""
        return self.status == _NOT_FOUND and self.code is not None


class Odd(RequestError):
    """A part of an answer is not what it must be."""


class Rest:
    """Connections to one endpoint. calls: what it may be sent, by service."""

    def __init__(
        self, server: Server, asking: Asking, calls: Mapping[str, Sequence[Call]] = CALLS
    ) -> None:
        self.server, self._calls = server, calls
        self._asking = asking
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> Self:
        from kdiag.sources.rest.guard import Guard  # it imports aiohttp, which takes its time

        headers = await credentials(self.server, self._asking.seconds)
        self._guard = Guard(self.server, headers, self._calls)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._guard.aclose()

    async def ask(
        self,
        call: Call,
        *names: str,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what a call answers, out of JSON; names: for each {} of its path.

        Raises: Denied, TimedOut, Unreachable; Answered for another status than 200, RequestError;
        Odd for a name that no path can have.
        """
        if not _NO_NAMES.isdisjoint(names):
            raise Odd("a name is empty, . or .., and cannot be asked for")
        path = call.path.format(*(quote(name, safe="") for name in names))
        data = b"" if body is None else as_body(body)
        async with self._few:
            self._asking.requests[f"{self.server.name} {call}"] += 1
            async with worded(self.server, self._asking.seconds):
                status, read = await self._guard.send(call.method, path, urlencode(query), data)
        self._check(status, read)
        return self._parsed(read)

    def _check(self, status: int, read: bytes) -> None:
        let_in(status, self.server)
        if status != 200:
            code, says = _error(read)
            is_page = read.lstrip()[:1] == b"<"
            what = ": a web page" if is_page else f": {says}" if says else ""
            told = f"{self.server.shown} answers HTTP {status}{what}"
            raise Answered(told, status, code, is_page=is_page)

    def _parsed(self, read: bytes) -> Any:
        try:
            return _whole(json.loads(read), read)
        except (ValueError, RecursionError):
            raise RequestError(
                f"what answers at {self.server.shown} does not do so in JSON"
            ) from None


def _whole(document: Any, read: bytes) -> Any:
    """Return a document with "?" for halves of characters: JSON may have them, no text."""
    if not _HALF.search(read):
        return document
    return json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))


def _error(read: bytes) -> tuple[int | None, str]:
    """Return code and message of an error, as Kafka's and Confluent's services write it."""
    try:
        told = json.loads(read)
    except (ValueError, RecursionError):
        return None, ""
    if not isinstance(told, dict):
        return None, ""
    code, message = told.get("error_code"), told.get("message")
    return (
        code if type(code) is int else None,
        first_line(message) if isinstance(message, str) else "",
    )


def first_line(text: str) -> str:
    """Return the first line of a text of a service, short, and without credentials."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    line = without_credentials(line)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def root_cause(trace: str) -> str | None:
    """Return the last cause of a trace of Java, as `first_line`; None where it has only itself."""
    causes = [line for line in trace.splitlines() if line.startswith("Caused by: ")]
    return first_line(causes[-1].removeprefix("Caused by: ")) if causes else None


def part(document: Any, name: str, hint: Any) -> Any:
    """Return one value of an object, where it has the type of the hint; None fits `X | None`.

    Raises Odd where it has not.
    """
    value = document.get(name) if isinstance(document, dict) else document
    if not isinstance(document, dict) or not fits(value, hint):
        raise Odd(f"{name} is of the wrong kind" if value is not None else f"there is no {name}")
    return value
