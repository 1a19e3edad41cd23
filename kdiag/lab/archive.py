"""An archive of Kafka's loaded classes, made once, that cuts a broker's start by a third.

Java writes it when a program that ran with `-XX:AOTCacheOutput` ends; one broker is started and
shut down for it. A start without it is only slower, so a failure to make it is not an error.
"""

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from kdiag.errors import LabError
from kdiag.lab.broker import Broker
from kdiag.lab.build import build
from kdiag.lab.jars import cache_directory
from kdiag.lab.java import Runtime
from kdiag.lab.keeper import Keeper
from kdiag.lab.plan import Plan, draw_nodes
from kdiag.lab.state import State, clear, temporary_directory

_LOG = logging.getLogger(__name__)


def with_archive(runtime: Runtime, kafka: str) -> Runtime:
    """Return a runtime that uses the archive, which is made now where it is missing."""
    archive = cache_directory().parent / "classes" / f"{_fingerprint(runtime)}.aot"
    if not archive.is_file():
        try:
            _make(runtime, kafka, archive)
        except LabError as error:
            _LOG.info("no archive of classes: %s", error)
    if not archive.is_file():
        return runtime
    return replace(runtime, flags=(f"-XX:AOTCache={archive}", "-Xlog:disable"))


def _fingerprint(runtime: Runtime) -> str:
    """Identify what an archive depends on: the Java runtime and the class path."""
    release = (runtime.java.parent.parent / "release").read_text(encoding="utf-8")
    text = "\n".join([str(runtime.java), release, *(str(jar) for jar in runtime.jars)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _make(runtime: Runtime, kafka: str, archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    plan = Plan(brokers=1, kafka=kafka)
    state = State(temporary_directory(), plan, draw_nodes(plan), is_kept=False)
    state.save()
    keeper = Keeper(state.home)
    made = state.home / "classes.aot"
    try:
        build(state, runtime)
        writing = replace(runtime, flags=(f"-XX:AOTCacheOutput={made}",))
        broker = Broker(state, state.nodes[0], writing)
        broker.start()
        broker.shutdown(seconds=120)
        _move(made, archive)
    finally:
        clear(state.home)
        keeper.release()


def _move(made: Path, archive: Path) -> None:
    """Put the archive in place by one rename on its own file system."""
    if made.is_file():
        part = archive.with_name(f"{archive.name}.{made.parent.name}")
        part.write_bytes(made.read_bytes())
        part.replace(archive)
