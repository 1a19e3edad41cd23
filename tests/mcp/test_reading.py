"""One reading for all who ask at once; who gives up takes nothing from the others."""

import threading
from datetime import timedelta
from functools import partial

import anyio

from kdiag.mcp.reading import Readings
from tests.mcp.desks import aged, ask, broken, judge, refused, talk


class Gate:
    """Takes a snapshot each time it is asked, when it is opened."""

    def __init__(self):
        self.open, self.entered, self.taken = threading.Event(), threading.Event(), 0

    def take(self):
        self.taken += 1
        self.entered.set()
        assert self.open.wait(30)
        return broken()


async def entered(gate):
    await anyio.to_thread.run_sync(gate.entered.wait, 30)


def test_ten_calls_at_once_share_one_reading():
    gate, answers = Gate(), []

    async def one(client, tool):
        answers.append(await ask(client, tool))

    async def ten(client):
        async with anyio.create_task_group() as calls:
            for tool in ("doctor", "lag") * 5:
                calls.start_soon(one, client, tool)
            await entered(gate)
            gate.open.set()

    talk(ten, take=gate.take)

    assert gate.taken == 1
    assert len(answers) == 10
    assert len({answer["snapshot"]["started_at"] for answer in answers}) == 1


def test_a_call_that_is_given_up_leaves_the_reading_to_others():
    gate = Gate()

    async def given_up(client):
        async with anyio.create_task_group() as calls:
            calls.start_soon(partial(ask, client, "doctor"))
            await entered(gate)
            calls.cancel_scope.cancel()
        async with anyio.create_task_group() as calls:
            calls.start_soon(partial(ask, client, "lag"))
            await anyio.wait_all_tasks_blocked()
            gate.open.set()
        return await ask(client, "doctor")

    assert talk(given_up, take=gate.take)["answer"]["findings"]
    assert gate.taken == 1


def test_a_snapshot_serves_within_its_age_and_not_longer():
    ages = iter([0, 0, 40, 0])
    taken = []

    def take():
        taken.append(aged(broken(), timedelta(seconds=next(ages))))
        return taken[-1]

    async def three(client):
        return [await ask(client, "lag") for _ in range(3)]

    talk(three, take=take, max_age_seconds=30)
    assert len(taken) == 1
    next(ages)
    talk(three, take=take, max_age_seconds=30)
    assert len(taken) == 3


def test_an_error_is_told_to_all_who_waited_and_kept_for_nobody():
    def take():
        calls.append(1)
        raise OSError("boom")

    calls, said = [], []

    async def one(client):
        said.append(await refused(client, "doctor"))

    async def many(client):
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one, client)
        await one(client)

    talk(many, take=take)

    assert len(said) == 4
    assert 2 <= len(calls) <= 4


def test_only_so_many_reports_are_kept():
    readings = Readings(broken, judge, 30)
    for minute in range(30):
        readings.keep(judge(aged(broken(), timedelta(minutes=minute))))

    assert len(readings.kept) == 20
