import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdiag.lab.processes import LAB_VARIABLE, Process, kill_marked, marked, spawn
from kdiag.lab.waiting import wait_until

_MARK = "test-of-processes"


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    command = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
    environment = {**os.environ, LAB_VARIABLE: _MARK}
    process = spawn(command, environment, tmp_path / "log")
    wait_until(lambda: "awake" in (tmp_path / "log").read_text(), "it is awake")
    yield process
    process.kill()


def test_the_same_pid_with_another_start_time_is_another_process(sleeper: Process) -> None:
    stranger = Process(sleeper.pid, sleeper.started + 1)
    assert sleeper.is_running
    assert not stranger.is_running
    stranger.kill()
    assert sleeper.is_running


def test_a_process_is_known_again_from_its_pid_file(sleeper: Process, tmp_path: Path) -> None:
    sleeper.write(tmp_path / "pid")
    assert Process.read(tmp_path / "pid") == sleeper
    assert Process.read(tmp_path / "none") is None


def test_a_process_is_frozen_goes_on_and_ends(sleeper: Process) -> None:
    sleeper.stop()
    assert sleeper.is_stopped
    assert sleeper.is_running
    sleeper.cont()
    assert not sleeper.is_stopped
    sleeper.stop()
    sleeper.terminate(5)
    assert not sleeper.is_running


def test_a_killed_process_leaves_no_zombie(sleeper: Process) -> None:
    sleeper.kill()
    assert not sleeper.is_running
    assert not Path(f"/proc/{sleeper.pid}").exists()


def test_marked_processes_are_found_and_killed(sleeper: Process) -> None:
    assert marked(_MARK) == [sleeper]
    assert marked("another-lab") == []
    started = time.monotonic()
    kill_marked(_MARK)
    assert time.monotonic() - started < 5
    assert not sleeper.is_running
