import re
from dataclasses import replace
from pathlib import Path

import pytest

from kdiag.finding import Verdict, Waiver
from kdiag.render.nagios import line, render, status
from tests.render import hostile
from tests.render.reports import DISK, DOWN, HINT, broken, healthy, merged, small

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = rf"@?(?:(?:{_NUMBER}|~):)?(?:{_NUMBER})?"
_VALUE = re.compile(
    rf"'(?P<label>[^'=]+)'=(?P<value>{_NUMBER})(?P<unit>us|ms|s|%|B|KB|MB|GB|TB|c)?"
    rf";(?P<warn>{_RANGE})?;(?P<crit>{_RANGE})?;(?P<min>{_NUMBER})?(?:;(?P<max>{_NUMBER}))?"
)
"""Performance data of the Monitoring Plugins Development Guidelines, section 2.6."""


def parsed(text):
    """Read a line as Nagios does: the text ends at the first pipe."""
    head, pipe, data = text.removesuffix("\n").partition("|")
    assert pipe
    assert "\n" not in head + data
    found = re.fullmatch(r"KDIAG (OK|WARNING|CRITICAL|UNKNOWN) - (\S.*) ", head)
    values = [_VALUE.fullmatch(part) for part in data.strip().split(" ")]
    assert all(values), data
    return found[1], found[2], {one["label"]: one for one in values}


def test_the_line_is_as_expected():
    assert render(small()) == (Path(__file__).parent / "expected" / "small.nagios.txt").read_text()


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_no_name_breaks_the_line(name):
    text = render(hostile.report(name))
    word, said, values = parsed(text)

    assert word == "CRITICAL"
    assert said.isprintable()
    assert values["critical"]["value"] == "2"
    assert len(text) < 2048


def test_the_numbers_are_those_of_the_report():
    _, said, values = parsed(render(small()))

    assert {label: one["value"] for label, one in values.items()} == {
        "critical": "1",
        "warning": "1",
        "info": "1",
        "waived": "1",
        "checks_evaluated": "3",
        "checks_unknown": "4",
        "requests": "35",
        "time": "0.912",
    }
    assert values["time"]["unit"] == "s"
    assert values["checks_unknown"]["max"] == "8"
    assert "4 of 8 checks unknown" in said


WAIVED = replace(DOWN, waiver=Waiver("planned"))
STATES = [
    (broken(), 2),
    (broken(findings=(DISK,)), 1),
    (broken(findings=(HINT,)), 0),
    (broken(findings=(WAIVED, merged("x", 2, WAIVED.fingerprint))), 0),
    (broken(findings=(DISK,), fail_on=None), 1),
    (healthy(), 0),
    (healthy(strict=True), 3),
    (healthy(results=(), strict=True), 0),
    (healthy(verdict=Verdict("unknown", "No verdict.")), 3),
]


@pytest.mark.parametrize(("report", "code"), STATES, ids=range(len(STATES)))
def test_the_state_follows_from_what_stands(report, code):
    assert status(report) == code
    word, _, _ = parsed(render(report))
    assert word == ("OK", "WARNING", "CRITICAL", "UNKNOWN")[code]


def test_a_line_without_numbers_has_no_pipe():
    assert line(3, "no | answer\n") == "KDIAG UNKNOWN - no \\x7c answer \n"
