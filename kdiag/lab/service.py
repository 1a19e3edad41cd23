"""One process beside the brokers: a worker of Connect, and whatever else pipelines are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdiag.errors import LabError
from kdiag.lab.plan import HOST, free_ports
from kdiag.lab.processes import LAB_VARIABLE, Process, spawn
from kdiag.lab.state import State
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    import httpx

_SECONDS = 10  # for one request


@dataclass(frozen=True)
class Service:
    """A process with a directory of its own in a lab, known by its name to other commands."""

    name: str
    home: Path
    lab_id: str

    @classmethod
    def of(cls, state: State, name: str) -> "Service":
        """Return the service of that name, running or not."""
        return cls(name, state.services / name, state.lab_id)

    @property
    def log_file(self) -> Path:
        """Return where it writes what it has to say."""
        return self.home / "server.log"

    @property
    def port(self) -> int:
        """Return its port, which is drawn once."""
        file = self.home / "port"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{free_ports(1)[0]}\n", encoding="ascii")
        return int(file.read_text(encoding="ascii"))

    @property
    def address(self) -> str:
        """Return `host:port`."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Return where it is asked over HTTP."""
        return f"http://{self.address}"

    @property
    def process(self) -> Process | None:
        """Return the process that was started last, running or not."""
        return Process.read(self.home / "pid")

    @property
    def is_running(self) -> bool:
        """Tell whether the process exists; a frozen one does."""
        process = self.process
        return process is not None and process.is_running

    def launch(self, command: list[str], environment: Mapping[str, str]) -> None:
        """Start the process, without waiting until it is ready."""
        if self.is_running:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        marked = {**environment, LAB_VARIABLE: self.lab_id}
        spawn(command, marked, self.log_file).write(self.home / "pid")

    def wait(self, is_ready: Callable[[], bool], seconds: float = 180) -> None:
        """Wait until it is ready; raise LabError if it ends before."""
        wait_until(lambda: not self.is_running or is_ready(), f"{self.name} is ready", seconds, 0.2)
        if not self.is_running:
            raise LabError(f"{self.name} ended while starting: see {self.log_file}")

    def ask(self, method: str, path: str, json: Any = None) -> "httpx.Response | None":
        """Return what it answers over HTTP, None where it does not."""
        import httpx

        try:
            return httpx.request(
                method,
                self.url + path,
                json=json,
                timeout=_SECONDS,
                trust_env=False,
                verify=False,  # noqa: S501  plain HTTP: authorities take 25 ms to load
            )
        except httpx.HTTPError:
            return None

    def kill(self) -> None:
        """Crash it (SIGKILL)."""
        if (process := self.process) is not None:
            process.kill()

    def shutdown(self, seconds: float = 30) -> None:
        """End it in order (SIGTERM) and wait until it is gone."""
        if (process := self.process) is not None:
            process.terminate(seconds)


def services_of(state: State) -> list[Service]:
    """Return all services of a lab, running or not."""
    return [Service.of(state, path.name) for path in sorted(state.services.glob("*"))]
