"""Kafka Connect in a lab: workers out of the broker's own jars, and connectors of the lab's own.

`LabSink` takes records and forgets them, `LabSource` has nothing to read. Both are compiled by ecj,
which needs no JDK. The version that they tell is given to them, so that workers can differ in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdiag.errors import LabError
from kdiag.lab import jmx
from kdiag.lab.compiling import compile_java, locked
from kdiag.lab.plan import HOST, free_ports
from kdiag.lab.properties import render
from kdiag.lab.service import Service
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from kdiag.lab.java import Runtime
    from kdiag.lab.lab import Lab

SINK, SOURCE = "kdiag.lab.LabSink", "kdiag.lab.LabSource"
FILE_SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
"""Its jar is of 4.3.1, and does not run on a worker of 4.4.0."""

GROUP = "connect-lab"
CONFIGS, OFFSETS, STATUS = f"{GROUP}-configs", f"{GROUP}-offsets", f"{GROUP}-status"
"""Internal topics of the workers."""

_PLUGINS = {"postgres": "debezium", "s3": "camel-s3"}
"""What stands around the brokers → the lock file of the connector for it."""

_PROVIDERS = "org.apache.kafka.common.config.provider"
_MAIN = "org.apache.kafka.connect.cli.ConnectDistributed"
_FLAGS = ("-Xmx300m",)


def start(lab: "Lab") -> None:
    """Start one worker, and wait until it answers."""
    lab.connect.start_worker()


@dataclass(frozen=True)
class Connect:
    """The workers of a lab, and their connectors."""

    lab: "Lab"

    def start_worker(
        self,
        name: str = "connect-1",
        *,
        version: str = "1.0.0",
        old_plugins: bool = False,
        settings: Mapping[str, str] | None = None,
        waits: bool = True,
    ) -> Service:
        """Start a worker of the group, or start it again.

        version: of the lab's own connectors there. old_plugins: it has a plug-in that is too old
        for it. settings: override its properties.
        """
        worker = Service.of(self.lab.state, name)
        plugins = worker.home / "plugins"
        if not plugins.exists():
            _add_plugins(plugins, self.lab.runtime, version, old_plugins=old_plugins)
            for name in _PLUGINS.keys() & set(self.lab.plan.services):
                _add_locked(plugins / name, _PLUGINS[name])
        file = worker.home / "worker.properties"
        file.write_text(
            render({**self._properties(worker, plugins), **(settings or {})}), encoding="utf-8"
        )
        runtime = self.lab.runtime
        flags = (*_FLAGS, *self._jmx_flags(worker))
        worker.launch(runtime.command(_MAIN, str(file), flags=flags), runtime.environment({}))
        if waits:
            worker.wait(lambda: _is_ready(worker))
        return worker

    @property
    def workers(self) -> dict[str, Service]:
        """Return the workers that were started, by name."""
        found = sorted(self.lab.state.services.glob("connect-*"))
        return {path.name: Service.of(self.lab.state, path.name) for path in found}

    @property
    def urls(self) -> tuple[str, ...]:
        """Return where the workers that run are asked, as `--connect` takes it."""
        return tuple(worker.url for worker in self._running)

    @property
    def jmx_urls(self) -> tuple[str, ...]:
        """Return where JMX of the workers that run is asked, as `--jmx` takes it; of sources."""
        return tuple(
            f"worker {worker.address}=jolokia+http://{HOST}:{_jmx_port(worker)}/jolokia"
            for worker in self._running
            if self._has_sources
        )

    @property
    def _has_sources(self) -> bool:
        return "postgres" in self.lab.plan.services

    def _jmx_flags(self, worker: Service) -> tuple[str, ...]:
        return (jmx.jolokia_flag(_jmx_port(worker)),) if self._has_sources else ()

    @property
    def _running(self) -> list[Service]:
        return [worker for worker in self.workers.values() if worker.is_running]

    def _properties(self, worker: Service, plugins: Path) -> dict[str, str]:
        converter = "org.apache.kafka.connect.json.JsonConverter"
        return {
            "bootstrap.servers": self.lab.bootstrap,
            "group.id": GROUP,
            "key.converter": converter,
            "value.converter": converter,
            "value.converter.schemas.enable": "false",
            "config.storage.topic": CONFIGS,
            "offset.storage.topic": OFFSETS,
            "status.storage.topic": STATUS,
            **{
                f"{kind}.storage.replication.factor": str(min(3, self.lab.plan.brokers))
                for kind in ("config", "offset", "status")
            },
            "offset.storage.partitions": "5",
            "offset.flush.interval.ms": "1000",
            "scheduled.rebalance.max.delay.ms": "1000",
            "listeners": worker.url,
            "rest.advertised.host.name": HOST,
            "plugin.path": str(plugins),
            "config.providers": "dir",  # ${dir:DIRECTORY:FILE} is what a file holds
            "config.providers.dir.class": f"{_PROVIDERS}.DirectoryConfigProvider",
            "plugin.discovery": "only_scan",  # some connectors have no other way to be found
        }

    def put(self, name: str, class_name: str = SINK, **settings: str) -> None:
        """Make a connector or change it; underscores in the names of settings are dots.

        It is made once there is a task of it, running or failed, or it has failed itself.
        """
        config = {"connector.class": class_name, "tasks.max": "1"}
        config |= {key.replace("_", "."): value for key, value in settings.items()}
        self.configure(name, config)
        wait_until(lambda: self._has_begun(name), f"connector {name} has begun", 60, 0.2)

    def configure(self, name: str, config: Mapping[str, str]) -> None:
        """Send the settings of a connector as they are, and wait until a worker takes them."""
        wait_until(lambda: self._put(name, config), f"connector {name} is taken", 60, 0.5)

    def _put(self, name: str, config: Mapping[str, str]) -> bool:
        status, said = self.ask("PUT", f"/connectors/{name}/config", config)
        if status == 400:
            raise LabError(f"Connector {name} is refused: {said}")
        return status in (200, 201)

    def pause(self, name: str) -> None:
        """Pause a connector, and wait until it and its tasks are."""
        self.ask("PUT", f"/connectors/{name}/pause")
        wait_until(
            lambda: set(self.states(name)) == {"PAUSED"}, f"connector {name} is paused", 60, 0.2
        )

    def delete(self, name: str) -> None:
        """Delete a connector, if it exists."""
        wait_until(
            lambda: self.ask("DELETE", f"/connectors/{name}")[0] in (204, 404),
            f"connector {name} is gone",
            60,
            0.5,
        )

    def states(self, name: str) -> list[str]:
        """Return the state of a connector, and those of its tasks behind it."""
        status, told = self.ask("GET", f"/connectors/{name}/status")
        if status != 200:
            return []
        return [told["connector"]["state"], *(task["state"] for task in told["tasks"])]

    def wait_state(self, name: str, state: str, seconds: float = 60) -> None:
        """Wait until a connector or a task of it is in a state."""
        wait_until(lambda: state in self.states(name), f"{name} is {state}", seconds, 0.2)

    def _has_begun(self, name: str) -> bool:
        first, *tasks = self.states(name) or ["UNASSIGNED"]
        settled = {"RUNNING", "FAILED", "PAUSED"}
        return first == "FAILED" or (first in settled and bool(settled & set(tasks)))

    def ask(self, method: str, path: str, json: Any = None) -> tuple[int, Any]:
        """Return HTTP status and answer of a worker that runs; 0 where none answers."""
        for worker in self._running:
            answer = worker.ask(method, path, json)
            if answer is None:
                continue
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            return answer.status_code, answer.json() if is_json and answer.content else answer.text
        return 0, ""


def _jmx_port(worker: Service) -> int:
    """Return the port of Jolokia in a worker, which is drawn once."""
    file = worker.home / "jmx-port"
    if not file.exists():
        file.write_text(f"{free_ports(1)[0]}\n", encoding="ascii")
    return int(file.read_text(encoding="ascii"))


def _is_ready(worker: Service) -> bool:
    """Tell whether a worker knows its connectors; before, every path is "not found"."""
    answer = worker.ask("GET", "/connectors")
    return answer is not None and answer.status_code == 200


def _add_plugins(plugins: Path, runtime: "Runtime", version: str, *, old_plugins: bool) -> None:
    """Make the directory of plug-ins: the lab's own, compiled, and maybe one that is too old."""
    _compile(runtime, version, plugins / "lab")
    if old_plugins:
        (plugins / "file").mkdir()
        [old] = locked("connectors")
        (plugins / "file" / "connect-file.jar").symlink_to(old)


def _add_locked(directory: Path, name: str) -> None:
    """Make the directory of one plug-in out of the jars of a lock file."""
    directory.mkdir(parents=True)
    for jar in locked(name):
        (directory / jar.name).symlink_to(jar)


def _compile(runtime: "Runtime", version: str, into: Path) -> None:
    """Compile the lab's own connectors, with a version in them."""
    sources = into.with_name("sources")
    for directory in (into, sources):
        directory.mkdir(parents=True)
    for file in (resources.files("kdiag.lab") / "connectors").iterdir():
        if file.name.endswith(".java"):
            text = file.read_text(encoding="utf-8").replace("@VERSION@", version)
            (sources / file.name).write_text(text, encoding="utf-8")
    compile_java(sources.iterdir(), runtime, into)
