"""Commands to type: whatever a name holds, it stays one word, and the tool has the options."""

import ast
import subprocess
from pathlib import Path

import pytest

from kdiag.command import SINCE, Console, config_option, literally, quoted, typed, written
from kdiag.finding import Action
from tests.tool_options import recorded
from tests.typed_commands import faults

ROOT = Path(__file__).resolve().parent.parent
RECORDED = recorded()
NAMES = [
    "orders",
    "two words",
    "it's",
    'say "x"',
    "$(reboot)",
    "`reboot`",
    "a; reboot",
    "a && b | c > d",
    "*?[a]{b,c}~",
    "line\nline",
    "tab\t\x1b[31mred\x00"[:-1],
    "right\u202eleft",
    "ümläut 語",
    "back\\slash",
    "\n'\\''",
    "{bootstrap}",
    "--bootstrap-server {bootstrap}",
    "{group}",
    "!!",
    "",
]
FILE = "/etc/a 'b' {bootstrap}"
DESCRIBE = "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe --group {group}"


def words(command):
    """Return the words that a shell makes of a command."""
    script = f"set -- {command}\nprintf '%s\\0' \"$@\""
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", script], capture_output=True, check=True, timeout=20
    )
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_reads_a_name_as_one_word_whatever_it_holds(name):
    action = Action("Look.", DESCRIBE, values={"group": name})

    command = typed(action.command, Console("h:9092", FILE))

    group = [f"--group={name}"] if name.startswith("-") else ["--group", name]
    assert words(command)[1:] == [
        "--bootstrap-server",
        "h:9092",
        "--command-config",
        FILE,
        "--describe",
        *group,
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_one_line_without_invisible_characters(name):
    assert quoted(name).isprintable()


def test_a_name_that_begins_with_a_dash_is_no_option():
    command = written("kafka-topics.sh --topic {topic}", {"topic": "--all"})

    assert command == "kafka-topics.sh --topic=--all"


def test_several_values_repeat_the_option():
    command = written("tool --delete --group {groups}", {"groups": ["a", "b c", "-d"]})

    assert command == "tool --delete --group a --group 'b c' --group=-d"


def test_a_name_without_a_value_is_refused():
    with pytest.raises(KeyError, match="topic"):
        Action("Look.", "tool --topic {topic}", values={"group": "a"})


def test_other_braces_are_left_alone():
    assert written("awk '{print $5}' {file}", {"file": "a b"}) == "awk '{print $5}' 'a b'"


@pytest.mark.parametrize(
    ("tool", "version", "option"),
    [
        ("kafka-console-consumer.sh", "4.4", "--command-config"),
        ("kafka-console-consumer.sh", "4.1", "--consumer.config"),
        ("kafka-console-consumer.sh", None, "--consumer.config"),
        ("kafka-leader-election.sh", "3.9 or older", "--admin.config"),
        ("kafka-topics.sh", "2.8", "--command-config"),
    ],
)
def test_the_file_is_named_as_this_tool_of_this_release_wants_it(tool, version, option):
    console = Console("h:9092", "/c.properties", version)

    command = typed(f"{tool} --bootstrap-server {{bootstrap}} --topic x", console)

    assert command == f"{tool} --bootstrap-server h:9092 {option} /c.properties --topic x"


def test_a_file_that_the_command_names_itself_stays_the_only_one():
    own = (
        "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} --command-config a add-controller"
    )

    assert typed(own, Console("h:9092", "/c", "4.4")) == own.replace("{bootstrap}", "h:9092")


def test_what_this_release_or_mode_has_not_is_left_out():
    quorum = "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --status"
    shares = "kafka-share-groups.sh --bootstrap-server {bootstrap} --list"

    assert typed(quorum, Console("h:9092", version="3.9", mode="zookeeper")) is None
    assert typed(quorum, Console("h:9092", version="3.9", mode="kraft")) is not None
    assert typed(shares, Console("h:9092", version="3.9 or older")) is None
    assert typed(shares, Console("h:9092")) is not None


@pytest.mark.parametrize("release", RECORDED)
def test_names_of_the_file_are_those_of_the_tools(release):
    numbers = tuple(map(int, release.split(".")))[:2]
    wrong = {
        (tool, config_option(tool, numbers))
        for tool, subs in RECORDED[release].items()
        if any("--bootstrap-server" in options for options in subs.values())
        for options in [{name for each in subs.values() for name in each}]
        if config_option(tool, numbers) not in options
    }

    assert wrong == set()


@pytest.mark.parametrize("release", RECORDED)
def test_tools_are_there_since_the_release_that_is_told(release):
    numbers = tuple(map(int, release.split(".")))[:2]
    tools = {name.split()[0] for name in SINCE if name.split()[0] in _tools()}
    there = set(RECORDED[release]) | {
        f"{tool} {sub}" for tool, subs in RECORDED[release].items() for sub in subs if sub
    }
    wrong = {
        name
        for name, since in SINCE.items()
        if name.split()[0] in tools and (since <= numbers) != (name in there)
    }
    assert wrong == set()
    untold = {tool for tool in _tools() - set(RECORDED[release]) if tool not in SINCE}
    assert untold == set(), "add the first release of each to kdiag.command.SINCE"


def _tools():
    return {tool for by_tool in RECORDED.values() for tool in by_tool}


def test_a_topic_is_named_so_that_no_other_one_is_meant():
    """kafka-topics.sh takes --topic for a regular expression: it alters `a-b` with `a.b`."""
    assert literally("eu.orders_v2") == "eu[.]orders_v2"
    wrong = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            said = ast.unparse(node) if isinstance(node, ast.Call) else ""
            changes = "kafka-topics.sh" in said and ("--alter" in said or "--delete" in said)
            if said.startswith("Action(") and changes and "{topic}" in said:
                wrong += [] if "'topic': literally(" in said else [f"{path.name}:{node.lineno}"]

    assert wrong == []


def sources():
    for place in ("checks/*.py", "kdiag/analysis/*.py", "kdiag/preflight/*.py"):
        yield from sorted(ROOT.glob(place))


def is_literal(node):
    """Tell whether an expression is text of the module: no f-string, and nothing is called."""
    match node:
        case ast.Constant():
            return True
        case ast.Name():
            return node.id.isupper()
        case ast.BinOp(op=ast.Add()):
            return is_literal(node.left) and is_literal(node.right)
        case ast.IfExp():
            return is_literal(node.body) and is_literal(node.orelse)
        case ast.Subscript():
            return is_literal(node.value)
    return False


def test_commands_are_literals_and_values_come_beside_them():
    """A name within an f-string would reach the shell as it is: `{name}`, and values={...}."""
    wrong = []
    for path in sources():
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Action":
                given = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "command")]
                wrong += [f"{path.name}:{each.lineno}" for each in given if not is_literal(each)]
            if isinstance(node, ast.JoinedStr) and ".sh " in ast.unparse(node):
                wrong.append(f"{path.name}:{node.lineno}")

    assert wrong == [], "write {name} in a plain literal, and give values={'name': ...}"


@pytest.mark.parametrize(
    ("command", "effect", "said"),
    [
        ("kafka-topics.sh --bootstrap-server {bootstrap} --nonsense", "reads", "no option"),
        ("kafka-topics.sh --bootstrap-server {bootstrap} --topic", "reads", "wants a value"),
        ("kafka-topics.sh --bootstrap-server {bootstrap} --delete --topic a", "reads", "changes"),
        ("kafka-topics.sh --bootstrap-server {bootstrap} --list", "safe", "changes nothing"),
        ("kafka-nothing.sh --list", "reads", "has no kafka-nothing.sh"),
        ("kafka-cluster.sh --bootstrap-server {bootstrap}", "reads", "wants one of"),
        ("systemctl restart kafka", "reads", "changes"),
        ("grep 'open", "reads", "no command of a shell"),
    ],
)
def test_what_is_wrong_with_a_command_is_found(command, effect, said):
    assert said in " ".join(faults(Action("Do.", command, effect)))
