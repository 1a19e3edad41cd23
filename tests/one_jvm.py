"""Run many of Kafka's command-line tools in one Java machine, one after another.

Starting Java costs a second or two for each command; here it is paid once. Reads lines of JSON
[main class, arguments] from stdin, answers each with a line {"code", "said"} on stdout. Where a
tool would end the machine, its exit code is kept instead. As a program: a class path follows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kdiag.lab.java import Runtime
from kdiag.sources.jmx.rmi_jpype import machine

ROOT = Path(__file__).resolve().parent.parent
Ran = tuple[int, str]
NO_CLASS: Ran = (-1, "")

_EXIT_SINCE_44 = "org.apache.kafka.common.utils.internals.Exit"


def run_all(runtime: Runtime, commands: Sequence[Sequence[str]], seconds: float = 90) -> list[Ran]:
    """Return exit code and output of each command, a main class and its arguments.

    A main class may be several names, of which the first that this release has is run; where it
    has none, code and output are (-1, ""). A tool that ends the machine nevertheless is run again
    in one of its own.
    """
    ran: list[Ran] = []
    while len(ran) < len(commands):
        ran += _run_together(runtime, commands[len(ran) :], seconds)
        if len(ran) < len(commands):
            ran.append(run_alone(runtime, commands[len(ran)], seconds))
    return ran


def _run_together(runtime: Runtime, commands: Iterable[Sequence[str]], seconds: float) -> list[Ran]:
    lines = "".join(json.dumps(list(command)) + "\n" for command in commands)
    program = [sys.executable, "-m", "tests.one_jvm"]
    done = subprocess.run(  # noqa: S603
        program,
        input=lines,
        stdout=subprocess.PIPE,
        env=runtime.environment({}),
        cwd=ROOT,
        text=True,
        timeout=seconds,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [(one["code"], one["said"]) for one in answers]


def run_alone(runtime: Runtime, command: Sequence[str], seconds: float = 90) -> Ran:
    """Return exit code and output of one command, in a Java machine of its own."""
    names, *arguments = command
    for name in names.split():
        done = subprocess.run(  # noqa: S603
            runtime.command(name, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=runtime.environment({}),
            text=True,
            timeout=seconds,
            check=False,
        )
        if "ClassNotFoundException" not in done.stdout:
            return done.returncode, done.stdout
    return NO_CLASS


class _Ending:
    """What Kafka's tools call instead of ending the machine."""

    def __init__(self) -> None:
        self.code: int | None = None

    def execute(self, code: int, _message: object) -> None:
        if self.code is None:
            self.code = code


def _main() -> None:
    import jpype

    answers = os.fdopen(os.dup(1), "w")
    class_path = os.environ["CLASSPATH"].split(os.pathsep)
    jpype.startJVM(*machine(), "-Xmx256m", classpath=class_path, convertStrings=True)
    said = jpype.JClass("java.io.ByteArrayOutputStream")()
    stream = jpype.JClass("java.io.PrintStream")(said, True)
    system = jpype.JClass("java.lang.System")
    system.setOut(stream)
    system.setErr(stream)
    ending = _Ending()
    exit_ = _class("org.apache.kafka.common.utils.Exit", _EXIT_SINCE_44)
    procedure = jpype.JProxy(f"{exit_.class_.getName()}$Procedure", inst=ending)
    exit_.setExitProcedure(procedure)
    exit_.setHaltProcedure(procedure)
    for line in sys.stdin:
        said.reset()
        ending.code = None
        code = _run(json.loads(line), ending)
        json.dump({"code": code, "said": str(said.toString())}, answers)
        answers.write("\n")
        answers.flush()
    os._exit(0)


def _class(*names: str) -> Any:
    """Return the first class that this release of Kafka has."""
    import jpype

    for name in names:
        with suppress(TypeError):
            return jpype.JClass(name)
    return None


def _run(command: list[str], ending: _Ending) -> int:
    import jpype

    names, *arguments = command
    tool = _class(*names.split())
    if tool is None:
        return NO_CLASS[0]
    try:
        tool.main(jpype.JArray(jpype.JString)(arguments))
    except jpype.JException as error:
        if ending.code is None:
            jpype.JClass("java.lang.System").out.println(str(error.stacktrace()))
            return 1
    return ending.code or 0


if __name__ == "__main__":
    _main()
