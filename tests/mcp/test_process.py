"""`kdiag mcp` as a process, over both transports, asked by the SDK's own client."""

import gc
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from kdiag.sources.saved import save
from tests.mcp.desks import ask, broken, refused

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""A client that gives up a call while it connects leaves its socket to the garbage collector."""

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105


@pytest.fixture(autouse=True)
def _nothing_left():
    """Collect what a given up call has left within its own test, not in one that comes later."""
    yield
    gc.collect()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "snapshot.json"
    save(broken(), path)
    return path


def run(asking, *arguments):
    async def connected():
        with anyio.fail_after(90):
            return await asking(*arguments)

    return anyio.run(connected)


@asynccontextmanager
async def over_stdio(*words, errlog=sys.stderr):
    command = ["-m", "kdiag", "mcp", *map(str, words)]
    parameters = StdioServerParameters(command=sys.executable, args=command)
    async with Client(stdio_client(parameters, errlog=errlog)) as client:
        yield client


@contextmanager
def server(*words, **environment):
    """Run a server over HTTP; yield its URL and the process."""
    command = [sys.executable, "-m", "kdiag", "mcp", "--listen", "127.0.0.1:0", *map(str, words)]
    process = subprocess.Popen(  # noqa: S603
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        line = process.stderr.readline()
        found = re.search(r"serves (http://127\.0\.0\.1:\d+/mcp); only reads", line)
        assert found, line + process.stderr.read()
        yield found[1], process
    finally:
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=30)
        assert process.returncode == 0, rest
        assert TOKEN not in rest
        assert "Traceback" not in rest


@asynccontextmanager
async def over_http(url, token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"}
    http = httpx2.AsyncClient(headers=headers, timeout=60)
    async with http, Client(streamable_http_client(url, http_client=http)) as client:
        yield client


async def dialogue(client):
    """Ask good and bad questions, ten at once, and give one up; return what came."""
    names = {tool.name for tool in (await client.list_tools()).tools}
    answers = []

    async def one():
        answers.append(await ask(client, "doctor", topic="orders"))

    async with anyio.create_task_group() as calls:
        for _ in range(10):
            calls.start_soon(one)
    with anyio.move_on_after(0):
        await client.call_tool("doctor", {})
    said = await refused(client, "doctor", topic="nope")
    last = await ask(client, "preflight_restart", broker=1)
    return names, answers, said, last


def held_true(names, answers, said, last):
    assert {"doctor", "lag", "group", "explain"} <= names
    assert len(answers) == 10
    assert all(answer["answer"]["findings"] for answer in answers)
    assert said == "there is no topic 'nope', or it may not be described"
    assert last["answer"]["verdict"]["status"] == "critical"


def test_a_dialogue_over_stdin_and_stdout(file, tmp_path):
    async def talk(errlog):
        async with over_stdio("--from", file, errlog=errlog) as client:
            return await dialogue(client)

    with (tmp_path / "stderr").open("w+") as errlog:
        held_true(*run(talk, errlog))
        errlog.seek(0)
        assert errlog.read() == ""


def test_a_dialogue_over_http(file, tmp_path):
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")

    async def talk(url):
        async with over_http(url) as client:
            return await dialogue(client)

    with server("--from", file, "--token-file", secret) as (url, process):
        held_true(*run(talk, url))
        line = Path(f"/proc/{process.pid}/cmdline")
        assert not line.exists() or TOKEN not in line.read_text()


def test_who_has_no_token_or_comes_from_elsewhere_is_refused(file):
    with server("--from", file, KDIAG_MCP_TOKEN=TOKEN) as (url, _):
        port = url.partition("127.0.0.1:")[2].partition("/")[0]
        right = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        right |= {"Accept": "application/json, text/event-stream"}

        def status(method="POST", **headers):
            asked = httpx.request(method, url, headers=right | headers, content="{}")
            return asked.status_code

        assert status(Authorization="") == 401
        assert status(Authorization="Bearer") == 401
        assert status(Authorization=f"Bearer {TOKEN}x") == 401
        assert status(Authorization=f"Bearer {TOKEN[:-1]}") == 401
        assert status(Authorization=f"Basic {TOKEN}") == 401
        assert status("GET", Authorization="") == 401
        assert status(Host="evil.example") == 421
        assert status(Host=f"evil.example:{port}") == 421
        assert status(Host="127.0.0.1:1") == 421
        assert status(Origin="https://evil.example") == 403
        assert status(Origin=f"http://127.0.0.1:{port}") not in (401, 403, 421)
        assert httpx.get(url.removesuffix("/mcp") + "/").status_code == 401


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--listen", "0.0.0.0:0"), "only loopback addresses are served"),
        (("--listen", "192.0.2.1:80"), "only loopback addresses are served"),
        (("--listen", ":8765"), "expected HOST:PORT, as 127.0.0.1:8765"),
        (("--listen", "[::]:0"), "only loopback addresses are served"),
        (("--listen", "kafka.example:80"), "only loopback addresses are served"),
        (("--listen", "127.0.0.1:x"), "expected HOST:PORT"),
    ],
)
def test_only_loopback_is_listened_on(kdiag, file, words, said):
    result = kdiag("mcp", "--from", file, *words, KDIAG_MCP_TOKEN=TOKEN)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        ((), {}, "--listen needs a token: --token-file, --token-command, or KDIAG_MCP_TOKEN"),
        ((), {"KDIAG_MCP_TOKEN": "short"}, "the token is too short; it needs 16 characters"),
        ((), {"KDIAG_MCP_TOKEN": ""}, "KDIAG_MCP_TOKEN gives an empty value"),
        (("--token-command", "false"), {}, "--token-command: false ended with 1"),
        (("--token-file", "/nowhere/t"), {}, "/nowhere/t cannot be read"),
    ],
)
def test_a_token_must_be_given_and_long_enough(kdiag, file, words, environment, said):
    result = kdiag("mcp", "--from", file, "--listen", "127.0.0.1:0", *words, **environment)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "short" not in result.stderr.replace("too short", "")


def test_a_token_without_listen_is_a_mistake(kdiag, file):
    result = kdiag("mcp", "--from", file, "--token-command", "cat token")

    assert result.exit_code == 2
    assert "a token is for --listen HOST:PORT" in result.stderr


def test_a_cluster_that_is_down_is_one_sentence_over_stdio(tmp_path):
    """Nothing listens on port 1; the server starts, and goes on to answer what needs no cluster."""

    async def talk(errlog):
        async with over_stdio("--bootstrap-server", "127.0.0.1:1", errlog=errlog) as client:
            said = [await refused(client, "doctor"), await refused(client, "lag")]
            page = await client.call_tool("explain", {"check": "under-min-isr"})
            return said, page.content[0].text

    with (tmp_path / "stderr").open("w+") as errlog:
        said, page = run(talk, errlog)

    assert said[0] == said[1]
    assert "connection refused" in said[0]
    assert "\n" not in said[0]
    assert page.startswith("Partitions that refuse acks=all writes.")


def test_the_end_of_stdin_and_signals_end_it(file):
    command = [sys.executable, "-m", "kdiag", "mcp", "--from", str(file)]
    start = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for end in ("close", signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        process.stdin.write(json.dumps(start) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        if end == "close":
            process.stdin.close()
        else:
            process.send_signal(end)
        assert process.wait(30) == 0
        process.stdout.close()
        process.stdin.close()
