"""Commands to type: names from strangers are quoted, and options fit the cluster's release.

A check writes a command as a literal, with `{name}` where a value stands and `{bootstrap}` where
the address of the cluster does. Values come beside it and are quoted here, so that a topic or
group called `x; reboot` is one word of the shell, whatever it holds. The report fills in the
address, names the user's file of client properties as this tool of this release wants it, and
leaves out the command of a tool that this release or mode does not have.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Value = str | int | float
Release = tuple[int, int]

ADDRESS = "{bootstrap}"

UNTIL_4_2 = {
    "kafka-cluster.sh": "--config",
    "kafka-console-consumer.sh": "--consumer.config",
    "kafka-console-producer.sh": "--producer.config",
    "kafka-leader-election.sh": "--admin.config",
    "kafka-streams-application-reset.sh": "--config-file",
}
"""Tools that call --command-config otherwise before 4.2 (KIP-1147); newer ones still know it."""

SINCE: Mapping[str, Release] = {
    "kafka-client-metrics.sh": (3, 7),  # KIP-714
    "kafka-cluster.sh list-endpoints": (4, 0),  # KIP-1073
    "kafka-features.sh describe": (3, 3),  # KIP-778; before, options took the place of words
    "kafka-features.sh upgrade": (3, 3),
    "kafka-get-offsets.sh": (3, 0),  # KAFKA-13136
    "kafka-groups.sh": (4, 0),  # KIP-1043
    "kafka-metadata-quorum.sh": (3, 3),  # KIP-836
    "kafka-metadata-quorum.sh add-controller": (3, 9),  # KIP-853
    "kafka-metadata-quorum.sh remove-controller": (3, 9),
    "kafka-share-groups.sh": (4, 0),  # KIP-932
    "kafka-streams-groups.sh": (4, 1),  # KIP-1071
    "kafka-transactions.sh": (3, 0),  # KIP-664
    "kafka-transactions.sh forceTerminateTransaction": (4, 1),
}
"""First release with a tool, or with one of its subcommands, where it is not in all since 2.8."""

ONLY_KRAFT = ("kafka-cluster.sh unregister", "kafka-metadata-quorum.sh")

_VALUE = re.compile(r"(?P<option>--[\w.-]+ )?\{(?P<name>[a-z_]+)\}")
_WORD = r"""(?:'[^']*'|"[^"]*"|\$'(?:\\.|[^'\\])*'|[^\s'"$;|&])+"""
_CALL = re.compile(
    r"(?P<tool>kafka-[a-z-]+\.sh)(?P<sub> [a-z][A-Za-z-]*)?"
    rf"(?: --bootstrap-(?:server|controller) (?P<address>{_WORD}))?(?P<behind> [a-z][A-Za-z-]*)?"
)


@dataclass(frozen=True)
class Console:
    """Where commands are typed: the cluster's address, mode and release, and the user's file.

    command_config: path of a file of client properties, which commands name; "" for none.
    version: as Cluster has it; of "3.9 or older" the newest counts.
    """

    bootstrap: str
    command_config: str = ""
    version: str | None = None
    mode: str = "unknown"

    @property
    def release(self) -> Release | None:
        """Return the newest release that the cluster may have, None where nothing is known."""
        return release_of(self.version)


def release_of(version: str | None) -> Release | None:
    """Return the minor release of a version, or of a level of features: `3.5-IV2` → (3, 5).

    Of `3.9 or older` it is the newest that may be meant. None where no release is told.
    """
    found = re.match(r"(\d+)\.(\d+)", version or "")
    return (int(found[1]), int(found[2])) if found else None


def written(template: str, values: Mapping[str, Value | Iterable[Value]]) -> str:
    """Return a command with its values quoted for the shell.

    Several values repeat the option before them. Raises KeyError for a name without a value.
    """

    def fill(match: re.Match[str]) -> str:
        if match["name"] == ADDRESS[1:-1]:
            return match[0]
        value, option = values[match["name"]], match["option"] or ""
        if isinstance(value, str) or not isinstance(value, Iterable):
            return _argument(option, value)
        return " ".join(_argument(option, one) for one in value)

    return _VALUE.sub(fill, template)


def typed(command: str, console: Console) -> str | None:
    """Return a command as it is typed for this cluster; None where its release lacks the tool."""
    call = _CALL.match(command)
    if call is None:
        return _addressed(command, console)
    sub = call["sub"] or call["behind"] or ""
    names = (call["tool"], call["tool"] + sub)
    if console.mode == "zookeeper" and any(name in ONLY_KRAFT for name in names):
        return None
    release = console.release
    if release is not None and any(release < SINCE.get(name, (0,)) for name in names):
        return None
    option = config_option(call["tool"], release)
    end = call.end("address")
    if end < 0 or not console.command_config or f" {option} " in command:
        return _addressed(command, console)
    file = quoted(console.command_config)
    return _addressed(command[:end], console) + f" {option} {file}" + command[end:]


def config_option(tool: str, release: Release | None) -> str:
    """Return how a tool calls the file of client properties; old names where nothing is known."""
    is_new = release is not None and release >= (4, 2)
    return "--command-config" if is_new else UNTIL_4_2.get(tool, "--command-config")


def quoted(value: Value) -> str:
    """Return a value as one word of the shell, on one line and without invisible characters."""
    text = str(value)
    escaped = "$'" + "".join(map(_escaped, text)) + "'"
    word = shlex.quote(text) if text.isprintable() else escaped
    return word.replace(ADDRESS, "{''bootstrap}")


def literally(name: str) -> str:
    """Return a regular expression for this topic alone, as kafka-topics.sh takes --topic for one.

    Of all that names of topics have, only dots mean something else there: `a.b` is `a-b`, too.
    """
    return name.replace(".", "[.]")


def _escaped(character: str) -> str:
    if character in "'\\":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogatepass"))


def _argument(option: str, value: Value) -> str:
    """Return option and value; joined by `=` where the value would be taken for an option."""
    if option and str(value).startswith("-"):
        option = option.rstrip() + "="
    return option + quoted(value)


def _addressed(command: str, console: Console) -> str:
    return command.replace(ADDRESS, quoted(console.bootstrap))
