"""Nothing but reads can leave: every other request is refused before a byte is written."""

import ast
import asyncio
from pathlib import Path

import pytest
from kio.schema.index import api_key_map, schema_name_map
from kio.static.constants import EntityType

import kdiag.wire
from kdiag.wire.addresses import Address
from kdiag.wire.allowlist import APIS, BY_KEY, Api, SendRefused
from kdiag.wire.connection import Connection
from kdiag.wire.request import Request, make_request
from kdiag.wire.schemas import defaults_of, request_schema
from kdiag.wire.stream import HearingReader
from kdiag.wire.traffic import Traffic


def versions_of(key):
    known = schema_name_map[api_key_map[key]]
    return sorted(v for v, kinds in known.items() if EntityType.request in kinds)


class Counting(asyncio.Transport):
    def __init__(self):
        super().__init__()
        self.written = b""

    def write(self, data):
        self.written += data

    def abort(self):
        pass


def sent(request):
    """The bytes that leave for a request."""

    async def send():
        traffic, transport = Traffic(), Counting()
        connection = Connection(
            Address("b", 1), HearingReader(traffic), transport, "kdiag", traffic
        )
        try:
            deadline = asyncio.get_running_loop().time() + 0.01
            with pytest.raises(Exception) as caught:  # noqa: PT011
                await connection.ask(request, deadline)
        finally:
            connection.close()
        return transport.written, traffic, caught.value

    return asyncio.run(send())


def request_of(key, version, **fields):
    api = BY_KEY.get(key) or Api(api_key_map[key], key, version, version)
    return make_request(api, version, fields)


def test_a_read_of_the_table_leaves():
    written, traffic, error = sent(request_of(60, 2))
    assert written[4:8] == b"\0\x3c\0\x02"
    assert traffic.requests == {"DescribeCluster": 1}
    assert "no answer to DescribeCluster" in str(error)


@pytest.mark.parametrize("key", [key for key in sorted(api_key_map) if key not in BY_KEY])
def test_every_other_key_is_refused_with_no_byte_written(key):
    for version in versions_of(key):
        written, traffic, error = sent(request_of(key, version))
        assert isinstance(error, SendRefused)
        assert written == b""
        assert not traffic.requests


def test_a_copied_row_of_the_table_opens_nothing():
    forged = Api("Metadata", 3, 0, 13)
    written, _, error = sent(Request(forged, 12, defaults_of(request_schema(3, 12))))
    assert isinstance(error, SendRefused)
    assert written == b""


def test_the_dangerous_ones_are_not_in_the_table():
    refused = {0, 8, 10, 11, 13, 19, 20, 22, 33, 37, 38, 41, 42, 43, 44, 45, 47, 49, 51, 57}
    assert not refused & set(BY_KEY)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Metadata", {"topics": None, "allow_auto_topic_creation": True}),
        ("Metadata", {"topics": None, "allow_auto_topic_creation": 1}),
        ("Fetch", {"session_epoch": 0}),
        ("Fetch", {"replica_state": {"replica_id": 1}}),
        ("ListOffsets", {"replica_id": 3}),
        ("OffsetForLeaderEpoch", {"replica_id": 0}),
    ],
)
def test_a_read_with_a_side_effect_is_refused_in_every_version(name, fields):
    api = APIS[name]
    for version in range(api.oldest, api.newest + 1):
        if next(iter(fields)) not in defaults_of(request_schema(api.key, version)):
            continue
        written, _, error = sent(make_request(api, version, fields))
        assert isinstance(error, SendRefused), version
        assert written == b""


def test_fetch_in_the_name_of_a_replica_is_refused_in_its_old_spelling():
    assert isinstance(sent(make_request(APIS["Fetch"], 12, {"replica_id": 1}))[2], SendRefused)


def test_safe_values_are_sent_unless_the_caller_says_otherwise():
    assert make_request(APIS["Metadata"], 12, {}).fields["allow_auto_topic_creation"] is False
    assert make_request(APIS["ListOffsets"], 5, {}).fields["replica_id"] == -1


def test_versions_outside_the_table_are_refused():
    assert isinstance(sent(make_request(APIS["Metadata"], 3, {}))[2], SendRefused)


def test_kio_knows_every_version_of_the_table():
    for api in APIS.values():
        assert set(range(api.oldest, api.newest + 1)) <= set(versions_of(api.key)), api.name


def test_bytes_leave_in_one_place_only():
    writes = []
    for file in Path(kdiag.wire.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = {"write", "writelines", "send", "sendall", "sock_sendall", "sendto"}
            if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in names:
                writes.append((file.name, ast.unparse(node)))
    assert sorted(writes) == [
        ("connection.py", "self._transport.write(frame)"),
        ("exchanges.py", "exchange.send(answer)"),
        ("handshake.py", "incoming.write(told)"),  # a buffer
        ("handshake.py", "writer.write(outgoing.read())"),  # of TLS, before any Kafka
        ("tls.py", "file.write(text)"),
    ]
