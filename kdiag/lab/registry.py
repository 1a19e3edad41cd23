"""A schema registry in a lab: Apicurio, its schemas in memory, on loopback.

It answers Confluent's API under `PATH`, with a global compatibility that Confluent begins with and
Apicurio does not. It needs Java 21, which the lab's runtime has.
"""

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kdiag.errors import LabError
from kdiag.lab import clients
from kdiag.lab.jars import PART, cache_directory, fetch, parse_lock, remove_leftovers
from kdiag.lab.plan import HOST
from kdiag.lab.service import Service

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

PATH = "/apis/ccompat/v7"
"""Where Confluent's API is answered, under the URL of the process."""

WRITTEN = b"what a record says"
"""Content of the records that are written with an id."""

_SECONDS = 10  # for one request
_AT_ONCE = 8
_FLAGS = ("-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


def start(lab: "Lab") -> None:
    """Start the registry, and wait until it answers."""
    lab.registry.start()


@dataclass(frozen=True)
class Registry:
    """The schema registry of a lab."""

    lab: "Lab"

    @property
    def service(self) -> Service:
        """Return its process."""
        return Service.of(self.lab.state, "registry")

    @property
    def urls(self) -> tuple[str, ...]:
        """Return where it is asked if it runs, as `--schema-registry` takes it."""
        service = self.service
        return (service.url + PATH,) if service.is_running else ()

    def start(self) -> None:
        """Start it, without any schema, and wait until it answers."""
        service, runtime = self.service, self.lab.runtime
        settings = {
            "quarkus.http.host": HOST,
            "quarkus.http.port": service.port,
            "quarkus.management.host": HOST,  # its health and metrics, else on all interfaces
            "quarkus.management.port": 0,  # any that is free
            "apicurio.rules.global.compatibility": "BACKWARD",
        }
        flags = [*_FLAGS, *(f"-D{key}={value}" for key, value in settings.items())]
        command = [str(runtime.java), *flags, "-jar", str(_unpacked() / "quarkus-run.jar")]
        service.launch(command, runtime.environment({}))
        service.wait(lambda: self._ask("GET", "/subjects")[0] == 200)

    def register(
        self,
        subject: str,
        schema: Any,
        type_: str = "AVRO",
        references: Sequence[Mapping[str, Any]] = (),
    ) -> int:
        """Register the next version of a subject; return its id. An Avro schema is a document.

        references: name, subject and version of each type that it takes from elsewhere.
        """
        text = json.dumps(schema) if type_ == "AVRO" else schema
        body = {"schema": text, "schemaType": type_, "references": list(references)}
        told = self._done("POST", f"/subjects/{_quoted(subject)}/versions", body)
        return int(told["id"])

    def fits(self, subject: str, schema: str, type_: str) -> bool:
        """Tell whether the registry would take a schema as the next version at its level."""
        path = f"/compatibility/subjects/{_quoted(subject)}/versions/latest"
        told = self._done("POST", path, {"schema": schema, "schemaType": type_})
        return told["is_compatible"] is True

    def register_all(self, subjects: Iterable[str], schema: Any) -> None:
        """Register one schema under many subjects, a few at a time."""
        import httpx

        body = {"schema": json.dumps(schema), "schemaType": "AVRO"}
        base = self.service.url + PATH
        with (
            httpx.Client(base_url=base, timeout=_SECONDS, trust_env=False) as client,
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            paths = (f"/subjects/{_quoted(subject)}/versions" for subject in subjects)
            for answer in pool.map(lambda path: client.post(path, json=body), paths):
                answer.raise_for_status()

    def subjects(self) -> set[str]:
        """Return the names of all subjects."""
        return set(self._done("GET", "/subjects?offset=0&limit=100000"))

    def delete_version(self, subject: str, version: int) -> None:
        """Delete one version of a subject; its number is not given again."""
        self._done("DELETE", f"/subjects/{_quoted(subject)}/versions/{version}")

    def set_level(self, level: str, subject: str | None = None) -> None:
        """Set the compatibility of a subject, or of all that have none of their own."""
        path = "/config" if subject is None else f"/config/{_quoted(subject)}"
        self._done("PUT", path, {"compatibility": level})

    def write(self, topic: str, id_: int, count: int = 10) -> None:
        """Write records as a serialiser does: a zero byte, the id of their schema, what they say.

        What they say is `WRITTEN`, of Avro's type string.
        """
        value = b"\0" + id_.to_bytes(4, "big") + bytes([2 * len(WRITTEN)]) + WRITTEN
        clients.write(self.lab.bootstrap, topic, [{"value": value}] * count)

    def stop(self) -> None:
        """Freeze its process: connections are taken, and nothing is answered."""
        if (process := self.service.process) is not None:
            process.stop()

    def resume(self) -> None:
        """Let it go on."""
        if (process := self.service.process) is not None:
            process.cont()

    def set_mode(self, mode: str) -> None:
        """Set the mode of all subjects. Apicurio takes READONLY, and registers all the same."""
        self._done("PUT", "/mode", {"mode": mode})

    def delete(self, subject: str) -> None:
        """Delete a subject and its versions, for good."""
        path = f"/subjects/{_quoted(subject)}"
        if self._ask("DELETE", path)[0] == 200:
            self._done("DELETE", f"{path}?permanent=true")

    def _done(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        status, told = self._ask(method, path, body)
        if status != 200:
            raise LabError(f"The registry refuses {method} {path}: HTTP {status}, {told}")
        return told

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, Any]:
        """Return HTTP status and answer; 0 where it does not answer."""
        answer = self.service.ask(method, PATH + path, body)
        if answer is None:
            return 0, "no answer"
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text[:200]


def _quoted(subject: str) -> str:
    return quote(subject, safe="")


def _unpacked() -> Path:
    """Return the directory of the application, which is unpacked once and then kept."""
    lock = (resources.files("kdiag.lab") / "apicurio.lock").read_text(encoding="utf-8")
    (jar,) = parse_lock(lock)
    home = cache_directory().parent / "apicurio" / f"{jar.version}-{jar.sha256[:12]}"
    if not home.is_dir():
        (archive,) = fetch([jar])
        home.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(home.parent)
        part = Path(tempfile.mkdtemp(prefix=PART, dir=home.parent))
        try:
            with tarfile.open(archive) as packed:
                packed.extractall(part, filter="data")
            _rename(part, home)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return home


def _rename(part: Path, home: Path) -> None:
    """Put a directory in its place at once; another process may have done so before."""
    try:
        part.replace(home)
    except OSError:
        if not home.is_dir():
            raise
