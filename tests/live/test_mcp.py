"""`kdiag mcp` on real brokers: a way to the root cause, one reading for many, a dead cluster."""

import json
import sys
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from kdiag.lab import Lab
from kdiag.lab.groups import wait_committed, wait_state

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

GROUP, TOPIC = "settlement", "payments"


@pytest.fixture(scope="module")
def lab():
    """Payments are written, and the only member of the group that settles them was killed."""
    with Lab(1) as lab:
        lab.create_topic(TOPIC)
        lab.start_producer(TOPIC, rate=50, keys=100)
        member = lab.start_consumer(GROUP, TOPIC, session_timeout_seconds=3.0, client_id=GROUP)
        wait_committed(lab, GROUP, TOPIC, 50)
        member.kill()
        wait_state(lab, GROUP, "EMPTY")
        yield lab


@asynccontextmanager
async def agent(lab, *words):
    """An agent that is connected to a process of kdiag."""
    arguments = ["-m", "kdiag", "mcp", "--bootstrap-server", lab.bootstrap, *map(str, words)]
    server = StdioServerParameters(command=sys.executable, args=arguments)
    with anyio.fail_after(120):
        async with Client(stdio_client(server)) as client:
            yield client


async def said(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    return result.is_error, result.content[0].text


async def ask(client, tool, **arguments):
    is_error, text = await said(client, tool, **arguments)
    assert not is_error, text
    return json.loads(text)


def test_payments_are_late_and_the_cause_is_found(lab):
    async def dialogue():
        async with agent(lab, "--max-age", 60) as client:
            lag = await ask(client, "lag", topic=TOPIC)
            doctor = await ask(client, "doctor", group=GROUP)
            group = await ask(client, "group", group=GROUP)
            _, page = await said(client, "explain", check="group-dead")
            restart = await ask(client, "preflight_restart", broker=1)
            return lag, doctor, group, page, restart

    lag, doctor, group, page, restart = anyio.run(dialogue)

    [row] = lag["answer"]["rows"]
    assert (row["group"], row["topic"], row["verdict"]) == (GROUP, TOPIC, "group-dead")
    assert row["lag_records"] > 0
    [finding] = [f for f in doctor["answer"]["findings"] if f["check"] == "group-dead"]
    assert finding["subject"] == {"type": "group", "group": GROUP, "topic": TOPIC}
    assert finding["explained_by"] is None
    assert doctor["answer"]["requests"]["writes"] == 0
    assert group["answer"]["members"] == []
    assert "## Confirm by hand" in page
    assert restart["answer"]["verdict"]["status"] == "critical"
    assert len({each["snapshot"]["started_at"] for each in (lag, doctor, group, restart)}) == 1


def test_ten_at_once_share_a_reading_and_a_dead_cluster_is_one_sentence(lab):
    answers = []

    async def one(client, tool):
        answers.append(await ask(client, tool))

    async def dialogue():
        words = ("--max-age", 0, "--sample-seconds", 0, "--history-seconds", 0, "--timeout", 5)
        async with agent(lab, *words) as client:
            async with anyio.create_task_group() as calls:
                for tool in ("doctor", "lag") * 5:
                    calls.start_soon(one, client, tool)
            with anyio.move_on_after(0.05) as given_up:
                await client.call_tool("doctor", {})
            after = await ask(client, "lag")
            lab.brokers[1].kill()
            try:
                dead = [await said(client, "doctor"), await said(client, "lag")]
                runbook = await said(client, "explain", check="broker-down")
            finally:
                lab.brokers[1].start()
            lab.wait_ready()
            back = await ask(client, "doctor", topic=TOPIC)
            return given_up.cancelled_caught, after, dead, runbook, back

    was_given_up, after, dead, runbook, back = anyio.run(dialogue)

    assert len({each["snapshot"]["started_at"] for each in answers}) == 1
    assert len(answers) == 10
    assert was_given_up
    assert after["answer"]["rows"]
    for is_error, text in dead:
        assert is_error
        assert "\n" not in text
        assert "connection refused" in text
    assert not runbook[0]
    assert back["answer"]["cluster"]["id"] == lab.cluster_id
