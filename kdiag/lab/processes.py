"""Processes of a lab: started apart from the terminal, known by pid and start time.

A pid alone is not an identity, it may be given to another process later; a pid with its start
time is. Every process also carries the id of its lab in its environment, so that all of them can
be found when nothing else is left.
"""

import os
import resource
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kdiag.lab.waiting import is_true_within

LAB_VARIABLE = "KDIAG_LAB_ID"
"""Environment variable that marks every process of a lab."""


@dataclass(frozen=True)
class Process:
    """A process of a lab; the same pid with another start time is not it."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """Return the process that has this pid now, or None."""
        fields = _stat(pid)
        return None if fields is None else cls(pid, fields[1])

    @classmethod
    def read(cls, file: Path) -> "Process | None":
        """Return the process that a pid file names, running or not."""
        try:
            pid, started = file.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        return cls(int(pid), int(started))

    def write(self, file: Path) -> None:
        """Record pid and start time, so that another command knows this process again."""
        file.write_text(f"{self.pid} {self.started}\n", encoding="ascii")

    @property
    def is_running(self) -> bool:
        """Tell whether the process exists, stopped or not."""
        _reap(self.pid)
        fields = _stat(self.pid)
        if fields is None or fields[1] != self.started:
            return False
        return fields[0] not in "ZX" or _has_threads(self.pid)

    @property
    def is_stopped(self) -> bool:
        """Tell whether the process is frozen by SIGSTOP."""
        fields = _stat(self.pid)
        return fields is not None and fields[1] == self.started and fields[0] == "T"

    def signal(self, number: int) -> None:
        """Send a signal, if the process still runs."""
        if self.is_running:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process at once (SIGKILL) and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.wait(10)

    def stop(self) -> None:
        """Freeze the process (SIGSTOP) and wait until it is."""
        self.signal(signal.SIGSTOP)
        is_true_within(10, lambda: self.is_stopped or not self.is_running, every=0.01)

    def cont(self) -> None:
        """Let a frozen process go on (SIGCONT) and wait until it does."""
        self.signal(signal.SIGCONT)
        is_true_within(10, lambda: not self.is_stopped, every=0.01)

    def terminate(self, seconds: float = 30) -> None:
        """Ask the process to end (SIGTERM), wait, and kill it if it does not."""
        self.signal(signal.SIGTERM)
        self.cont()
        if not self.wait(seconds):
            self.kill()

    def limit_files(self, count: int) -> None:
        """Let the process have at most so many files open; it cannot raise that itself."""
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (count, count))

    @property
    def open_files(self) -> int:
        """Return how many files the process has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def wait(self, seconds: float) -> bool:
        """Wait until the process is gone; tell whether it is."""
        return is_true_within(seconds, lambda: not self.is_running, every=0.02)


def spawn(command: list[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start a process in a session of its own; what it writes is appended to the log."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(command[0], command, environment, file_actions=files, setsid=True)
    return Process.of(pid) or Process(pid, 0)


def marked(lab_id: str) -> list[Process]:
    """Return the running processes that carry the id of a lab."""
    mark = f"{LAB_VARIABLE}={lab_id}".encode()
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    found = (Process.of(pid) for pid in pids if pid != os.getpid() and mark in _environment(pid))
    return [process for process in found if process is not None and process.is_running]


def kill_marked(lab_id: str, seconds: float = 10) -> None:
    """Kill every process of a lab, and wait until all are gone."""
    deadline = time.monotonic() + seconds
    while (processes := marked(lab_id)) and time.monotonic() < deadline:
        for process in processes:
            process.signal(signal.SIGKILL)
        for process in processes:
            process.wait(deadline - time.monotonic())


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _stat(pid: int) -> tuple[str, int] | None:
    """Return state and start time (fields 3 and 22 of /proc/PID/stat)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[19])


def _has_threads(pid: int) -> bool:
    """Tell whether a process whose first thread has ended still has others, with its sockets."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


def _reap(pid: int) -> None:
    """Collect the exit status of a child, so that it does not stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
