"""Applications of Kafka Streams in a lab: each counts the records of some topics by their values.

`LabCount` is compiled once for a release and kept beside the jars. It keeps its counts in memory,
with a repartition topic and a changelog, and so needs none of RocksDB's 73 MB.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.lab import clients
from kdiag.lab.compiling import compile_java, locked
from kdiag.lab.jars import PART, cache_directory
from kdiag.lab.java import Runtime
from kdiag.lab.loads import MAX_SECONDS
from kdiag.lab.properties import render
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

POISON = "poison"
"""A record with this in its value makes the first thread that reads it fail, once."""

MAIN = "kdiag.lab.LabCount"
_FAILED = "this record cannot be processed"


@dataclass(frozen=True, kw_only=True)
class Count:
    """One process of an application that counts the records of some topics.

    threads: how many work in it. protocol: `group.protocol`, classic or streams. on_error: what its
    handler of uncaught exceptions answers: SHUTDOWN_CLIENT as by default, REPLACE_THREAD, or
    `throw`, which fails itself and so costs the one thread. session_timeout_seconds: after which
    a thread that died is missed, of the classic protocol. settings: of Kafka Streams, over all
    others.
    """

    application: str
    topics: tuple[str, ...]
    threads: int = 1
    protocol: str = "classic"
    on_error: str = "SHUTDOWN_CLIENT"
    session_timeout_seconds: float = 15.0
    settings: Mapping[str, str] = field(default_factory=dict)
    client_id: str = ""
    max_seconds: float = MAX_SECONDS


def command(runtime: Runtime, bootstrap: str, load: Count, home: Path) -> list[str]:
    """Return the command that runs an application, whose state is kept in a directory."""
    home.mkdir(parents=True)
    file = home / "streams.properties"
    file.write_text(render(_properties(bootstrap, load, home)), encoding="utf-8")
    return runtime.command(MAIN, str(file), flags=("-Xmx128m",))


def _properties(bootstrap: str, load: Count, home: Path) -> dict[str, str]:
    classic = {
        "main.consumer.session.timeout.ms": str(int(load.session_timeout_seconds * 1000)),
        "main.consumer.heartbeat.interval.ms": str(int(load.session_timeout_seconds * 300)),
    }
    return {
        "application.id": load.application,
        "bootstrap.servers": bootstrap,
        "client.id": load.client_id or load.application,
        "group.protocol": load.protocol,
        "num.stream.threads": str(load.threads),
        "state.dir": str(home),
        "commit.interval.ms": "500",
        "consumer.auto.offset.reset": "earliest",
        "lab.topics": ",".join(load.topics),
        "lab.on.error": load.on_error,
        "lab.poison": POISON,
        "lab.seconds": str(int(load.max_seconds)),
        **(classic if load.protocol == "classic" else {}),
        **load.settings,
    }


def with_streams(runtime: Runtime) -> Runtime:
    """Return a runtime that can run the application; it is compiled where that was not done."""
    for jar in locked("streams"):
        runtime = runtime.with_jar(jar)
    return runtime.with_jar(_compiled(runtime))


def _compiled(runtime: Runtime) -> Path:
    """Return the directory of the classes; it appears by one rename, complete."""
    source = resources.files("kdiag.lab") / "applications" / "LabCount.java"
    text = source.read_text(encoding="utf-8")
    named = "\n".join([text, *(jar.name for jar in runtime.jars)])
    made = cache_directory().parent / "classes" / hashlib.sha256(named.encode()).hexdigest()[:16]
    if made.is_dir():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=PART, dir=made.parent))
    try:
        file = part / "LabCount.java"
        file.write_text(text, encoding="utf-8")
        compile_java([file], runtime, part / "classes")
        _move(part / "classes", made)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _move(classes: Path, made: Path) -> None:
    """Put the classes in place; another process may have done so at the same time."""
    try:
        classes.rename(made)
    except OSError:
        if not made.is_dir():
            raise


def poison(bootstrap: str, topic: str) -> None:
    """Write the record at which a thread fails."""
    clients.write(bootstrap, topic, [{"value": POISON}])


def internal_topics(application: str) -> tuple[str, str]:
    """Return the names of the topics that an application makes for itself."""
    return f"{application}-by-value-repartition", f"{application}-counts-changelog"


def wait_failed(lab: "Lab", application: str) -> None:
    """Wait until a thread of an application has met the record at which it fails."""
    files = list(lab.state.load.glob(f"consumer-{application}.*.log"))

    def has_failed() -> bool:
        return any(_FAILED in file.read_text(encoding="utf-8") for file in files)

    wait_until(has_failed, f"a thread of {application} has failed", 60, 0.2)


def remove(lab: "Lab", application: str, topic: str) -> None:
    """End an application and the load of its topic, and delete the group and all topics."""
    lab.end_load(f"producer-{topic}")
    lab.end_load(f"consumer-{application}")
    lab.delete_group(application)
    for name in (topic, *internal_topics(application)):
        lab.delete_topic(name)
