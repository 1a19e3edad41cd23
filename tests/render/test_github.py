import re
from pathlib import Path

import pytest

from kdiag.finding import Finding, Reported, Subject
from kdiag.render.github import render
from kdiag.render.layout import clean
from tests.render import hostile
from tests.render.reports import broken, healthy, small

_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def parsed(text):
    """Read workflow commands as the runner does; a line that is none fails."""
    for line in text.splitlines():
        found = _COMMAND.fullmatch(line)
        assert found, line
        properties = dict(pair.split("=", 1) for pair in found[2].split(","))
        values = {name: unescaped(value, properties=True) for name, value in properties.items()}
        yield found[1], values, unescaped(found[3])


def unescaped(text, *, properties=False):
    """Undo what the toolkit does, in the order in which the runner does it."""
    more = {"%3A": ":", "%2C": ","} if properties else {}
    for written, meant in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(written, meant)
    return text


def test_the_lines_are_as_expected():
    assert render(small()) == (Path(__file__).parent / "expected" / "small.github.txt").read_text()


def test_a_healthy_cluster_is_a_notice_and_what_is_unknown_a_warning():
    levels = [(level, values["title"]) for level, values, _ in parsed(render(healthy()))]

    assert levels == [
        ("notice", "kdiag healthy"),
        ("warning", "kdiag did not see everything"),
    ]


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_a_name_gives_no_command_and_is_shown(name):
    commands = list(parsed(render(hostile.report(name))))

    assert [level for level, _, _ in commands] == ["error", "error", "error", "warning", "notice"]
    assert all(set(values) == {"title"} for _, values, _ in commands)
    _, values, text = commands[1]
    assert values["title"] == clean(f"lag-growing on group {name}").strip()
    assert clean(f"Group {name} is behind.") in text


def test_only_a_finding_on_a_file_is_placed_in_it():
    subject = Subject.of("file", path="conf/a,b:c.properties", line=7)
    item = Reported("x", Finding("warning", subject, "Wrong.", ""), "f")

    _, (level, values, _), *_ = parsed(render(broken(findings=(item,))))

    assert level == "warning"
    assert values["file"] == "conf/a,b:c.properties"
    assert values["line"] == "7"


def test_the_gravest_come_first_and_all_are_written():
    commands = list(parsed(render(hostile.many(10_000))))

    assert sum(values["title"].startswith("lag-growing") for _, values, _ in commands) == 10_000
    assert commands[0][1]["title"] == "kdiag critical"
