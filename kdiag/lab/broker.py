"""One node of a running lab: a broker, a controller, or both; or ZooKeeper."""

import os
import re

from kdiag.errors import LabError
from kdiag.lab import clock, jmx, zookeeper
from kdiag.lab.java import Runtime
from kdiag.lab.plan import INTERNAL, Node, require_free
from kdiag.lab.processes import LAB_VARIABLE, Process, spawn
from kdiag.lab.state import State
from kdiag.lab.waiting import wait_until

_STARTED = ("Kafka Server started", "] started (kafka.server.KafkaServer)")
"""What a node says that serves: on KRaft, and with ZooKeeper."""


_THROWN = re.compile(r'(Caused by: |Exception in thread "[^"]*" )?[\w.$]*(Exception|Error)(: |$)')
"""A line of a log that begins with the name of what was thrown, as a stack trace does."""


class Broker:
    """A node and its process, which may be killed, frozen, and started again."""

    def __init__(self, state: State, node: Node, runtime: Runtime) -> None:
        self.node = node
        self.id = node.id
        self.host = node.host
        self.home = state.node_home(node.id)
        self.log_dirs = state.log_dirs(node.id)
        self.log_file = self.home / "server.log"
        self.config_file = self.home / "server.properties"
        self._runtime, self._jmx, self._plan = runtime, state.jmx, state.plan
        ahead = clock.environment(state.plan.clocks_ahead.get(node.id, 0.0))
        self._marks = {LAB_VARIABLE: state.lab_id, **ahead}
        self._pid_file = self.home / "pid"
        self._log_offset = 0

    @property
    def port(self) -> int:
        """Return the port of the plain listener."""
        return self.node.ports[INTERNAL]

    @property
    def bootstrap(self) -> str:
        """Return `host:port` of the plain listener."""
        return self.node.address(INTERNAL)

    @property
    def process(self) -> Process | None:
        """Return the process that was started last, running or not."""
        return Process.read(self._pid_file)

    @property
    def pid(self) -> int | None:
        """Return the pid, or None if the broker does not run."""
        process = self.process
        return process.pid if process is not None and process.is_running else None

    @property
    def is_running(self) -> bool:
        """Tell whether the process exists; a frozen one does."""
        return self.pid is not None

    @property
    def is_stopped(self) -> bool:
        """Tell whether the process is frozen by SIGSTOP."""
        process = self.process
        return process is not None and process.is_stopped

    def launch(self) -> None:
        """Start the process, without waiting until it is ready."""
        if self.is_running:
            return
        for port in self.node.ports.values():
            require_free(port)
        self._log_offset = self.log_file.stat().st_size if self.log_file.exists() else 0
        flags = (
            f"-Xmx{self._plan.heap_mebibytes}m",
            *jmx.flags(self.node, self._jmx),
            *self._plan.node_flags.get(self.id, ()),
        )
        main = zookeeper.MAIN if self.node.is_zookeeper else "kafka.Kafka"
        command = self._runtime.command(main, str(self.config_file), flags=flags)
        environment = self._runtime.environment(self._marks)
        process = spawn(command, environment, self.log_file)
        process.write(self._pid_file)
        if self._plan.open_files is not None:
            process.limit_files(self._plan.open_files)

    def wait_started(self, seconds: float = 90) -> None:
        """Wait until the node says that it has started; raise LabError if it ends before."""
        wait_until(self._has_started_or_ended, f"node {self.id} has started", seconds)
        if not self.is_running:
            raise LabError(f"Node {self.id} ended while starting: {self._last_error()}")

    def start(self) -> None:
        """Start the process and wait until it serves."""
        self.launch()
        self.wait_started()

    def kill(self) -> None:
        """Crash the broker (SIGKILL)."""
        if (process := self.process) is not None:
            process.kill()

    def stop(self) -> None:
        """Freeze the broker (SIGSTOP): its ports stay open, it answers nothing."""
        if (process := self.process) is not None:
            process.stop()

    def cont(self) -> None:
        """Let a frozen broker go on (SIGCONT)."""
        if (process := self.process) is not None:
            process.cont()

    def shutdown(self, seconds: float = 60) -> None:
        """Shut the broker down in order (SIGTERM) and wait until it is gone."""
        if (process := self.process) is not None:
            process.terminate(seconds)

    def restart(self, runtime: Runtime | None = None) -> None:
        """Shut the broker down in order and start it again, with another release where given."""
        self.shutdown()
        self._runtime = runtime or self._runtime
        self.start()

    def log(self) -> str:
        """Return what the broker has logged since its last start."""
        with self.log_file.open("rb") as file:
            file.seek(min(self._log_offset, os.fstat(file.fileno()).st_size))
            return file.read().decode("utf-8", "replace")

    def _has_started_or_ended(self) -> bool:
        return not self.is_running or self._has_started()

    def _has_started(self) -> bool:
        if self.node.is_zookeeper:
            return zookeeper.serves(self.node)
        log = self.log()
        return any(word in log for word in _STARTED)

    def _last_error(self) -> str:
        return fatal(self.log()) or f"see {self.log_file}"


def fatal(log: str) -> str:
    """Return what a node that ended says of the cause: the exception; or else its last error.

    The last error of kafka.Kafka is only that it exits; the exception stands before it or below.
    """
    lines = log.splitlines()
    thrown = [line for line in lines if _THROWN.match(line)]
    said = thrown or [line for line in lines if " ERROR " in line]
    return said[-1] if said else ""
