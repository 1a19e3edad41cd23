"""`kdiag lint --connect URL --validate`: a worker that hangs, and one without the plug-in."""

import json
import socket
import time
from contextlib import contextmanager

import pytest

from tests.sources.rest.test_validation import worker

CONNECTOR = {"connector.class": "org.example.MySource", "tasks.max": "1"}
ONLY = ("--only", "lint-connector-refused", "-o", "json")


@pytest.fixture
def connectors(tmp_path, monkeypatch):
    """Return a function that writes some connectors, and gives their files."""
    monkeypatch.chdir(tmp_path)

    def written(*names):
        for name in names:
            text = json.dumps({"name": name, "config": CONNECTOR})
            (tmp_path / f"{name}.json").write_text(text)
        return [f"{name}.json" for name in names]

    return written


@contextmanager
def hanging():
    """Yield the URL of a worker that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_worker_that_hangs_costs_no_more_than_the_limit_for_all(kdiag, connectors):
    files = connectors("a", "b", "c")
    started = time.monotonic()

    with hanging() as url:
        chosen = ("--connect", url, "--validate", "--timeout", "2.3")
        result = kdiag("lint", *files, *chosen, *ONLY)

    report = json.loads(result.stdout)
    assert result.exit_code == 4, result.output
    assert time.monotonic() - started < 30
    assert [one["status"] for one in report["results"]] == ["unknown"]
    told = {one["target"]: one["error"] for one in report["errors"]}
    assert list(told) == ["connector a", "connector b", "connector c"]
    assert "did not answer within 2" in told["connector a"]
    assert told["connector c"] == f"Kafka Connect at {url} was not asked within 2.3 s (--timeout)"
    assert "validates connector a" in result.stderr
    assert "connector c" not in result.stderr
    assert f"Waiting for Kafka Connect at {url}, 2 s so far" in result.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_limit_is_a_number_above_0(kdiag, connectors, seconds):
    result = kdiag("lint", *connectors("a"), "--timeout", seconds)

    assert result.exit_code == 2
    assert "--timeout" in result.stderr


def test_a_class_that_the_worker_lacks_is_told_as_such(kdiag, connectors):
    message = "Failed to find any class that implements Connector: /opt/plugins"

    with worker(500, {"error_code": 500, "message": message}) as (server, _):
        result = kdiag("lint", *connectors("a"), "--connect", server.url, "--validate", *ONLY)

    [found] = json.loads(result.stdout)["findings"]
    assert found["symptom"] == (
        "The worker has no plug-in org.example.MySource, so it did not look at the rest of "
        "connector a."
    )
    assert found["subject"]["line"] == 1
    assert "/opt" not in result.output
