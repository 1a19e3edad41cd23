"""Several endpoints of a service at once: one that is dead, slow or odd costs its part."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from kdiag.errors import KdiagError, RequestError
from kdiag.snapshot import Missing
from kdiag.sources.http import Server
from kdiag.sources.missing import missing
from kdiag.sources.rest.client import Asking, Odd, Rest

T = TypeVar("T")


async def each(
    servers: Sequence[Server], asking: Asking, read: Callable[[Rest], Awaitable[T]]
) -> dict[str, T | Missing]:
    """Return what is read of each endpoint, by its URL; or why it could not be."""
    found = await asyncio.gather(*(_one(server, asking, read) for server in servers))
    return {server.url: told for server, told in zip(servers, found, strict=True)}


def require_cluster(server: Server, theirs: str | None, cluster_id: str | None) -> None:
    """Raise RequestError where a service works for another Kafka cluster than ours, if told."""
    if cluster_id and theirs and theirs != cluster_id:
        raise RequestError(f"{server.shown} works for another Kafka cluster, {theirs}")


async def _one(server: Server, asking: Asking, read: Callable[[Rest], Awaitable[T]]) -> T | Missing:
    try:
        async with asyncio.timeout(asking.all_seconds), Rest(server, asking) as rest:
            return await read(rest)
    except TimeoutError:
        return Missing(f"{server.shown} was not read within {asking.all_seconds:g} s")
    except Odd as error:
        return Missing(f"what answers as {server.shown} is not {server.name}: {error}")
    except KdiagError as error:
        return missing(error)
