"""Nothing but the table of statements is sent, and who does not answer costs its part only."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kdiag.pipeline_sections import PostgresServers, ReplicationSlots
from kdiag.sources.postgres.reading import Limits, read_postgres
from kdiag.sources.postgres.session import Session, shown
from kdiag.sources.postgres.statements import STATEMENTS
from kdiag.sources.services import Database
from kdiag.wire.allowlist import SendRefused
from kdiag.wire.secret import Secret

WRITES = [
    "SELECT pg_drop_replication_slot('debezium')",
    "SELECT pg_replication_slot_advance('debezium', '0/0')",
    "INSERT INTO customers VALUES (1)",
    "SELECT 1",
]


@contextmanager
def answering(reply: bytes | None) -> Iterator[int]:
    """A server that answers everything with the same bytes, or never."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def serve() -> None:
            held = []
            while not over.is_set():
                try:
                    one, _ = server.accept()
                except TimeoutError:
                    continue
                held.append(one)
                if reply is not None:
                    one.sendall(reply)
                    one.close()
            for each in held:
                each.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def database(port: int) -> Database:
    return Database(f"postgresql://kdiag@127.0.0.1:{port}/shop", password=Secret("wuzqa-secret"))


def why(port: int, seconds: float = 1) -> str:
    """Read a database that does not tell; return the reason."""
    held = asyncio.run(read_postgres([database(port)], Limits(seconds)))
    endpoint = f"endpoint postgresql://127.0.0.1:{port}/shop"
    assert held[PostgresServers].errors.keys() == {endpoint}
    return held[ReplicationSlots].errors[endpoint].reason


@pytest.mark.parametrize("statement", WRITES)
def test_what_is_not_in_the_table_is_refused_before_it_is_sent(statement: str) -> None:
    with pytest.raises(SendRefused):
        asyncio.run(Session(database(1), 1).read(statement))


def test_the_table_only_selects() -> None:
    changes = re.compile(r"\b(drop|advance|create|terminate|insert|update|delete|copy|set)\b", re.I)

    for statement in STATEMENTS:
        assert statement.split()[0] == "SELECT"
        assert ";" not in statement
        assert not changes.search(statement)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    said = why(port)

    assert "cannot be reached" in said
    assert "refused" in said


def test_one_that_never_answers_is_given_up() -> None:
    began = time.monotonic()
    with answering(None) as port:
        assert "within 1 s" in why(port)
    assert time.monotonic() - began < 10


def test_what_is_no_postgresql_is_said_in_one_line_without_the_password() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        said = why(port, 5)

    assert "\n" not in said
    assert "wuzqa-secret" not in said


@pytest.mark.parametrize(
    ("dsn", "text"),
    [
        ("postgresql://kdiag@db.example/shop", "postgresql://db.example:5432/shop"),
        ("postgres://db.example:6000/shop", "postgresql://db.example:6000/shop"),
        ("postgresql://kdiag@[::1]:5433/shop", "postgresql://[::1]:5433/shop"),
    ],
)
def test_a_database_is_shown_without_its_user(dsn: str, text: str) -> None:
    assert shown(Database(dsn)) == text
