"""Nothing but reads can leave: every other request is refused before a byte is written."""

import asyncio
import json

import pytest

from kdiag.sources.rest.allowlist import CALLS, CONNECTORS, STATEMENTS, Call, permit
from kdiag.sources.rest.client import Rest
from kdiag.wire.allowlist import SendRefused
from tests.sources.rest.serving import asking, send, server, serving

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


def sent(method, path, query="", base=""):
    """What a server is asked by one that would send anything."""
    with serving({}) as service:
        try:
            send(server(f"{service.url}{base}"), method, path, query)
        except SendRefused:
            assert service.asked == []
            raise
        return service.asked


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_writes_is_refused_with_nothing_sent(method, path):
    with pytest.raises(SendRefused):
        sent(method, path)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/admin/loggers", ""),
        ("/connectors/../admin", ""),
        ("/../admin", ""),
        ("/connectors", "reset=true"),
        ("/connectors?expand=info", ""),
        ("/connectors#", ""),
        ("/connectors HTTP/1.1\r\nX: y", ""),
        ("connectors", ""),
    ],
)
def test_what_the_table_does_not_have_is_refused(path, query):
    with pytest.raises(SendRefused):
        sent("GET", path, query)


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("POST", b"/subjects/a/versions", b""),
        ("POST", b"/subjects/a", b""),
        ("POST", b"/compatibility/subjects/a/versions/latest", b""),
        ("DELETE", b"/subjects/a", b""),
        ("DELETE", b"/subjects/a/versions/1", b"permanent=true"),
        ("PUT", b"/config/a", b""),
        ("PUT", b"/mode", b""),
        ("GET", b"/subjects", b"deleted=true"),
        ("GET", b"/schemas/ids/7/../8", b""),
        ("GET", b"/subjects/a/versions/1/referencedby", b""),
    ],
)
def test_of_a_registry_only_reads_of_the_table_are_permitted(method, path, query):
    with pytest.raises(SendRefused):
        permit("Schema Registry", method, path, query, b"")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (b"/subjects", b"offset=0&limit=1000"),
        (b"/schemas", b"offset=0&limit=500"),
        (b"/subjects/:.eu:a%2Fb/versions/latest", b""),
        (b"/schemas/ids/7", b"subject=%3A.eu%3A"),
    ],
)
def test_what_is_asked_of_a_registry_is_permitted(path, query):
    permit("Schema Registry", "GET", path, query, b"")


def test_a_read_of_the_table_leaves():
    assert sent("GET", "/connectors", "expand=info&expand=status") == [
        "/connectors?expand=info&expand=status"
    ]


def test_what_is_sent_stands_under_the_url_of_the_service():
    assert sent("GET", "/connectors", base="/base/") == ["/base/connectors"]


def test_connections_are_used_again_and_made_anew_where_the_server_closed_them():
    async def ask(url):
        async with Rest(server(url), asking()) as rest:
            for _ in range(3):
                await rest.ask(CONNECTORS)

    with serving({"/connectors": (200, {})}) as service:
        asyncio.run(ask(service.url))
        assert service.connections == 1
    with serving({"/connectors": (200, {})}) as service:
        service.closes = True
        asyncio.run(ask(service.url))
        assert service.connections == 3


def test_a_call_of_another_table_opens_nothing():
    async def ask(url):
        async with Rest(server(url), asking()) as rest:
            await rest.ask(Call("DELETE", "/connectors/{}"), "a")

    with serving({}) as service:
        with pytest.raises(SendRefused):
            asyncio.run(ask(service.url))
        assert service.asked == []


def test_no_call_of_the_table_can_change_anything():
    calls = {call for calls in CALLS.values() for call in calls}

    assert {call for call in calls if call.method != "GET"} == {STATEMENTS}
    assert all(call.bodies == {b""} for call in calls - {STATEMENTS})
    assert {json.loads(body)["ksql"] for body in STATEMENTS.bodies} == {
        "SHOW QUERIES;",
        "SHOW QUERIES EXTENDED;",
    }


@pytest.mark.parametrize("name", [b"..", b".", b"a/b", b"a?b", b""])
def test_a_name_is_one_segment(name):
    call = Call("GET", "/connectors/{}/status")

    assert not call.fits("GET", b"/connectors/" + name + b"/status")
    assert call.fits("GET", b"/connectors/a%2Fb/status")


def test_a_service_without_a_table_is_asked_nothing():
    with pytest.raises(SendRefused, match="not a read that kdiag may send to ZooKeeper"):
        permit("ZooKeeper", "GET", b"/", b"", b"")
