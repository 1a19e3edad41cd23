"""`kdiag mcp` on real brokers: a way to the root cause, one reading for many, a dead cluster."""

import json
import sys
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from kdiag.lab import Lab
from kdiag.lab.groups import wait_committed
from kdiag.lab.waiting import wait_until

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

GROUP, TOPIC = "settlement", "payments"


@pytest.fixture(scope="module")
def lab():
    """Payments need two replicas in sync, and one of the two brokers was killed."""
    with Lab(2, controllers=1) as lab:
        lab.create_topic(TOPIC, partitions=1, configs={"min.insync.replicas": "2"})
        lab.produce(TOPIC, 100)
        lab.start_consumer(GROUP, TOPIC, client_id=GROUP)
        wait_committed(lab, GROUP, TOPIC, 100)
        lab.brokers[2].kill()
        wait_until(lambda: in_sync(lab) == [1], "its replica left the ISR", 60)
        yield lab


def in_sync(lab):
    found = lab.admin().list_topics(TOPIC, timeout=10).topics[TOPIC]
    return list(found.partitions[0].isrs)


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
        async with agent(lab, "--max-age", 120, "--sample-seconds", 0) as client:
            doctor = await ask(client, "doctor", topic=TOPIC)
            lag = await ask(client, "lag", topic=TOPIC)
            group = await ask(client, "group", group=GROUP)
            _, page = await said(client, "explain", check="broker-down")
            restart = await ask(client, "preflight_restart", broker=1)
            return doctor, lag, group, page, restart

    doctor, lag, group, page, restart = anyio.run(dialogue)

    by_check = {finding["check"]: finding for finding in doctor["answer"]["findings"]}
    root, symptom = by_check["broker-down"], by_check["under-min-isr"]
    assert root["subject"] == {"type": "broker", "id": 2}
    assert root["explained_by"] is None
    assert symptom["subject"]["topic"] == TOPIC
    assert symptom["explained_by"] == root["fingerprint"]
    assert doctor["answer"]["verdict"]["status"] == "critical"
    assert doctor["answer"]["requests"]["writes"] == 0
    assert [(row["group"], row["topic"]) for row in lag["answer"]["rows"]] == [(GROUP, TOPIC)]
    assert group["answer"]["group"] == GROUP
    assert "## Confirm by hand" in page
    assert restart["answer"]["verdict"]["status"] == "critical"
    read = {each["snapshot"]["started_at"] for each in (doctor, lag, group, restart)}
    assert len(read) == 1


def test_ten_at_once_share_a_reading_and_a_dead_cluster_is_one_sentence(lab):
    """The last test on this cluster: its broker is killed."""

    answers = []

    async def one(client, tool):
        answers.append(await ask(client, tool))

    async def dialogue():
        words = ("--max-age", 0, "--sample-seconds", 0, "--history-seconds", 0)
        async with agent(lab, *words) as client:
            async with anyio.create_task_group() as calls:
                for tool in ("doctor", "lag") * 5:
                    calls.start_soon(one, client, tool)
            with anyio.move_on_after(0.05) as given_up:
                await client.call_tool("doctor", {})
            after = await ask(client, "lag")
            lab.brokers[1].kill()
            dead = [await said(client, "doctor"), await said(client, "lag")]
            runbook = await said(client, "explain", check="broker-down")
            return given_up.cancelled_caught, after, dead, runbook

    was_given_up, after, dead, runbook = anyio.run(dialogue)

    assert len({each["snapshot"]["started_at"] for each in answers}) == 1
    assert len(answers) == 10
    assert was_given_up
    assert after["answer"]["rows"]
    for is_error, text in dead:
        assert is_error
        assert "\n" not in text
        assert "connection refused" in text
    assert not runbook[0]
