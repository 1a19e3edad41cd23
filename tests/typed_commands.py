"""What is wrong with a command that a finding tells people to type.

Options are those that the tool itself prints in its help (tests/tool_options.py). Where the exact
release of a cluster has not been recorded, the newest recorded one that is not newer counts.
"""

import re
import shlex
from collections.abc import Iterator
from functools import cache

from kdiag.command import Console, typed
from kdiag.finding import Action
from tests.tool_options import recorded

CHANGING_OPTIONS = {
    "--add",
    "--alter",
    "--cancel",
    "--create",
    "--delete",
    "--delete-offsets",
    "--execute",
    "--remove",
}
CHANGING_WORDS = {
    "abort",
    "add-controller",
    "disable",
    "downgrade",
    "forceTerminateTransaction",
    "format",
    "remove-controller",
    "unregister",
    "upgrade",
}
CHANGING_TOOLS = {
    "kafka-delete-records.sh",
    "kafka-leader-election.sh",
    "kafka-streams-application-reset.sh",
}
CHANGING_PROGRAMS = {"dd", "kill", "kubectl", "mkfs", "mv", "rm", "sysctl", "systemctl", "truncate"}
LOOKING = {"describe", "get", "list-timers", "logs", "status"}

_TOOL = re.compile(r"kafka-[a-z-]+\.sh")
_SEPARATORS = set("|;&")


def faults(action: Action, version: str | None = None, mode: str = "kraft") -> list[str]:
    """Return what is wrong with the command of an action, for a cluster of a release and mode."""
    if action.command is None:
        return []
    console = Console("host:9092", "/etc/kafka files/client.properties", version, mode)
    command = typed(action.command, console)
    if command is None:
        return []
    try:
        calls = list(_calls(command))
    except ValueError as error:
        return [f"is no command of a shell ({error}): {command}"]
    found = [fault for call in calls for fault in _option_faults(call, version)]
    changes = any(map(_changes, calls))
    if changes and action.effect == "reads":
        found.append("changes something and is marked reads: say safe or disruptive")
    is_kafka = any(_TOOL.fullmatch(call[0]) for call in calls)
    if is_kafka and not changes and action.effect != "reads":
        found.append(f"changes nothing and is marked {action.effect}: leave the effect out")
    return [f"{fault}: {command}" for fault in found]


def _calls(command: str) -> Iterator[list[str]]:
    """Yield the words of each program that a line starts. Raises ValueError for an open quote."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|;&")
    lexer.whitespace_split = True
    words: list[str] = []
    for token in lexer:
        if set(token) <= _SEPARATORS:
            if words:
                yield words
            words = []
        else:
            words.append(token)
    if words:
        yield words


def _changes(call: list[str]) -> bool:
    program, *words = call
    if program in CHANGING_PROGRAMS:
        return not LOOKING & set(words)
    if not _TOOL.fullmatch(program) or "--dry-run" in words:
        return False
    return program in CHANGING_TOOLS or bool((CHANGING_OPTIONS | CHANGING_WORDS) & set(words))


def _option_faults(call: list[str], version: str | None) -> Iterator[str]:
    tool, *words = call
    if not _TOOL.fullmatch(tool) or tool == "kafka-run-class.sh":
        return
    release = nearest(version)
    subs = recorded_once()[release].get(tool)
    if subs is None:
        yield f"Kafka {release} has no {tool} (kdiag.command.SINCE)"
        return
    sub = next((word for word in words if word in subs and word), "")
    if len(subs) > 1 and not sub:
        yield f"{tool} wants one of {', '.join(filter(None, subs))}"
    at = words.index(sub) if sub else 0
    yield from _unknown(words[:at], subs[""], f"{tool} of Kafka {release}")
    yield from _unknown(words[at:], subs[sub], f"{tool} {sub} of Kafka {release}")


def _unknown(words: list[str], options: dict[str, bool], tool: str) -> Iterator[str]:
    awaits = None
    for word in words:
        name, joined, _ = word.partition("=")
        if awaits is not None:
            awaits = None
        elif word.startswith("--"):
            if name not in options:
                yield f"{tool} has no option {name}"
            awaits = name if options.get(name) and not joined else None
    if awaits is not None:
        yield f"{tool} wants a value for {awaits}"


def nearest(version: str | None) -> str:
    """Return the newest recorded release that is not newer; the newest where none is known."""
    known = sorted(recorded_once(), key=_numbers)
    match = re.match(r"\d+\.\d+", version or "")
    if match is None:
        return known[-1]
    older = [one for one in known if _numbers(one)[:2] <= _numbers(match[0])]
    return older[-1] if older else known[0]


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


@cache
def recorded_once() -> dict[str, dict[str, dict[str, dict[str, bool]]]]:
    """Return the recorded options, read once."""
    return recorded()
