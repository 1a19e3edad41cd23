"""Every command that kdiag tells people to type has options that the tool of Kafka has."""

import ast
import json
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEWEST = "4.4.0"
TOOLS = json.loads((ROOT / "tests/data/tool_options.json").read_text())[NEWEST]
RUNS_ANY_CLASS = "kafka-run-class.sh"
CALL = re.compile(r"kafka-[a-z-]+\.sh (?:[^|;&\n`<>]|\\\n)+")


def texts(source):
    """Yield the strings of a module, with X for what is filled in by code."""
    nodes = list(ast.walk(ast.parse(source)))
    joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in node.values}
    for node in joined:
        yield "".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
    for node in nodes:
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in parts:
            yield node.value


def calls():
    """Return (where, command) of all commands in checks, derivations and runbooks."""
    found = []
    for path in sorted([*ROOT.glob("checks/*.py"), *ROOT.glob("kdiag/analysis/*.py")]):
        found += [
            (path.name, call)
            for text in texts(path.read_text())
            if "--" in text
            for call in CALL.findall(text)
        ]
    return found + typed_in_runbooks()


def typed_in_runbooks():
    """Return (page, command) of what runbooks tell to type, in blocks and within sentences."""
    found = []
    for path in sorted(ROOT.glob("runbooks/*.md")):
        text = path.read_text()
        blocks = re.findall(r"(?:^ {4}.*\n?)+", text, re.MULTILINE)
        joined = [re.sub(r"\\\n\s*", "", block) for block in blocks]
        joined += [" ".join(span.split()) for span in re.findall(r"`(kafka-[^`]+)`", text)]
        found += [(path.name, call) for block in joined for call in CALL.findall(block)]
    return found


def wrong(command):
    """Return the options that the tool, or its subcommand, does not have."""
    tool, *words = shlex.split(command)
    if tool == RUNS_ANY_CLASS:
        return []
    if tool not in TOOLS:
        return [tool]
    subs = TOOLS[tool]
    named = [word for word in words if word in subs]
    known = {option for sub in ("", *named) for option in subs.get(sub, {})}
    options = [word.partition("=")[0] for word in words if re.match("--(?!X)", word)]
    return [option for option in options if option not in known]


def test_there_are_commands_to_look_at():
    assert len(calls()) > 200


@pytest.mark.parametrize("tool", sorted({call.split()[0] for _, call in calls()}))
def test_the_options_of_a_tool_are_those_that_it_has(tool):
    found = {
        (where, option)
        for where, call in calls()
        if call.split()[0] == tool
        for option in wrong(call)
    }

    assert found == set()


def test_a_command_of_a_runbook_says_which_cluster_it_asks():
    """With values for its options it is to be typed as it stands; without, it is only mentioned."""
    without = {
        f"{page}: {call}"
        for page, call in typed_in_runbooks()
        if re.search("--[a-z-]+ [^- ]", call)
        and "--bootstrap-" in str(TOOLS.get(call.split()[0]))
        and "--bootstrap-" not in call
    }

    assert without == set()


def test_an_option_that_is_none_is_found():
    assert wrong("kafka-topics.sh --bootstrap-server h:9092 --describe --nonsense") == [
        "--nonsense"
    ]
    assert wrong("kafka-nothing.sh --describe") == ["kafka-nothing.sh"]
