"""Loads that run in a child, which crashes and comes back, or stands still for a while."""

import ctypes
import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kdiag.lab.processes import Process

if TYPE_CHECKING:
    from kdiag.lab.loads import Freeze

_PR_SET_PDEATHSIG = 1


def crash_again_and_again(described: str, every_seconds: float, max_seconds: float) -> None:
    """Run the load in a child, kill it after a while, and start the next one, without end."""
    deadline = time.monotonic() + max_seconds
    while time.monotonic() < deadline:
        with _child(described) as child:
            try:
                time.sleep(every_seconds)
            finally:
                child.kill()


def freeze_again_and_again(
    described: str, every_seconds: float, freeze_seconds: float, max_seconds: float
) -> None:
    """Run the load in a child and stop it for a while at each interval, as a long pause does."""
    deadline = time.monotonic() + max_seconds
    with _child(described) as child:
        try:
            while time.monotonic() < deadline:
                time.sleep(every_seconds)
                child.send_signal(signal.SIGSTOP)
                time.sleep(freeze_seconds)
                child.send_signal(signal.SIGCONT)
        finally:
            child.kill()


def freeze_in_turn(processes: Sequence[Process], load: "Freeze") -> None:
    """Freeze one other process after the other for a while; they go on in the end."""
    deadline = time.monotonic() + load.max_seconds
    for process in itertools.cycle(processes):
        if time.monotonic() >= deadline or not process.is_running:
            return
        time.sleep(load.every_seconds)
        try:
            process.stop()
            time.sleep(load.freeze_seconds)
        finally:
            process.cont()


def _child(described: str) -> "subprocess.Popen[bytes]":
    own = {"crash_every_seconds": None, "freeze_every_seconds": None, "is_child": True}
    fields = json.loads(described) | own
    return subprocess.Popen([sys.executable, "-m", "kdiag.lab.load", json.dumps(fields)])  # noqa: S603


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
