"""Compiling the lab's own Java with ecj, which runs on the lab's Java and needs no JDK."""

import subprocess
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from kdiag.errors import LabError
from kdiag.lab.jars import fetch, parse_lock
from kdiag.lab.java import Runtime

_MAIN = "org.eclipse.jdt.internal.compiler.batch.Main"


def locked(name: str) -> list[Path]:
    """Return the jars of a lock file; fetches those that are missing."""
    lock = resources.files("kdiag.lab") / f"{name}.lock"
    return fetch(parse_lock(lock.read_text(encoding="utf-8")))


def compile_java(sources: Iterable[Path], runtime: Runtime, into: Path) -> None:
    """Compile sources against the class path of a runtime. Raises LabError where they do not."""
    [ecj] = locked("compiler")
    done = subprocess.run(  # noqa: S603
        [
            *runtime.command(_MAIN),
            *("-17", "-nowarn", "-d", str(into), *sorted(str(path) for path in sources)),
        ],
        env=runtime.with_jar(ecj).environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(f"The lab's own Java does not compile: {done.stderr.strip()[:500]}")
