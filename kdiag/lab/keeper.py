"""The keeper of a lab: a process that outlives a crashed owner and leaves nothing behind."""

import os
import sys
from pathlib import Path

from kdiag.lab.processes import Process


class Keeper:
    """The owner's side: holds the pipe whose end the keeper waits for."""

    def __init__(self, home: Path) -> None:
        read_end, self._write_end = os.pipe()
        command = [sys.executable, "-m", "kdiag.lab.keep", str(home)]
        files = [(os.POSIX_SPAWN_DUP2, read_end, 0)]
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=files, setsid=True)
        self._process = Process.of(pid)
        os.close(read_end)

    def release(self) -> None:
        """Let the keeper see to it that nothing is left, and wait until it is done."""
        os.close(self._write_end)
        if self._process is not None:
            self._process.wait(30)
