"""Nothing but reads can leave: every other request is refused before a byte is written."""

import asyncio

import httpx
import pytest

from kdiag.sources.rest.allowlist import CALLS, Call, permit
from kdiag.sources.rest.client import Rest
from kdiag.sources.rest.guard import Guard
from kdiag.wire.allowlist import SendRefused
from tests.sources.rest.serving import asking, server, serving

WRITES = [
    ("PUT", "/connectors/a/config"),
    ("POST", "/connectors"),
    ("DELETE", "/connectors/a"),
    ("PATCH", "/connectors/a/config"),
    ("PUT", "/connectors/a/pause"),
    ("POST", "/connectors/a/restart"),
    ("DELETE", "/connectors/a/offsets"),
    ("PUT", "/connector-plugins/a/config/validate"),
    ("PUT", "/admin/loggers/root"),
    ("POST", "/"),
    ("DELETE", "/connectors"),
]


def sent(method, path, **more):
    """What a server is asked by a client of ours that would send anything."""

    async def send(url):
        async with httpx.AsyncClient(transport=Guard(server(url))) as client:
            await client.request(method, f"{url}{path}", **more)

    with serving({}) as service:
        try:
            asyncio.run(send(service.url))
        finally:
            assert len(service.asked) <= 1
        return service.asked


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_writes_is_refused_with_nothing_sent(method, path):
    with serving({}) as service:

        async def send():
            async with httpx.AsyncClient(transport=Guard(server(service.url))) as client:
                await client.request(method, service.url + path, json={})

        with pytest.raises(SendRefused):
            asyncio.run(send())
        assert service.asked == []


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/admin/loggers", {}),
        ("/connectors/../admin", {}),
        ("/connectors?reset=true", {}),
        ("/connectors", {"content": b"x"}),
    ],
)
def test_what_the_table_does_not_have_is_refused(path, more):
    with pytest.raises(SendRefused):
        sent("GET", path, **more)


def test_a_read_of_the_table_leaves():
    path = "/connectors?expand=info&expand=status"

    assert sent("GET", path) == [path]


def test_what_stands_outside_of_the_url_of_the_service_is_refused():
    with serving({"/connectors": (200, {})}) as service:

        async def send():
            guard = Guard(server(f"{service.url}/base"))
            async with httpx.AsyncClient(transport=guard) as client:
                await client.get(f"{service.url}/connectors")

        with pytest.raises(SendRefused):
            asyncio.run(send())
        assert service.asked == []


def test_a_call_of_another_table_opens_nothing():
    async def ask(url):
        async with Rest(server(url), asking()) as rest:
            await rest.ask(Call("DELETE", "/connectors/{}"), "a")

    with serving({}) as service:
        with pytest.raises(SendRefused):
            asyncio.run(ask(service.url))
        assert service.asked == []


def test_no_call_of_the_table_can_change_anything():
    for calls in CALLS.values():
        for call in calls:
            assert call.method == "GET", call


@pytest.mark.parametrize("name", [b"..", b".", b"a/b", b"a?b", b""])
def test_a_name_is_one_segment(name):
    call = Call("GET", "/connectors/{}/status")

    assert not call.fits("GET", b"/connectors/" + name + b"/status")
    assert call.fits("GET", b"/connectors/a%2Fb/status")


def test_a_service_without_a_table_is_asked_nothing():
    with pytest.raises(SendRefused, match="not a read that kdiag may send to ZooKeeper"):
        permit("ZooKeeper", "GET", b"/", b"", b"")
