"""Loads: described on the command line, paced, and what they do to sockets and processes."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from kdiag.lab import load as running
from kdiag.lab import loads
from kdiag.lab.loads import Freeze, Produce, arguments
from kdiag.lab.pacing import at_rate, in_threads
from kdiag.lab.peer import Peer
from kdiag.lab.processes import Process, spawn
from kdiag.lab.supervising import freeze_in_turn


@pytest.fixture
def sleeper(tmp_path: Path) -> Any:
    process = spawn(["/bin/sleep", "30"], dict(os.environ), tmp_path / "log")
    yield process
    process.kill()


@pytest.fixture
def other_sleeper(tmp_path: Path) -> Any:
    process = spawn(["/bin/sleep", "30"], dict(os.environ), tmp_path / "other-log")
    yield process
    process.kill()


def test_every_load_can_be_run() -> None:
    kinds = {kind.__name__ for kind in get_args(loads.Load)}

    assert set(running._RUNS) == kinds


def test_settings_of_a_client_survive_the_command_line() -> None:
    load = Produce(topic="t", settings={"batch.size": 900, "sasl.password": "p"})

    fields = json.loads(arguments("host:1", load)[-1], object_hook=running._with_tuples)

    assert (fields.pop("kind"), fields.pop("bootstrap")) == ("Produce", "host:1")
    assert Produce(**fields) == load


def test_work_is_done_at_its_rate_and_ends_in_time() -> None:
    started = time.monotonic()

    assert len(list(at_rate(100, 0.2))) in range(15, 22)
    assert time.monotonic() - started < 1


def test_threads_share_a_rate_and_hand_errors_on() -> None:
    done: list[int] = []
    in_threads(2, 100, 0.2, lambda: done.append(1))
    assert len(done) in range(15, 24)

    with pytest.raises(ZeroDivisionError):
        in_threads(2, 100, 0.1, lambda: 1 // 0)


def test_a_connection_that_the_other_side_closed_is_known() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, Peer(f"127.0.0.1:{server.getsockname()[1]}", "lab") as peer:
        other, _ = server.accept()
        assert not peer.is_closed
        other.close()
        time.sleep(0.05)
        assert peer.is_closed


def test_processes_that_are_frozen_in_turn_go_on_in_the_end(
    sleeper: Process, other_sleeper: Process
) -> None:
    load = Freeze(
        processes=tuple((each.pid, each.started) for each in (sleeper, other_sleeper)),
        every_seconds=0.05,
        freeze_seconds=0.05,
        max_seconds=0.3,
    )

    freeze_in_turn([sleeper, other_sleeper], load)

    for each in (sleeper, other_sleeper):
        assert each.is_running
        assert not each.is_stopped


def test_a_process_gets_a_limit_of_open_files(sleeper: Process) -> None:
    sleeper.limit_files(123)

    limits = Path(f"/proc/{sleeper.pid}/limits").read_text(encoding="ascii")
    (line,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert line.split()[3:5] == ["123", "123"]
    assert sleeper.open_files >= 3
