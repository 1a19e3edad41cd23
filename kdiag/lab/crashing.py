"""A load that crashes and comes back, as an application under a supervisor does."""

import ctypes
import json
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG = 1


def crash_again_and_again(described: str, every_seconds: float, max_seconds: float) -> None:
    """Run the load in a child, kill it after a while, and start the next one, without end."""
    fields = json.loads(described) | {"crash_every_seconds": None, "is_child": True}
    command = [sys.executable, "-m", "kdiag.lab.load", json.dumps(fields)]
    deadline = time.monotonic() + max_seconds
    while time.monotonic() < deadline:
        with subprocess.Popen(command) as child:  # noqa: S603
            time.sleep(every_seconds)
            child.kill()


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
